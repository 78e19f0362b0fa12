"""Assets in the graph: how they are added, found, and linked to the people who have them."""

from typing import Any

import pytest

from domain.shared.access import Environment
from domain.shared.ids import global_id
from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import a_price, codes
from tests.api.support.running import Running, company_id, on_both_databases

ASSET = "assets { id serialNumber status country employeeName employee { name } price { amount } }"


async def add(api: Running, *assets: dict[str, Any], key: str | None = None, **given: Any) -> Any:
    selection = f"{ASSET} rejected {{ index serialNumber userErrors {{ __typename path code }} }}"
    return await api.act("addAssets", {"assets": list(assets), **given}, selection, key=key)


async def serials(api: Running, arguments: str = "", key: str | None = None) -> list[str]:
    found = await api.data(f"{{ assets{arguments} {{ nodes {{ serialNumber }} }} }}", key=key)
    return [it["serialNumber"] for it in found["assets"]["nodes"]]


@on_both_databases
async def test_a_device_with_an_employee_is_in_use_and_one_without_is_in_storage(api):
    payload = await add(
        api,
        an_asset("A-1", employee="ANA@people.example", price=a_price("1450.5")),
        an_asset("A-2", country="Brazil"),
        an_asset("A-3", employee="Bruno Silva"),
        an_asset("A-4", employee="Nobody we know"),
    )
    assert payload["userErrors"] == []
    assert [(it["status"], it["country"], it["employeeName"], it["employee"]) for it in payload["assets"]] == [
        ("IN_USE", "UY", "Ana Rodríguez", {"name": "Ana Rodríguez"}),
        ("IN_STORAGE", "BR", None, None),
        ("IN_USE", "UY", "Bruno Silva", {"name": "Bruno Silva"}),
        ("IN_USE", "UY", "Nobody we know", None),
    ]
    assert payload["assets"][0]["price"] == {"amount": "1450.50"}


@on_both_databases
async def test_assets_are_found_by_where_they_are_what_they_are_and_whose(api):
    await add(api, an_asset("Straße-1", employee="Ana Rodríguez"))
    await add(api, an_asset("B-2", deviceType="MONITOR", country="BR"))
    assert await serials(api) == ["B-2", "Straße-1"]
    assert await serials(api, '(filter: {serialNumber: " STRASSE-1"})') == ["Straße-1"]
    assert await serials(api, "(filter: {status: IN_USE})") == ["Straße-1"]
    assert await serials(api, "(filter: {status: IN_STORAGE})") == ["B-2"]
    assert await serials(api, "(filter: {status: RETIRED})") == []
    assert await serials(api, "(filter: {})") == ["B-2", "Straße-1"]
    assert await serials(api, '(filter: {country: "brazil"})') == ["B-2"]
    assert (
        await serials(api, '(filter: {country: "Brasil"})')
        == await serials(api, '(filter: {country: "raz"})')
        == ["B-2"]
    )
    assert await serials(api, "(filter: {deviceType: MONITOR})") == ["B-2"]
    assert await serials(api, '(filter: {search: "RODRÍGUEZ"})') == ["Straße-1"]
    assert await serials(api, '(filter: {search: "macbook"})') == ["B-2", "Straße-1"]
    assert await serials(api, "(orderBy: {field: CREATED_AT, direction: ASC})") == ["Straße-1", "B-2"]


