"""Kits over the API: made, found, quoted, changed and removed; never another company's."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from domain.shared.ids import global_id
from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_draft, a_recipient, an_item, codes
from tests.api.support.running import Running, company_id, on_both_databases, running
from tests.api.support.world import MACBOOK, NOBODY, SMALL_MACBOOK

LAPTOP = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
LOCK = {"custom": {"productType": "ACCESSORY", "specification": {"brand": "Kensington"}}}


async def a_kit(api: Running, name: str = "Desk", key: str | None = None, **given: Any) -> str:
    devices = [{"device": LAPTOP}, {"device": LOCK, "quantity": 2}]
    payload = await api.act("createKit", {"name": name, "devices": devices, **given}, "kit { id }", key=key)
    assert payload["userErrors"] == []
    found: str = payload["kit"]["id"]
    return found


class Shelf(NamedTuple):
    """A company's kits by name, and another company's key and kit."""

    api: Running
    ids: dict[str, str]
    other: str
    foreign: str


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def shelf(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Shelf]:
    async with running(await new_database(request.param)) as api:
        other = await api.key("kits:read", "kits:write", "quotes:write", "quotes:decide", company="NORDLICHT")
        made: dict[str, dict[str, Any]] = {
            "Desk": {"region": "LATAM", "tags": ["Starters", "remote"]},
            "big desk": {"region": "EMEA", "tags": ["remote"]},
            "Phone booth 100%": {},
        }
        ids = {name: await a_kit(api, name, **given) for name, given in made.items()}
        yield Shelf(api, ids, other, await a_kit(api, "Foreign desk", other, tags=["remote"]))


FOUND: dict[str, tuple[str, list[str]]] = {
    "all, the newest first": ("", ["Phone booth 100%", "big desk", "Desk"]),
    "by name": ("(orderBy: {field: NAME, direction: ASC})", ["big desk", "Desk", "Phone booth 100%"]),
    "by name, backward": ("(orderBy: {field: NAME, direction: ASC}, last: 1)", ["Phone booth 100%"]),
    "by change": ("(orderBy: {field: UPDATED_AT, direction: ASC}, first: 1)", ["Desk"]),
    "a name in any case": ('(filter: {search: "DESK"})', ["big desk", "Desk"]),
    "no pattern": ('(filter: {search: "0%"})', ["Phone booth 100%"]),
    "a tag in any case": ('(filter: {tag: "starters"})', ["Desk"]),
    "a tag of two": ('(filter: {tag: "remote"})', ["big desk", "Desk"]),
    "no part of a tag": ('(filter: {tag: "remot"})', []),
    "exactly a region": ('(filter: {region: "EMEA"})', ["big desk"]),
    "no part of a region": ('(filter: {region: "EME"})', []),
    "all at once": ('(filter: {search: "desk", tag: "remote", region: "LATAM"})', ["Desk"]),
}


@pytest.mark.parametrize(("arguments", "names"), FOUND.values(), ids=FOUND.keys())
@pytest.mark.asyncio(loop_scope="module")
async def test_kits_are_found_and_counted(shelf, arguments, names):
    found = (await shelf.api.data(f"{{ kits{arguments} {{ totalCount nodes {{ name }} }} }}"))["kits"]
    assert [it["name"] for it in found["nodes"]] == names
    assert found["totalCount"] >= len(names)


@pytest.mark.parametrize("field", ["NAME", "CREATED_AT", "UPDATED_AT"])
@pytest.mark.asyncio(loop_scope="module")
async def test_pages_of_kits_follow_each_other(shelf, field):
    query = """query($after: String) { kits(first: 1, after: $after, orderBy: {field: %s, direction: ASC}) {
        nodes { name } pageInfo { endCursor hasNextPage } } }"""
    names, after, more = [], None, True
    while more:
        page = (await shelf.api.data(query % field, {"after": after}))["kits"]
        names += [it["name"] for it in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert sorted(names) == sorted(shelf.ids)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_kit_leads_to_its_devices_and_they_lead_back(shelf):
    found = await shelf.api.data(
        """query($id: ID!) { kit(by: {id: $id}) { name region tags company { kits { totalCount } } devices {
            productType quantity specification { brand cpu } product { id } configuration { id } kit { id } } } }""",
        {"id": shelf.ids["Desk"]},
    )
    kit = found["kit"]
    assert (kit["name"], kit["region"], kit["tags"]) == ("Desk", "LATAM", ["Starters", "remote"])
    assert kit["company"]["kits"]["totalCount"] == 3
    laptop, lock = kit["devices"]
    assert laptop["product"] == {"id": global_id("Product", MACBOOK)}
    assert laptop["configuration"] == {"id": global_id("Configuration", SMALL_MACBOOK)}
    assert laptop["specification"] == {"brand": "Apple", "cpu": "Apple M5"}
    assert (lock["productType"], lock["quantity"], lock["product"]) == ("ACCESSORY", 2, None)
    assert lock["kit"] == {"id": shelf.ids["Desk"]}


@pytest.mark.asyncio(loop_scope="module")
async def test_another_companys_kit_is_as_one_that_does_not_exist(shelf):
    for given in (shelf.foreign, NOBODY):
        assert (await shelf.api.data("query($id: ID!) { kit(by: {id: $id}) { id } }", {"id": given}))["kit"] is None
        quote = await shelf.api.act("createQuote", a_draft(an_item(device={"kitId": given})), "quote { id }")
        assert codes(quote) == ["UNKNOWN_REFERENCE"]
        assert quote["userErrors"][0]["path"] == ["items", "0", "device", "kitId"]
        gone = await shelf.api.act("deleteKit", {"kitId": given}, "deletedKitId")
        assert (codes(gone), gone["userErrors"][0]["__typename"]) == (["NOT_FOUND"], "NotFoundError")
    # A platform key reaches both, but a quote of one company takes no kit of the other.
    draft = a_draft(an_item(device={"kitId": shelf.foreign}), companyId=company_id("AUSTRAL"))
    assert codes(await shelf.api.act("createQuote", draft, key=shelf.api.operator)) == ["UNKNOWN_REFERENCE"]


@on_both_databases
async def test_a_quoted_kit_becomes_a_line_for_each_device(api):
    kit = await a_kit(api)
    people = [a_recipient(), a_recipient("Bruno Silva")]
    draft = a_draft(an_item(), an_item(device={"kitId": kit}, recipients=people))
    lines = "quote { items { productType quantity product { id } recipients { name } } }"
    first, laptop, lock = (await api.act("createQuote", draft, lines))["quote"]["items"]
    assert first["quantity"] == 1
    assert (laptop["quantity"], laptop["product"]) == (2, {"id": global_id("Product", MACBOOK)})
    assert (lock["quantity"], lock["productType"]) == (4, "ACCESSORY")
    assert [it["name"] for it in lock["recipients"]] == ["Ana Rodríguez"] * 2 + ["Bruno Silva"] * 2


@on_both_databases
async def test_a_removed_kit_is_gone_and_what_was_quoted_of_it_stays(api):
    kit = await a_kit(api, tags=["starters"])
    draft = a_draft(an_item(device={"kitId": kit}))
    quote = (await api.act("createQuote", draft, "quote { id }"))["quote"]["id"]
    directive = '@idempotent(key: "once")'
    for _ in range(2):
        removed = await api.act("deleteKit", {"kitId": kit}, "deletedKitId", directive=directive)
        assert (removed["deletedKitId"], removed["userErrors"]) == (kit, [])
    assert (await api.data("{ kits { totalCount } }"))["kits"]["totalCount"] == 0
    assert await api.rows("kit_devices") == await api.rows("tags") == []
    found = await api.data("query($id: ID!) { quote(by: {id: $id}) { items { quantity } } }", {"id": quote})
    assert found["quote"]["items"] == [{"quantity": 1}, {"quantity": 2}]


async def test_a_kit_made_twice_under_one_promise_is_made_once(api):
    directive = '@idempotent(key: "once")'
    given = {"name": "Desk", "devices": [{"device": LOCK}]}
    ids = [(await api.act("createKit", given, "kit { id }", directive=directive))["kit"]["id"] for _ in range(2)]
    assert ids[0] == ids[1]
    assert len(await api.rows("kits")) == 1


async def test_a_platform_key_makes_a_kit_for_the_company_it_names(api):
    kit = await a_kit(api, key=api.operator, companyId=company_id("NORDLICHT"))
    assert (await api.data("query($id: ID!) { kit(by: {id: $id}) { id } }", {"id": kit}))["kit"] is None
    payload = await api.act("createKit", {"name": "Desk", "devices": [{"device": LOCK}]}, key=api.operator)
    assert [it["path"] for it in payload["userErrors"]] == [["companyId"]]


async def test_a_kit_is_told_of_to_those_who_may_read_kits(api):
    await a_kit(api)
    [event] = await api.rows("events")
    assert (event.type, event.node_type) == ("KIT_CREATED", "Kit")


async def test_a_key_that_may_only_write_kits_reads_back_what_it_made(api):
    writer = await api.key("kits:write")
    assert await a_kit(api, key=writer)
    assert (await api.run("{ kits { totalCount } }", key=writer)).codes == ["FORBIDDEN"]


DESK = "kit { name region tags devices { quantity productType specification { brand } } updatedAt }"


@on_both_databases
async def test_a_kit_is_changed_in_what_is_given_and_found_by_what_it_is_now(api):
    kit = await a_kit(api, region="LATAM", tags=["starters"])
    given = {"kitId": kit, "name": "Big desk", "tags": ["remote"], "devices": [{"device": LOCK, "quantity": 3}]}
    changed = await api.act("updateKit", given, DESK, directive='@idempotent(key: "once")')
    assert changed["userErrors"] == []
    assert (changed["kit"]["name"], changed["kit"]["region"], changed["kit"]["tags"]) == (
        "Big desk",
        "LATAM",
        ["remote"],
    )
    lock = {"quantity": 3, "productType": "ACCESSORY", "specification": {"brand": "Kensington"}}
    assert changed["kit"]["devices"] == [lock]
    for found_by, count in (('search: "big"', 1), ('tag: "remote"', 1), ('tag: "starters"', 0)):
        found = await api.data(f"{{ kits(filter: {{{found_by}}}) {{ totalCount }} }}")
        assert found["kits"]["totalCount"] == count

    cleared = (await api.act("updateKit", {"kitId": kit, "region": None, "tags": None}, DESK))["kit"]
    assert (cleared["region"], cleared["tags"], cleared["devices"]) == (None, [], [lock])
    same = (await api.act("updateKit", {"kitId": kit, "name": "Big desk", "devices": given["devices"]}, DESK))["kit"]
    assert same == cleared
    assert [it.type for it in await api.rows("events")] == ["KIT_CREATED", "KIT_UPDATED", "KIT_UPDATED"]


@on_both_databases
async def test_a_kit_is_changed_in_all_of_it_or_nothing_and_within_its_company_only(api):
    kit = await a_kit(api)
    other = await api.key("kits:write", company="NORDLICHT")
    before = await api.contents()
    given = {"kitId": kit, "name": " ", "devices": []}
    refused = await api.act("updateKit", given)
    assert [(it["path"], it["code"]) for it in refused["userErrors"]] == [
        (["name"], "REQUIRED"),
        (["devices"], "REQUIRED"),
    ]
    inner = await api.act("updateKit", {"kitId": kit, "devices": [{"device": {"kitId": kit}}]})
    assert [it["path"] for it in inner["userErrors"]] == [["devices", "0", "device", "kitId"]]
    assert codes(await api.act("updateKit", {"kitId": kit, "name": "Mine"}, key=other)) == ["NOT_FOUND"]
    assert await api.contents() == before


async def test_what_was_quoted_of_a_kit_stays_when_it_changes(api):
    kit = await a_kit(api)
    quote = (await api.act("createQuote", a_draft(an_item(device={"kitId": kit})), "quote { id }"))["quote"]["id"]
    await api.act("updateKit", {"kitId": kit, "devices": [{"device": LOCK}]})
    found = await api.data("query($id: ID!) { quote(by: {id: $id}) { items { quantity } } }", {"id": quote})
    assert found["quote"]["items"] == [{"quantity": 1}, {"quantity": 2}]
