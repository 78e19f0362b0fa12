"""Lists: pages in both directions, cursors that inserts do not shift, filters and orders."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import update

from adapters.database.quotes.tables import quotes as quotes_table
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.running import Running, on_both_databases, running, uuid_of

START = datetime(2026, 11, 1, tzinfo=UTC)
PAGE = """totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    nodes { id } edges { cursor node { id } }"""
QUOTES = f"""query(
    $first: Int, $after: String, $last: Int, $before: String, $filter: QuoteFilter, $orderBy: QuoteOrder
) {{
    quotes(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {{ {PAGE} }}
}}"""


ORDERS = [
    None,
    *({"field": field, "direction": way} for field in ("CREATED_AT", "UPDATED_AT") for way in ("ASC", "DESC")),
]


class Shelf(NamedTuple):
    """Ten quotes, a day between each two, of which each second has been accepted and each third goes to Brazil."""

    api: Running
    quotes: list[str]

    async def page(self, **variables: Any) -> Any:
        return (await self.api.data(QUOTES, variables))["quotes"]

    async def ids(self, **variables: Any) -> list[int]:
        """The quotes of a page, by number."""
        page = await self.page(**variables)
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        return [self.quotes.index(node["id"]) for node in page["nodes"]]


async def fill(api: Running) -> Shelf:
    shelf = Shelf(api, [])
    for number in range(10):
        country = "Brazil" if number % 3 == 0 else "UY"
        made = await a_quote(api, an_item(recipients=[a_recipient(country=country)]))
        if number % 2:
            await api.act("acceptItem" if number > 2 else "rejectItem", {"itemId": made.item})
        shelf.quotes.append(made.id)
        await move(api, made.id, created_at=START + timedelta(days=number), updated_at=START - timedelta(days=number))
    return shelf


async def move(api: Running, quote: str, **times: datetime) -> None:
    async with api.parts.database.write.begin() as connection:
        await connection.execute(update(quotes_table).where(quotes_table.c.id == uuid_of(quote)).values(times))


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def shelf(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Shelf]:
    async with running(await new_database(request.param)) as api:
        yield await fill(api)


in_module_loop = pytest.mark.asyncio(loop_scope="module")

# ---- pages


@in_module_loop
async def test_quotes_come_newest_first_and_the_page_says_where_it_stands(shelf):
    page = await shelf.page(first=3)
    assert await shelf.ids(first=3) == [9, 8, 7]
    assert page["totalCount"] == 10
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][2]["cursor"],
    }


@in_module_loop
@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("size", [1, 3, 5, 10, 100])
async def test_pages_forward_and_backward_are_the_whole_list_once(shelf, order, size):
    whole = await shelf.ids(orderBy=order)
    assert sorted(whole) == list(range(10))
    forward: list[int] = []
    after = None
    while True:
        page = await shelf.page(first=size, after=after, orderBy=order)
        forward += [shelf.quotes.index(it["id"]) for it in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["pageInfo"]["hasPreviousPage"] == (len(forward) > size)
        if not page["pageInfo"]["hasNextPage"]:
            break
    backward: list[int] = []
    before = None
    while True:
        page = await shelf.page(last=size, before=before, orderBy=order)
        backward = [shelf.quotes.index(it["id"]) for it in page["nodes"]] + backward
        before = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            break
    assert forward == backward == whole


@in_module_loop
async def test_an_empty_page_has_no_cursors(shelf):
    page = await shelf.page(filter={"status": ["CANCELLED"]})
    assert page == {
        "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
        "nodes": [],
        "edges": [],
    }


@on_both_databases
async def test_a_cursor_keeps_its_place_when_rows_are_added_before_and_after_it(api):
    made = [(await a_quote(api)).id for _ in range(4)]
    newest_first = (await api.data(QUOTES, {"first": 2}))["quotes"]
    oldest_first = {"orderBy": {"field": "CREATED_AT", "direction": "ASC"}}
    front = (await api.data(QUOTES, {"first": 2, **oldest_first}))["quotes"]
    added = [(await a_quote(api)).id for _ in range(3)]
    rest = (await api.data(QUOTES, {"first": 10, "after": newest_first["pageInfo"]["endCursor"]}))["quotes"]
    assert [it["id"] for it in rest["nodes"]] == [made[1], made[0]]
    rest = (await api.data(QUOTES, {"first": 10, "after": front["pageInfo"]["endCursor"], **oldest_first}))["quotes"]
    assert [it["id"] for it in rest["nodes"]] == [*made[2:], *added]


@on_both_databases
async def test_rows_of_one_moment_are_told_apart(api):
    made = [(await a_quote(api)).id for _ in range(5)]
    for quote in made:
        await move(api, quote, created_at=START, updated_at=START)
    found: list[str] = []
    after = None
    for _ in range(5):
        page = (await api.data(QUOTES, {"first": 1, "after": after}))["quotes"]
        found.append(page["nodes"][0]["id"])
        after = page["pageInfo"]["endCursor"]
    assert found == sorted(made, reverse=True)


@in_module_loop
async def test_the_list_of_a_company_is_paged_like_any_other(shelf):
    query = f"""query($first: Int, $after: String, $last: Int, $before: String) {{ viewer {{ company {{
        quotes(first: $first, after: $after, last: $last, before: $before) {{ {PAGE} }}
    }} }} }}"""
    first = (await shelf.api.data(query, {"first": 4}))["viewer"]["company"]["quotes"]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (10, True)
    after = first["pageInfo"]["endCursor"]
    second = (await shelf.api.data(query, {"first": 4, "after": after}))["viewer"]["company"]["quotes"]
    assert [shelf.quotes.index(it["id"]) for it in first["nodes"] + second["nodes"]] == [9, 8, 7, 6, 5, 4, 3, 2]
    back = (await shelf.api.data(query, {"last": 3}))["viewer"]["company"]["quotes"]
    assert [shelf.quotes.index(it["id"]) for it in back["nodes"]] == [2, 1, 0]


# ---- arguments


@in_module_loop
@pytest.mark.parametrize(
    ("variables", "argument", "code"),
    [
        *(({"first": size}, "first", "OUT_OF_RANGE") for size in (0, -1, 101, 2**31 - 1)),
        *(({"last": size}, "last", "OUT_OF_RANGE") for size in (0, -1, 101)),
        ({"first": 1, "last": 1}, "first", "OUT_OF_RANGE"),
        *(({"after": it}, "after", "INVALID_CURSOR") for it in ("", "1", "nonsense", "W10=", "é", "bnVsbA==")),
        ({"before": "nonsense"}, "before", "INVALID_CURSOR"),
        # Of the right list, but with places that no row can have.
        *(
            ({"after": it}, "after", "INVALID_CURSOR")
            for it in (
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIiwxLDJd",  # 1, 2
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIiwieCIsInkiXQ==",  # "x", "y"
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOjF9LFtdXQ==",  # {"t": 1}, []
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOjF9LG51bGxd",  # {"t": 1}, null
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOjF9LCJhXHUwMDAwYiJd",  # {"t": 1}, "a\u0000b"
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOjF9LCJcdWQ4MDAiXQ==",  # {"t": 1}, "\ud800"
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOjFlMzB9LCJhIl0=",  # {"t": 1e30}, "a"
                "WyJxdW90ZXMiLCJDUkVBVEVEX0FUIix7InQiOiJ4In0sImEiXQ==",  # {"t": "x"}, "a"
                "W" * 1200,
                "WVtb" * 450,
                "W1tb" * 450,
            )
        ),
    ],
    ids=lambda it: str(it)[:60],
)
async def test_a_page_that_cannot_be_is_refused_and_the_argument_named(shelf, variables, argument, code):
    error = (await shelf.api.run(QUOTES, variables)).error
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    assert [(it["path"], it["code"]) for it in error["extensions"]["problems"]] == [([argument], code)]


@in_module_loop
async def test_a_cursor_of_another_list_or_order_is_refused(shelf):
    products = await shelf.api.data("{ products(first: 1) { pageInfo { endCursor } } }")
    updated = await shelf.page(first=1, orderBy={"field": "UPDATED_AT"})
    for cursor in (products["products"]["pageInfo"]["endCursor"], updated["pageInfo"]["endCursor"]):
        error = (await shelf.api.run(QUOTES, {"after": cursor})).error
        assert error["extensions"]["problems"][0]["code"] == "INVALID_CURSOR"


# ---- filters of quotes


@in_module_loop
@pytest.mark.parametrize(
    ("given", "numbers"),
    [
        ({}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ({"status": ["APPROVED"]}, [9, 7, 5, 3]),
        ({"status": ["APPROVED", "REJECTED"]}, [9, 7, 5, 3, 1]),
        ({"status": []}, []),
        ({"country": "BR"}, [9, 6, 3, 0]),
        ({"country": "brazil"}, [9, 6, 3, 0]),
        ({"country": "BRA", "status": ["PENDING"]}, [6, 0]),
        ({"createdAt": {"after": "2026-11-08T00:00:00Z"}}, [9, 8]),
        ({"createdAt": {"before": "2026-11-03T00:00:00Z"}}, [1, 0]),
        ({"createdAt": {"after": "2026-11-03T01:00:00+01:00", "before": "2026-11-05T00:00:00"}}, [3]),
        ({"updatedAt": {"before": "2026-10-24T00:00:00Z"}}, [9]),
        ({"updatedAt": {"after": "2026-10-30T00:00:00Z"}, "country": "UY"}, [1]),
        ({"createdAt": {}}, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
    ],
    ids=str,
)
async def test_quotes_are_narrowed_by_all_that_is_given(shelf, given, numbers):
    assert await shelf.ids(filter=given) == numbers
    assert (await shelf.page(filter=given, first=1))["totalCount"] == len(numbers)


@in_module_loop
@pytest.mark.parametrize("part", ["BR", "bra", "brazil", "RAZ", " Brazil "])
async def test_quotes_are_found_by_a_country_s_code_or_a_part_of_its_name(shelf, part):
    assert await shelf.ids(filter={"country": part}) == await shelf.ids(filter={"country": "BRA"}) != []


@in_module_loop
async def test_filtered_lists_are_paged_too(shelf):
    first = await shelf.page(filter={"country": "BR"}, first=2)
    assert await shelf.ids(filter={"country": "BR"}, first=2, after=first["pageInfo"]["endCursor"]) == [3, 0]


@in_module_loop
@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"country": "Atlantis"}, ["filter", "country"], "INVALID_COUNTRY"),
        ({"createdAt": {"after": "yesterday"}}, ["filter", "createdAt", "after"], "INVALID_DATE"),
        ({"updatedAt": {"before": "2026-13-01"}}, ["filter", "updatedAt", "before"], "INVALID_DATE"),
    ],
)
async def test_a_filter_that_cannot_be_is_refused(shelf, given, path, code):
    problems = (await shelf.api.run(QUOTES, {"filter": given})).error["extensions"]["problems"]
    assert [(it["path"], it["code"]) for it in problems] == [(path, code)]


# ---- products and employees


@in_module_loop
@pytest.mark.parametrize(
    ("given", "models"),
    [
        (None, ["MacBook Pro 14", "Latitude 7450", "UltraFine 27"]),
        ({"includeArchived": True}, ["MacBook Pro 14", "PowerBook G4", "Latitude 7450", "UltraFine 27"]),
        ({"type": ["MONITOR", "MOUSE"]}, ["UltraFine 27"]),
        ({"type": []}, []),
        ({"brand": "apple"}, ["MacBook Pro 14"]),
        ({"brand": "App"}, []),
        ({"search": "BOOK"}, ["MacBook Pro 14"]),
        ({"search": "pro 14", "brand": "Apple", "type": ["LAPTOP"]}, ["MacBook Pro 14"]),
        ({"search": "%"}, []),
        ({"search": "_"}, []),
        ({"search": "/"}, []),
        ({"search": "\\"}, []),
        ({"search": " "}, ["MacBook Pro 14", "Latitude 7450", "UltraFine 27"]),
    ],
    ids=str,
)
async def test_products_are_narrowed_and_come_by_brand_and_model(shelf, given, models):
    query = "query($filter: ProductFilter) { products(filter: $filter) { totalCount nodes { model } } }"
    found = (await shelf.api.data(query, {"filter": given}))["products"]
    assert [it["model"] for it in found["nodes"]] == models
    assert found["totalCount"] == len(models)


@in_module_loop
@pytest.mark.parametrize(
    ("given", "names"),
    [
        (None, ["Ana Rodríguez", "Bruno Silva", "Çağla Yılmaz"]),
        ({"status": ["INACTIVE"]}, ["Çağla Yılmaz"]),
        ({"search": "RODRÍGUEZ"}, ["Ana Rodríguez"]),
        ({"search": "ÇAĞLA"}, ["Çağla Yılmaz"]),
        ({"search": "yilmaz cagla"}, ["Çağla Yılmaz"]),
        ({"search": "rodriguez people.example ana"}, ["Ana Rodríguez"]),
        ({"search": "people.example"}, ["Ana Rodríguez", "Bruno Silva"]),
        ({"search": "people.example", "status": ["INACTIVE"]}, []),
    ],
    ids=str,
)
async def test_employees_are_narrowed_and_come_by_name(shelf, given, names):
    query = "query($filter: EmployeeFilter) { employees(filter: $filter) { totalCount nodes { name } } }"
    found = (await shelf.api.data(query, {"filter": given}))["employees"]
    assert [it["name"] for it in found["nodes"]] == names
    assert found["totalCount"] == len(names)


@in_module_loop
@pytest.mark.parametrize("field", ["products", "employees"])
async def test_other_lists_are_paged_forward_and_backward(shelf, field):
    query = f"""query($first: Int, $after: String, $last: Int, $before: String) {{
        {field}(first: $first, after: $after, last: $last, before: $before) {{ {PAGE} }}
    }}"""
    whole = (await shelf.api.data(query))[field]["nodes"]
    first = (await shelf.api.data(query, {"first": 2}))[field]
    rest = (await shelf.api.data(query, {"first": 2, "after": first["pageInfo"]["endCursor"]}))[field]
    assert first["nodes"] + rest["nodes"] == whole
    last = (await shelf.api.data(query, {"last": 2}))[field]
    assert last["nodes"] == whole[-2:]
    before = (await shelf.api.data(query, {"last": 2, "before": last["pageInfo"]["startCursor"]}))[field]
    assert before["nodes"] == whole[:-2]
