"""Systems are connected through the API, and what comes from them is found by where it comes from."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.connections.records import (
    ForeignAsset,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignItem,
    ForeignOption,
    ForeignPerson,
    ForeignQuote,
)
from domain.connections.systems import Collection
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.people.employees import EmployeeStatus
from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment, TenantScope
from domain.shared.jobs import Job
from domain.shared.outbound_errors import Refused, Unavailable
from domain.use_cases.connections import deleting
from domain.use_cases.connections.deleting import delete_quotes
from tests.api.support.connections import URL, a_connection, connected_to, read
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases
from tests.fakes.read_systems import FakeSystem

AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = datetime(2026, 5, 1, 0, 0, 1, tzinfo=UTC)
# How many quotes are deleted at once here.
PART = 3
RECORD = ForeignQuote(
    "q1", "Q-1", AT, AT, currency="EUR", customer=ForeignPerson("Acme", external_id="c1"), items=(ForeignItem("i1"),)
)
GIVEN = {"system": "QUICK_QUOTE", "name": "Shop", "baseUrl": URL, "credentials": {"quickQuote": {"apiKey": "token"}}}
QUOTES = "query($filter: QuoteFilter) { quotes(filter: $filter) { nodes { orderId origin { system externalId } } } }"

EMPLOYEES = "query($filter: EmployeeFilter) { employees(filter: $filter) { nodes { name origin { externalId } } } }"


def an_employee(record_id: str, name: str) -> ForeignEmployee:
    address = f"{name.lower()}@quotes.example"
    return ForeignEmployee(record_id, name, address, EmployeeStatus.ACTIVE, "UY")


async def a_system_with(api, *records: ForeignQuote) -> str:
    connected_to(api, FakeSystem({Collection.QUOTES: list(records)}))
    connection = await a_connection(api)
    await read(api, connection)
    return connection


@on_both_databases
async def test_what_comes_from_a_system_is_found_by_its_id_there(api):
    await a_system_with(api, RECORD)
    query = """{ quote(by: {external: {system: QUICK_QUOTE, id: "q1"}}) { orderId origin { system externalId isStale }
        items { origin { externalId } } }
        customer(by: {external: {system: QUICK_QUOTE, id: "c1"}}) { name }
        other: quote(by: {external: {system: KITCHEN, id: "q1"}}) { id } }"""
    found = await api.data(query)
    origin = {"system": "QUICK_QUOTE", "externalId": "q1", "isStale": False}
    items = [{"origin": {"externalId": "i1"}}]
    assert found["quote"] == {"orderId": "Q-1", "origin": origin, "items": items}
    assert (found["customer"], found["other"]) == ({"name": "Acme"}, None)


@on_both_databases
async def test_what_the_system_says_of_a_customer_is_changed_there_until_it_is_disconnected(api):
    connection = await a_system_with(api, RECORD)
    found = await api.data('{ customer(by: {external: {system: QUICK_QUOTE, id: "c1"}}) { id } }')
    named = {"customerId": found["customer"]["id"], "name": "Ours", "email": "ours@x.example", "externalId": "erp-1"}
    refused = await api.act("updateCustomer", named, "customer { name }")
    assert {it["code"] for it in refused["userErrors"]} == {"NOT_SUPPORTED_BY_ORIGIN"}
    assert [it["path"] for it in refused["userErrors"]] == [["name"], ["email"]]

    ours = {**named, "name": "Acme", "email": None, "metadata": [{"key": "tier", "value": "1"}]}
    noted = await api.act("updateCustomer", ours, "customer { name externalId }")
    assert (noted["userErrors"], noted["customer"]) == ([], {"name": "Acme", "externalId": "erp-1"})

    await api.act("disconnectSystem", {"connectionId": connection, "keepQuotes": True})
    changed = await api.act("updateCustomer", named, "customer { name }")
    assert (changed["userErrors"], changed["customer"]) == ([], {"name": "Ours"})


@on_both_databases
async def test_lists_are_narrowed_to_what_comes_from_a_system(api):
    await a_quote(api)
    connection = await a_system_with(api, RECORD)
    origin = {"system": "QUICK_QUOTE", "externalId": "q1"}
    for wanted in ({"system": "QUICK_QUOTE"}, {"connectionId": connection}):
        found = await api.data(QUOTES, {"filter": {"origin": wanted}})
        assert found["quotes"]["nodes"] == [{"orderId": "Q-1", "origin": origin}]
    assert (await api.data(QUOTES, {"filter": {"origin": {"system": "KITCHEN"}}}))["quotes"]["nodes"] == []
    everything = await api.data(QUOTES, {"filter": {}})
    assert sorted(it["origin"] is None for it in everything["quotes"]["nodes"]) == [False, True]


async def test_who_may_read_a_quote_sees_the_system_and_the_name_of_the_connection_that_it_comes_from(api):
    await a_system_with(api, RECORD)
    reader = await api.key("quotes:read")
    query = "{ quotes { nodes { origin { system source { name status } } } } }"
    found = await api.data(query, key=reader)
    source = {"name": "Shop", "status": "ACTIVE"}
    assert found["quotes"]["nodes"] == [{"origin": {"system": "QUICK_QUOTE", "source": source}}]
    assert (await api.run("{ connections { id } }", key=reader)).codes == ["FORBIDDEN"]


async def test_when_a_quote_of_kitchen_is_delivered_and_who_accepted_its_price_is_shown(api):
    ana = ForeignPerson("Ana", "ana@client.example", external_id="55")
    option = ForeignOption("o1", "Basic", Decimal(100), accepted_at=AT, accepted_by=ana)
    record = replace(RECORD, items=(), options=(option,), delivery_date=date(2026, 5, 20))
    connected_to(api, FakeSystem({Collection.QUOTES: [record]}))
    await read(api, await a_connection(api, system="KITCHEN", credentials={"kitchen": {"token": "token"}}))
    query = "{ quotes { nodes { deliveryDate priceOptions { acceptedBy { type name email apiKeyId } } } } }"
    by = {"type": "PERSON", "name": "Ana", "email": "ana@client.example", "apiKeyId": None}
    assert (await api.data(query))["quotes"]["nodes"] == [
        {"deliveryDate": "2026-05-20", "priceOptions": [{"acceptedBy": by}]}
    ]


async def test_origins_take_one_statement_whatever_the_length_of_the_list(api):
    await a_system_with(api, RECORD)
    few = await api.statements.of(api, QUOTES, {"filter": {}})
    await a_system_with(api, *(replace(RECORD, external_id=f"n{it}", number=f"N-{it}") for it in range(9)))
    assert await api.statements.of(api, QUOTES, {"filter": {}}) == few


async def test_a_wrong_address_and_wrong_credentials_are_told_apart_before_anything_is_saved(api):
    systems = connected_to(api)
    for failure, code, path, fix in (
        (
            Unavailable("It does not answer."),
            "UNREACHABLE",
            "baseUrl",
            "`baseUrl` is the address below which `/quotes`",
        ),
        (Refused("No", 401), "INVALID_CREDENTIALS", "credentials", "again from the settings of Quick Quote"),
    ):
        systems.system.failures = [failure]
        [error] = (await api.act("connectSystem", GIVEN))["userErrors"]
        assert (error["code"], error["path"][-1]) == (code, path)
        assert fix in error["message"]
    wrong = {**GIVEN, "system": "KITCHEN"}
    [error] = (await api.act("connectSystem", wrong))["userErrors"]
    assert error["code"] == "NOT_ALLOWED"
    assert await api.rows("connections") == []


async def test_credentials_are_stored_encrypted_and_a_dry_run_asks_nobody(api):
    systems = connected_to(api)
    assert (await api.act("connectSystem", {**GIVEN, "dryRun": True}))["userErrors"] == []
    assert (systems.opened, await api.rows("connections")) == ([], [])
    await a_connection(api)
    [row] = await api.rows("connections")
    assert "token" not in row.sealed_credentials


async def test_the_quotes_of_a_disconnected_system_can_be_deleted_with_it(api):
    connection = await a_system_with(api, RECORD)
    given = {"connectionId": connection, "keepQuotes": False}
    ended = await api.act("disconnectSystem", given, "connection { status }")
    assert (ended["userErrors"], ended["connection"]) == ([], {"status": "DISCONNECTED"})
    assert (await api.data(QUOTES, {"filter": {}}))["quotes"]["nodes"] == []
    [deleted] = [it for it in await api.rows("events") if it.type == "QUOTE_DELETED"]
    assert (deleted.actor_kind, [it.to_status for it in deleted.changes]) == ("API_KEY", ["DELETED", "CANCELLED"])
    [row] = await api.rows("connections")
    assert (row.sealed_credentials, row.hook_token_sealed) == ("", "")
    assert (await api.data("{ connections { id } }"))["connections"] == []


@pytest.fixture
def small_parts(monkeypatch) -> None:
    monkeypatch.setattr(deleting, "PART", PART)


@on_both_databases
@pytest.mark.usefixtures("small_parts")
async def test_many_quotes_are_deleted_by_a_job_which_goes_on_where_it_was_killed(api):
    connection = await a_system_with(api, *many(2 * PART + 2))
    given = {"connectionId": connection, "keepQuotes": False}
    ended = await api.act("disconnectSystem", given, "connection { status sync { phase } }")
    assert ended["connection"] == {"status": "DISCONNECTED", "sync": {"phase": "DELETING"}}
    assert await quotes_left(api) == PART + 2

    with pytest.raises(Killed):
        await delete_quotes(killed_after(api, 1), await deletion(api))
    assert await quotes_left(api) == 2
    again = await api.act("disconnectSystem", given, "connection { sync { phase } }")
    assert again["connection"] == {"sync": {"phase": "IDLE"}}
    assert (await quotes_left(api), await delete_quotes(api.parts.deps, await deletion(api))) == (0, None)

    deleted = [it for it in await api.rows("events") if it.type == "QUOTE_DELETED"]
    assert (len(deleted), {it.actor_kind for it in deleted}) == (2 * PART + 2, {"API_KEY"})
    assert await api.rows("origins") == []


@pytest.mark.usefixtures("small_parts")
async def test_who_connects_the_system_again_keeps_what_is_not_deleted_yet(api):
    connection = await a_system_with(api, *many(PART + 2))
    await api.act("disconnectSystem", {"connectionId": connection, "keepQuotes": False})
    assert await a_connection(api) == connection
    assert await delete_quotes(api.parts.deps, await deletion(api)) is None
    assert await quotes_left(api) == 2


@pytest.mark.usefixtures("small_parts")
async def test_a_dry_run_deletes_no_quote(api):
    connection = await a_system_with(api, *many(PART + 2))
    await api.act("disconnectSystem", {"connectionId": connection, "keepQuotes": False, "dryRun": True})
    assert (await quotes_left(api), await jobs_of_deletion(api)) == (PART + 2, [])


class Killed(Exception):
    """The process was killed."""


def many(count: int) -> list[ForeignQuote]:
    return [replace(RECORD, external_id=f"q{it}", number=f"Q-{it}", customer=None) for it in range(count)]


async def quotes_left(api: Running) -> int:
    return sum(it.offer_status != "DELETED" for it in await api.rows("quotes"))


async def jobs_of_deletion(api: Running) -> list[Any]:
    return [it for it in await api.rows("jobs") if it.kind == "DELETE_QUOTES"]


async def deletion(api: Running) -> Job:
    [row, *_] = await jobs_of_deletion(api)
    async with api.parts.deps.unit_of_work(TenantScope(Environment.LIVE, None)) as work:
        job = await work.job(row.id)
    assert job is not None
    return job


def killed_after(api: Running, parts: int) -> Dependencies:
    """Dependencies of a process that is killed after that many units of work."""
    deps, left = api.parts.deps, iter(range(parts))

    def unit_of_work(*given: Any, **named: Any) -> Any:
        if next(left, None) is None:
            raise Killed
        return deps.unit_of_work(*given, **named)

    return replace(deps, unit_of_work=unit_of_work)


async def test_a_system_that_is_connected_again_takes_up_what_came_from_it(api):
    connection = await a_system_with(api, RECORD)
    await api.act("disconnectSystem", {"connectionId": connection})
    assert await a_connection(api) == connection
    await read(api, connection)
    assert len((await api.data(QUOTES, {"filter": {}}))["quotes"]["nodes"]) == 1


@on_both_databases
async def test_another_account_at_the_same_address_is_another_connection_and_the_quotes_are_kept_apart(api):
    first = await a_system_with(api, replace(RECORD, title="Of shop 1"))
    await api.act("disconnectSystem", {"connectionId": first})
    # The shops count their quotes on their own.
    second = await a_system_with(api, replace(RECORD, title="Of shop 2", created_at=LATER))
    assert second != first
    await api.act("disconnectSystem", {"connectionId": second})
    titles = (await api.data("{ quotes { nodes { title } } }"))["quotes"]["nodes"]
    assert sorted(it["title"] for it in titles) == ["Of shop 1", "Of shop 2"]
    # Who is connected again is found among all that have ended.
    connected_to(api, FakeSystem({Collection.QUOTES: [RECORD]}))
    assert await a_connection(api) == first


@on_both_databases
async def test_device_actions_show_the_account_where_there_are_no_quotes(api):
    action = ForeignDeviceAction("x1", "DA-1", DeviceActionType.STORE, DeviceActionStatus.IN_PROGRESS, "SN-1", AT)
    given: dict[str, Any] = {"system": "QUIPTEAMS", "credentials": {"quipteams": {"token": "token"}}}
    connected_to(api, FakeSystem({Collection.DEVICE_ACTIONS: [action]}))
    first = await a_connection(api, **given)
    await read(api, first)
    await api.act("disconnectSystem", {"connectionId": first})
    assert await a_connection(api, **given, baseUrl=f"{URL}/api/v1") == first


CHANGED = """mutation($input: UpdateConnectionInput!) { updateConnection(input: $input) {
    connection { sync { isFull collection } } userErrors { code message path } } }"""


@on_both_databases
async def test_a_new_key_must_be_of_the_same_account_and_everything_is_read_again(api):
    connection = await a_system_with(api, RECORD)
    given = {"connectionId": connection, "credentials": {"quickQuote": {"apiKey": "fresh"}}}
    systems = connected_to(api, FakeSystem({Collection.QUOTES: [replace(RECORD, created_at=LATER)]}))
    [error] = (await api.data(CHANGED, {"input": given}))["updateConnection"]["userErrors"]
    assert (error["code"], error["path"]) == ("OTHER_ACCOUNT", ["credentials"])
    before = (await api.rows("connections"))[0]
    systems.system.records[Collection.QUOTES] = [replace(RECORD, title="Changed")]
    payload = (await api.data(CHANGED, {"input": given}))["updateConnection"]
    assert payload == {"connection": {"sync": {"isFull": True, "collection": None}}, "userErrors": []}
    after = (await api.rows("connections"))[0]
    assert after.sealed_credentials != before.sealed_credentials


async def test_a_device_of_a_connection_that_has_ended_is_that_of_the_new_one(api):
    device = ForeignAsset("SN-1", "SN-1", AssetStatus.IN_STORAGE, "UY")
    given: dict[str, Any] = {"system": "QUIPTEAMS", "credentials": {"quipteams": {"token": "token"}}}
    connected_to(api, FakeSystem({Collection.ASSETS: [device]}))
    first = await a_connection(api, **given)
    await read(api, first)
    await api.act("disconnectSystem", {"connectionId": first})
    second = await a_connection(api, **given)
    await read(api, second)
    [found] = (await api.data("{ assets { nodes { origin { connection { id } } } } }"))["assets"]["nodes"]
    assert (found["origin"]["connection"]["id"], second == first) == (second, False)
    assert await api.rows("connection_problems") == []


@on_both_databases
async def test_what_comes_from_two_connections_shows_the_first_and_is_found_by_either_id(api):
    for number in (1, 2):
        system = FakeSystem({Collection.EMPLOYEES: [an_employee(f"e{number}", "Leo"), an_employee("same", "Ana")]})
        connected_to(api, system)
        credentials = {"quipteams": {"token": f"token {number}"}}
        connection = await a_connection(api, system="QUIPTEAMS", credentials=credentials, baseUrl=f"{URL}/{number}")
        await read(api, connection)
        found = await api.data(EMPLOYEES, {"filter": {"origin": {"connectionId": connection}}})
        assert [it["origin"]["externalId"] for it in found["employees"]["nodes"]] == ["same", "e1"]
    query = "query($id: String!) { employee(by: {external: {system: QUIPTEAMS, id: $id}}) { name } }"
    names = [(await api.data(query, {"id": it}))["employee"]["name"] for it in ("e1", "e2", "same")]
    assert names == ["Leo", "Leo", "Ana"]
