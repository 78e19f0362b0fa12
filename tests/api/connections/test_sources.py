"""What front ends learn of connected systems and ask of them: sources, filters, accounts, credentials."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from domain.catalogue.products import ProductType
from domain.connections.connections import credentials_of
from domain.connections.records import (
    ForeignItem,
    ForeignPerson,
    ForeignProduct,
    ForeignQuote,
)
from domain.connections.systems import Collection, Credentials
from tests.api.support.connections import URL, a_connection, connected_to, read
from tests.api.support.makers import codes
from tests.api.support.running import on_both_databases
from tests.fakes.read_systems import FakeSystem

AT = datetime(2026, 5, 1, tzinfo=UTC)
LATER = AT.replace(second=1)
RECORD = ForeignQuote(
    "q1", "Q-1", AT, AT, currency="EUR", customer=ForeignPerson("Acme", external_id="c1"), items=(ForeignItem("i1"),)
)
GIVEN = {"system": "QUICK_QUOTE", "name": "Shop", "baseUrl": URL, "credentials": {"quickQuote": {"apiKey": "token"}}}


async def a_system_with(api, *records: ForeignQuote) -> str:
    connected_to(api, FakeSystem({Collection.QUOTES: list(records)}))
    connection = await a_connection(api)
    await read(api, connection)
    return connection


async def test_who_may_read_quotes_sees_which_systems_are_connected_and_what_each_can_be_asked_for(api):
    connection = await a_system_with(api, RECORD)
    connected_to(api)
    ended = await a_connection(api, name="Ended")
    await api.act("disconnectSystem", {"connectionId": ended})
    query = "{ viewer { company { originSources { connectionId name system status capabilities } } } }"
    [source] = (await api.data(query, key=await api.key("quotes:read")))["viewer"]["company"]["originSources"]
    can = set(source.pop("capabilities"))
    assert source == {"connectionId": connection, "name": "Shop", "system": "QUICK_QUOTE", "status": "ACTIVE"}
    assert can == {"LIST", "CREATE", "DECIDE_QUOTE", "EDIT", "SEND", "CANCEL"}
    assert (await api.run(query, key=await api.key("assets:read"))).codes == ["FORBIDDEN"]
    mine = (await api.data("{ viewer { company { connections { id } } } }"))["viewer"]["company"]["connections"]
    assert mine == [{"id": connection}]


@on_both_databases
async def test_products_are_narrowed_to_what_comes_from_a_system_of_the_caller_s_company(api):
    record = ForeignProduct("p1", "Apple", "MacBook Pro 14", ProductType.LAPTOP)
    connected_to(api, FakeSystem({Collection.PRODUCTS: [record]}))
    credentials = {"quipteams": {"token": "token"}}
    connection = await a_connection(api, system="QUIPTEAMS", credentials=credentials)
    await read(api, connection)
    query = "query($filter: ProductFilter) { products(filter: $filter) { nodes { model } } }"
    neighbour = await api.key("products:read", company="NORDLICHT")
    platform = await api.key("products:read", company=None)
    for given, found in (
        ({"system": ["KITCHEN", "QUIPTEAMS"]}, 1),
        ({"system": ["KITCHEN"]}, 0),
        ({"connectionId": connection, "isStale": False}, 1),
        ({"isStale": True}, 0),
    ):
        for key, expected in ((None, found), (neighbour, 0), (platform, found)):
            shown = (await api.data(query, {"filter": {"origin": given}}, key))["products"]["nodes"]
            assert len(shown) == expected, (given, key)


async def test_connections_are_narrowed_by_system_and_status(api):
    connected_to(api)
    shop, ended = await a_connection(api), await a_connection(api, name="Ended")
    kitchen = await a_connection(api, system="KITCHEN", credentials={"kitchen": {"token": "token"}})
    await api.act("disconnectSystem", {"connectionId": ended})
    query = "query($filter: ConnectionFilter) { connections(filter: $filter) { id } }"
    for given, wanted in (
        ({}, [shop, kitchen]),
        ({"system": ["QUICK_QUOTE"]}, [shop]),
        ({"status": ["DISCONNECTED"]}, [ended]),
        ({"status": []}, []),
    ):
        found = await api.data(query, {"filter": given})
        assert [it["id"] for it in found["connections"]] == wanted


@on_both_databases
async def test_an_id_that_two_accounts_at_a_system_have_is_told_apart_by_the_connection(api):
    first = await a_system_with(api, RECORD)
    await a_system_with(api, replace(RECORD, number="Q-2", created_at=LATER))
    query = "query($by: QuoteBy!) { quote(by: $by) { orderId } }"
    by = {"external": {"system": "QUICK_QUOTE", "id": "q1"}}
    [problem] = (await api.run(query, {"by": by})).error["extensions"]["problems"]
    assert (problem["code"], problem["path"]) == ("AMBIGUOUS", ["by", "external"])
    by["external"]["connectionId"] = first
    assert (await api.data(query, {"by": by}))["quote"] == {"orderId": "Q-1"}


@on_both_databases
async def test_two_clicks_connect_a_system_once_and_another_account_is_another_system(api):
    connected_to(api)
    made = await asyncio.gather(*(api.act("connectSystem", GIVEN, "connection { id }") for _ in range(2)))
    [error] = [error for it in made for error in it["userErrors"]]
    [connection] = [it["connection"]["id"] for it in made if it["connection"]]
    assert (error["code"], error["path"]) == ("ALREADY_EXISTS", ["baseUrl"])
    assert f"“Shop” ({connection})" in error["message"]
    other = {**GIVEN, "name": "Other", "credentials": {"quickQuote": {"apiKey": "another"}}}
    assert (await api.act("connectSystem", other))["userErrors"] == []


async def test_a_connection_does_not_become_a_second_one_to_an_account(api):
    connected_to(api)
    token, credentials = ({"quickQuote": {"apiKey": it}} for it in ("token", "another"))
    await a_connection(api, credentials=token)
    other = await a_connection(api, credentials=credentials)
    taken = {"connectionId": other, "credentials": token}
    assert codes(await api.act("updateConnection", taken)) == ["ALREADY_EXISTS"]
    assert codes(await api.act("updateConnection", {"connectionId": other, "credentials": credentials})) == []


async def test_who_changed_what_comes_from_a_system_is_its_connection(api):
    connection = await a_system_with(api, RECORD)
    query = "{ quotes { nodes { history { nodes { actor { type name connectionId } } } } } }"
    [quote] = (await api.data(query))["quotes"]["nodes"]
    shown = {"type": "SYSTEM", "name": "Shop", "connectionId": connection}
    assert [it["actor"] for it in quote["history"]["nodes"]] == [shown] * len(quote["history"]["nodes"]) != []


async def test_a_requester_whose_address_the_system_does_not_say_has_none(api):
    await a_system_with(api, RECORD)
    found = await api.data("{ quotes { nodes { requester { name email } } } }")
    assert found["quotes"]["nodes"] == [{"requester": {"name": "Acme", "email": None}}]


async def test_credentials_that_are_omitted_stay_and_null_removes_them(api):
    systems = connected_to(api)
    given = {"salesbyte": {"token": "old", "integrationId": "uuid", "profileId": 1}}
    connection = await a_connection(api, system="SALESBYTE", credentials=given)
    for changed, kept in (
        ({"token": "new"}, Credentials("new", "uuid", 1)),
        ({"token": "new", "profileId": None}, Credentials("new", "uuid")),
    ):
        input_ = {"connectionId": connection, "credentials": {"salesbyte": changed}}
        assert (await api.act("updateConnection", input_))["userErrors"] == []
        [row] = await api.rows("connections")
        assert credentials_of(api.parts.deps.secret_box.open(row.sealed_credentials)) == kept
    assert systems.system is not None
