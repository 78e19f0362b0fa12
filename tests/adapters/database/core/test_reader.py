"""Loaders: one statement for many keys, in their order, of rows within reach only; and pages that miss nothing."""

from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event

from adapters.database.catalogue.products import CATALOGUE_LOADERS
from adapters.database.companies.company import COMPANY_LOADERS
from adapters.database.core.columns import is_noted
from adapters.database.core.loader_specs import One
from adapters.database.core.reader import SqlReader
from adapters.database.quotes.store import QUOTE_LOADERS
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import QuoteStatus
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import new_id
from domain.shared.paging import PageKey, Window
from tests.builders import NOW, a_configuration, a_product, a_quote, a_recipient, line, priced
from tests.databases import LIVE, a_company, dependencies_on, write_product, write_quotes

LOADERS = {**QUOTE_LOADERS, **COMPANY_LOADERS, **CATALOGUE_LOADERS}
TEST = TenantScope(Environment.TEST, None)


@pytest.fixture
def reader(database):
    return SqlReader(database, LOADERS)


@pytest_asyncio.fixture
async def austral(database):
    return await a_company(database)


@pytest_asyncio.fixture
async def nordlicht(database):
    return await a_company(database, "NORDLICHT")


def own(company):
    return TenantScope(Environment.LIVE, company.live)


async def stored(database, company, *quotes):
    """Quotes of a company, stored."""
    owned = [a_quote(*it.lines, **{**it.quote._asdict(), "tenant_id": company.live}) for it in quotes]
    await write_quotes(database, *owned)
    return owned