async def test_pages_of_assets_follow_each_other_without_a_gap(api):
    await add(api, *(an_asset(f"S-{number}") for number in range(5)))
    page = "{ assets(first: 2%s) { totalCount nodes { serialNumber } pageInfo { hasNextPage endCursor } } }"
    found, after = [], ""
    while True:
        answer = (await api.data(page % after))["assets"]
        found += [it["serialNumber"] for it in answer["nodes"]]
        assert answer["totalCount"] == 5
        if not answer["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{answer["pageInfo"]["endCursor"]}"'
    assert sorted(found) == [f"S-{number}" for number in range(5)]


async def test_a_serial_number_finds_its_asset_in_any_case_within_the_keys_reach(api):
    foreigner = await api.key("assets:read", "assets:write", "employees:read", company="NORDLICHT")
    mine = (await add(api, an_asset("abc-1")))["assets"][0]["id"]
    theirs = (await add(api, an_asset("ABC-1"), key=foreigner))["assets"][0]["id"]
    query = 'query { asset(by: {serialNumber: " Abc-1 "}) { id } }'
    assert (await api.data(query))["asset"] == {"id": mine}
    assert (await api.data(query, key=foreigner))["asset"] == {"id": theirs}
    await add(api, an_asset("own-1"))
    assert (await api.data('{ asset(by: {serialNumber: "OWN-1"}) { status } }', key=api.operator))["asset"] is not None
    by_id = "query($id: ID!) { asset(by: {id: $id}) { serialNumber } node(id: $id) { id } }"
    assert (await api.data(by_id, {"id": mine}, key=foreigner)) == {"asset": None, "node": None}


@on_both_databases
async def test_one_wrong_row_keeps_all_out_and_every_problem_is_told(api):
    await add(api, an_asset("TAKEN"))
    payload = await add(api, an_asset("new"), an_asset(" taken "), an_asset("NEW"), an_asset("x", country="Atlantis"))
    assert payload["assets"] == []
    assert [(it["__typename"], it["path"], it["code"]) for it in payload["userErrors"]] == [
        ("ConflictError", ["assets", "1", "serialNumber"], "DUPLICATE_SERIAL"),
        ("ValidationError", ["assets", "2", "serialNumber"], "DUPLICATE_SERIAL"),
        ("ValidationError", ["assets", "3", "country"], "INVALID_COUNTRY"),
    ]
    assert payload["userErrors"][0]["currentStatus"] == "IN_STORAGE"
    assert await serials(api) == ["TAKEN"]


async def test_what_is_no_serial_number_is_refused_and_nothing_is_added(api):
    none = ("1.23E+15", "To Be Filled By O.E.M.", "N/A", "0", "123456789")
    payload = await add(api, an_asset("good"), *(an_asset(it) for it in none))
    assert [(it["code"], it["path"]) for it in payload["userErrors"]] == [
        ("INVALID_SERIAL", ["assets", str(place), "serialNumber"]) for place in range(1, 6)
    ]
    assert "Format its column as text" in payload["userErrors"][0]["message"]
    assert await serials(api) == []


async def test_the_wrapper_of_a_spreadsheet_is_taken_off_a_serial_number(api):
    await add(api, an_asset('="000123"'))
    assert await serials(api) == ["000123"]
    assert (await api.data('query { asset(by: {serialNumber: "\'000123"}) { serialNumber } }'))["asset"] is not None


@on_both_databases
async def test_the_good_rows_can_be_added_and_the_failed_ones_told_again_when_repeated(api):
    await add(api, an_asset("TAKEN"))
    rows = {"assets": [an_asset("good"), an_asset("taken"), an_asset("")], "onFailure": "REJECT_FAILED_ROWS"}
    selection = "assets { id } rejected { index serialNumber userErrors { __typename path code } }"

    payload = await api.act("addAssets", rows, selection, directive='@idempotent(key: "import-1")')
    again = await api.act("addAssets", rows, selection, directive='@idempotent(key: "import-1")')

    assert again == payload
    assert payload["userErrors"] == []
    assert len(payload["assets"]) == 1
    assert payload["rejected"] == [
        {
            "index": 1,
            "serialNumber": "taken",
            "userErrors": [
                {
                    "__typename": "ConflictError",
                    "path": ["assets", "1", "serialNumber"],
                    "code": "DUPLICATE_SERIAL",
                }
            ],
        },
        {
            "index": 2,
            "serialNumber": "",
            "userErrors": [
                {"__typename": "ValidationError", "path": ["assets", "2", "serialNumber"], "code": "REQUIRED"}
            ],
        },
    ]


async def test_a_dry_run_tells_what_would_be_refused_and_adds_nothing(api):
    await add(api, an_asset("TAKEN"))
    before = await api.contents()
    payload = await add(api, an_asset("taken"), an_asset("new"), dryRun=True, onFailure="REJECT_FAILED_ROWS")
    assert [it["index"] for it in payload["rejected"]] == [0]
    assert payload["assets"] == []
    assert await api.contents() == before


@pytest.mark.parametrize(("count", "code"), [(0, "REQUIRED"), (1001, "TOO_MANY")])
async def test_from_one_to_a_thousand_devices_are_added_at_once(api, count, code):
    payload = await add(api, *(an_asset(f"S-{number}") for number in range(count)))
    assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(["assets"], code)]