@contextmanager
def statements(database):
    """The statements that are executed inside, on either way to the database."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith("PRAGMA"):
            seen.append(statement)

    event.listen(database.read.sync_engine, "before_cursor_execute", note)
    if database.dialect == "postgresql":
        database.reads.listeners.append(seen.append)
    yield seen
    event.remove(database.read.sync_engine, "before_cursor_execute", note)
    database.reads.listeners.clear()


TABLES = {
    spec.rows.row: spec.rows.table
    for spec in (*QUOTE_LOADERS.values(), *CATALOGUE_LOADERS.values())
    if isinstance(spec, One)
}


def ids(rows):
    return [it.id for it in rows]


def as_stored(found):
    """What was read, without the times that the database notes where a row is written."""
    if isinstance(found, list):
        return [as_stored(it) for it in found]
    noted = {"created_at", "updated_at"} & {it.name for it in TABLES[type(found)].columns if is_noted(it)}
    assert None not in {getattr(found, name) for name in noted}
    return found._replace(**dict.fromkeys(noted))


async def test_rows_come_in_the_order_of_the_keys_and_the_missing_are_none(reader, database, austral):
    one, two, three = await stored(database, austral, a_quote(), a_quote(), a_quote())
    wanted = [three.quote.id, new_id(), one.quote.id, two.quote.id, "no id at all", one.quote.id]
    assert await reader.load("quote", wanted, LIVE) == [three.quote, None, one.quote, two.quote, None, one.quote]


async def test_lists_come_in_the_order_of_the_keys_each_in_its_own_order(reader, database, austral):
    one, two = await stored(database, austral, a_quote(line(), line(priced), line()), a_quote(line()))
    found = await reader.load("items_by_quote", [two.quote.id, new_id(), one.quote.id], LIVE)
    assert as_stored(found) == [[it.item for it in two.lines], [], [it.item for it in one.lines]]


async def test_every_part_of_a_quote_is_read_as_it_was_stored(reader, database, austral):
    [quote] = await stored(database, austral, a_quote(line(priced, alternatives=2, recipients=2)))
    of = quote.lines[0]
    assert as_stored(await reader.load("item", [of.item.id], LIVE)) == [of.item]
    assert as_stored(await reader.load("alternatives_by_item", [of.item.id], LIVE)) == [list(of.alternatives)]
    assert as_stored(await reader.load("recipients_by_item", [of.item.id], LIVE)) == [list(of.recipients)]
    assert as_stored(await reader.load("recipient", [of.recipients[1].id], LIVE)) == [of.recipients[1]]


async def test_the_countries_of_a_quote_are_told_once_each(reader, database, austral):
    people = [a_recipient(country=it) for it in ("UY", "BR", "UY")]
    [quote] = await stored(database, austral, a_quote(line(priced, recipients=people), line(priced)))
    found = await reader.load("countries_by_quote", [new_id(), quote.quote.id], own(austral))
    assert found == [[], ["BR", "UY"]]


@pytest.mark.parametrize("loader", ["quote", "item", "items_by_quote", "recipients_by_item", "countries_by_quote"])
async def test_what_is_another_tenants_is_as_missing(reader, database, austral, nordlicht, loader):
    [quote] = await stored(database, austral, a_quote(line(priced)))
    key = {"item": quote.lines[0].item.id, "recipients_by_item": quote.lines[0].item.id}.get(loader, quote.quote.id)
    reaches = [own(austral), LIVE, own(nordlicht), TEST, TenantScope(Environment.LIVE, austral.test)]
    found = [bool((await reader.load(loader, [key], tenant_scope))[0]) for tenant_scope in reaches]
    assert found == [True, True, False, False, False]


async def test_a_company_is_read_in_the_environment_it_is_looked_at_in(reader, austral):
    for environment, tenant_id in ((Environment.LIVE, austral.live), (Environment.TEST, austral.test)):
        [company] = await reader.load("company", [austral.id], TenantScope(environment, None))
        assert company.tenant_id == tenant_id


async def test_the_catalogue_is_the_same_for_everyone(reader, database, austral):
    product = a_product()
    configuration = a_configuration(product)
    await write_product(database, product, configuration)
    for tenant_scope in (own(austral), LIVE, TEST):
        assert as_stored(await reader.load("product", [product.id], tenant_scope)) == [product]
        found = await reader.load("configurations_by_product", [product.id], tenant_scope)
        assert as_stored(found) == [[configuration]]


@pytest.mark.parametrize("keys", [1, 10, 1000])
@pytest.mark.parametrize("loader", ["quote", "items_by_quote", "countries_by_quote"])
async def test_a_batch_is_one_statement_however_many_keys_it_has(reader, database, keys, loader):
    wanted = [new_id() for _ in range(keys)]
    await reader.load(loader, wanted[:1], LIVE)
    with statements(database) as seen:
        await reader.load(loader, wanted, LIVE)
    assert len(seen) == 1, seen


# Pages


def page_of(parent=None, order="CREATED_AT", descending=False, filters=(), **window):
    return PageKey(parent, filters, order, descending, Window(**{"size": 3, **window}))


async def pages(reader, key, tenant_scope=LIVE):
    """All pages one after the other, and whether each says there are more on either side."""
    found, cursor = [], None
    while True:
        [page] = await reader.load("quotes", [key._replace(window=key.window._replace(cursor=cursor))], tenant_scope)
        found.append(page)
        more = page.has_previous if key.window.backward else page.has_next
        if not more:
            return found
        cursor = page.cursors[0] if key.window.backward else page.cursors[-1]


@pytest_asyncio.fixture
async def ten(database, austral):
    """Ten quotes, several of them made or changed in the same moment."""
    moments = [NOW + timedelta(seconds=it) for it in (0, 0, 0, 0, 1, 1, 2, 3, 3, 3)]
    drafts = [a_quote(created_at=it, updated_at=NOW - (it - NOW)) for it in moments]
    return [it.quote for it in await stored(database, austral, *drafts)]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", ["CREATED_AT", "UPDATED_AT"])
@pytest.mark.parametrize("size", [1, 3, 5, 10, 11])
async def test_paging_forward_and_backward_gives_the_whole_list(reader, ten, order, descending, size):
    by = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}[order]
    whole = ids(sorted(ten, key=lambda it: (getattr(it, by), it.id), reverse=descending))
    key = page_of(order=order, descending=descending, size=size)
    forward = await pages(reader, key)
    backward = await pages(reader, key._replace(window=Window(size, backward=True)))
    assert [it for page in forward for it in ids(page.rows)] == whole
    assert [it for page in reversed(backward) for it in ids(page.rows)] == whole
    assert [page.has_previous for page in forward] == [False] + [True] * (len(forward) - 1)
    assert [page.has_next for page in backward] == [False] + [True] * (len(backward) - 1)


async def test_a_row_added_before_the_cursor_does_not_shift_the_next_page(reader, database, austral, ten):
    [page] = await reader.load("quotes", [page_of()], LIVE)
    await stored(database, austral, a_quote(created_at=NOW - timedelta(days=1)))
    [following] = await reader.load("quotes", [page_of(cursor=page.cursors[-1])], LIVE)
    whole = ids(sorted(ten, key=lambda it: (it.created_at, it.id)))
    assert ids(following.rows) == whole[3:6]


async def test_a_page_within_a_tenants_reach_has_its_rows_only(reader, database, austral, nordlicht):
    [mine] = await stored(database, austral, a_quote())
    [other] = await stored(database, nordlicht, a_quote())
    for tenant_scope, expected in (
        (own(austral), {mine.quote.id}),
        (LIVE, {mine.quote.id, other.quote.id}),
        (TEST, set()),
    ):
        [page] = await reader.load("quotes", [page_of()], tenant_scope)
        assert set(ids(page.rows)) == expected
        assert await reader.count("quotes", [page_of().whole()], tenant_scope) == [len(expected)]


FILTERS = {
    "one status": ((("status", (QuoteStatus.REJECTED,)),), {"rejected"}),
    "several statuses": ((("status", (QuoteStatus.REJECTED, QuoteStatus.PENDING)),), {"rejected", "early"}),
    "no status": ((("status", ()),), set()),
    "country": ((("country", ("BR",)),), {"brazil"}),
    "created after": ((("created_at_after", NOW),), {"rejected", "brazil"}),
    "created before": ((("created_at_before", NOW),), {"early"}),
    "two at once": ((("status", (QuoteStatus.APPROVED,)), ("country", ("BR",))), {"brazil"}),
    "two that exclude each other": ((("status", (QuoteStatus.REJECTED,)), ("country", ("BR",))), set()),
}


@pytest.mark.parametrize(("filters", "expected"), FILTERS.values(), ids=FILTERS.keys())
async def test_a_filter_leaves_what_it_names_and_is_counted_likewise(reader, database, austral, filters, expected):
    early, later = NOW - timedelta(microseconds=1), NOW + timedelta(microseconds=1)
    brazil = line(priced, recipients=[a_recipient(country="BR"), a_recipient(country="BR")])
    made = [
        a_quote(po_number="early", created_at=early),
        a_quote(po_number="rejected", status=QuoteStatus.REJECTED, created_at=later),
        a_quote(brazil, po_number="brazil", status=QuoteStatus.APPROVED, created_at=later),
    ]
    await stored(database, austral, *made)
    key = page_of(filters=filters, size=10)
    [page] = await reader.load("quotes", [key], LIVE)
    assert {it.po_number for it in page.rows} == expected
    assert await reader.count("quotes", [key.whole()], LIVE) == [len(expected)]


async def test_each_parent_has_a_page_of_its_own_from_one_statement(reader, database, austral, nordlicht):
    mine = [it.quote for it in await stored(database, austral, *(a_quote() for _ in range(4)))]
    others = [it.quote for it in await stored(database, nordlicht, a_quote())]
    keys = [page_of(it) for it in (nordlicht.live, austral.test, austral.live)]
    await reader.load("quotes", keys, LIVE)
    with statements(database) as seen:
        found = await reader.load("quotes", keys, LIVE)
        counted = await reader.count("quotes", [it.whole() for it in keys], LIVE)
    assert len(seen) == 2, seen
    assert [ids(it.rows) for it in found] == [ids(others), [], sorted(ids(mine))[:3]]
    assert [it.has_next for it in found] == [False, False, True]
    assert counted == [1, 0, 4]


async def test_pages_of_one_list_asked_for_differently_at_once_are_each_answered(reader, ten):
    keys = [page_of(size=2), page_of(size=2, descending=True), page_of(size=4)]
    whole = ids(sorted(ten, key=lambda it: (it.created_at, it.id)))
    found = [ids(it.rows) for it in await reader.load("quotes", keys, LIVE)]
    assert found == [whole[:2], whole[::-1][:2], whole[:4]]


async def test_a_persons_devices_are_paged_by_their_address(reader, database, austral):
    people = [a_recipient(email="Ana@x.example") for _ in range(5)]
    await stored(database, austral, a_quote(line(priced, recipients=[*people, a_recipient(email="b@x.example")])))
    key = page_of("ana@x.example", order="CREATED_AT", size=4)
    [page] = await reader.load("recipients_by_email", [key], own(austral))
    [rest] = await reader.load("recipients_by_email", [key._replace(window=Window(4, cursor=page.cursors[-1]))], LIVE)
    assert sorted(ids([*page.rows, *rest.rows])) == sorted(ids(people))
    assert (page.has_next, rest.has_next, rest.has_previous) == (True, False, True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("macbook", True),
        ("MACBOOK pro", True),
        ("Çağla", True),
        ("cagla", True),
        ("pro macbook", True),
        ("çağla 100% book", True),
        ("O'Neil o’neil ONEIL", True),
        ("macbook air", False),
        ("ＭＡＣＢＯＯＫ", True),
        ("100%", True),
        ("1_0", False),
        ("%", True),
        ("/", False),
        ("\\", False),
        ("mac\\", False),
        ("'", False),
    ],
)
async def test_a_search_finds_words_in_any_order_and_takes_nothing_as_a_pattern(reader, database, typed, found):
    await write_product(database, a_product(brand="ÇAĞLA", model="MacBook Pro 100% O’Neil"))
    key = page_of(order="NAME", filters=(("search", typed),))
    [page] = await reader.load("products", [key], LIVE)
    assert bool(page.rows) is found


KEPT = {
    "a tag": ((("tag", "URGENT"),), {"marked"}),
    "no part of a tag": ((("tag", "urgen"),), set()),
    "a project in any case": ((("project", "apollo"),), {"marked"}),
    "no part of a project": ((("project", "apol"),), set()),
    "an assignee in any case": ((("assignee", "IDA@austral.example"),), {"marked", "changed"}),
    "a tag given later": ((("tag", "late"),), {"changed"}),
    "a tag taken away": ((("tag", "early"),), set()),
    "all at once": ((("tag", "urgent"), ("project", "apollo"), ("assignee", "ida@austral.example")), {"marked"}),
}


@pytest.mark.parametrize(("filters", "expected"), KEPT.values(), ids=KEPT.keys())
async def test_quotes_are_found_by_what_was_noted_of_them(reader, database, austral, filters, expected):
    marked: dict[str, Any] = {
        "tags": ("Urgent", "VIP"),
        "project_reference": "Apollo",
        "assignee_email": "Ida@austral.example",
    }
    [before, _, _] = await stored(
        database,
        austral,
        a_quote(po_number="changed", tags=("early",)),
        a_quote(po_number="plain", project_reference="Gemini"),
        a_quote(po_number="marked", **marked),
    )
    later = before.quote._replace(tags=("late",), assignee_email="ida@Austral.example")
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.quotes.save(before, QuoteAggregate(later, before.lines))
        await work.commit()
    key = page_of(filters=filters, size=10)
    [page] = await reader.load("quotes", [key], LIVE)
    assert {it.po_number for it in page.rows} == expected
    assert await reader.count("quotes", [key.whole()], LIVE) == [len(expected)]