@on_both_databases
async def test_a_thousand_devices_are_looked_up_and_written_by_one_statement_each(api):
    seen: list[str] = []
    api.parts.database.transactions.listeners.append(seen.append)
    devices = [an_asset(f"S-{n}", employee="Ana Rodríguez") for n in range(1000)]
    payload = await api.act("addAssets", {"assets": devices})
    assert payload["userErrors"] == []
    assert (await api.data("{ assets { totalCount } }"))["assets"]["totalCount"] == 1000
    assert sum(it.startswith("INSERT INTO assets") for it in seen) == 1
    assert sum("FROM employees" in it for it in seen) == 1


async def test_a_platform_key_names_the_company_and_test_data_stays_apart(api):
    test = await api.key("assets:read", "assets:write", "employees:read", environment=Environment.TEST)
    assert codes(await add(api, an_asset("A"), key=api.operator)) == ["REQUIRED"]
    assert codes(await add(api, an_asset("A"), key=api.operator, companyId=company_id("AUSTRAL"))) == []
    assert codes(await add(api, an_asset("A"), key=test)) == []
    assert await serials(api) == ["A"]
    assert await serials(api, key=test) == ["A"]


async def test_a_key_that_may_only_add_is_answered_with_what_it_added_but_reads_no_list(api):
    adder = await api.key("assets:write")
    payload = await api.act("addAssets", {"assets": [an_asset("A")]}, "assets { id status }", key=adder)
    assert payload["assets"][0]["status"] == "IN_STORAGE"
    read_back = await api.attempt("addAssets", {"assets": [an_asset("B")]}, "assets { serialNumber }", key=adder)
    assert read_back.codes == ["FORBIDDEN"]
    answer = await api.run("{ assets { totalCount } }", key=adder)
    assert answer.codes == ["FORBIDDEN"]


@on_both_databases
async def test_who_left_and_still_has_a_device_can_be_asked_for(api):
    await add(api, an_asset("A", employee="Çağla Yılmaz"), an_asset("B", employee="Ana Rodríguez"))
    query = """query($filter: EmployeeFilter) { employees(filter: $filter) {
        totalCount nodes { name assets { nodes { serialNumber employee { name } } } }
    } }"""
    leavers = await api.data(query, {"filter": {"status": ["INACTIVE"], "hasAssets": True}})
    assert leavers["employees"] == {
        "totalCount": 1,
        "nodes": [
            {
                "name": "Çağla Yılmaz",
                "assets": {"nodes": [{"serialNumber": "A", "employee": {"name": "Çağla Yılmaz"}}]},
            }
        ],
    }
    without = await api.data(query, {"filter": {"hasAssets": False}})
    assert [it["name"] for it in without["employees"]["nodes"]] == ["Bruno Silva"]


async def test_an_assets_id_is_of_its_own_type(api):
    asset = (await add(api, an_asset("A")))["assets"][0]["id"]
    answer = await api.run('{ asset(by: {id: "yesterday"}) { id } }')
    assert answer.codes == ["VALIDATION_ERROR"]
    assert asset == global_id("Asset", asset.rpartition("_")[2])
