"""Whose account new credentials are for is known by the records that were read before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.connections.records import ForeignItem, ForeignPerson, ForeignQuote
from domain.connections.systems import Collection
from domain.shared.outbound_errors import Busy, Refused, Unavailable, Unreadable
from tests.api.support.connections import URL, a_connection, connected_to, read
from tests.api.support.running import on_both_databases
from tests.fakes.read_systems import FakeSystem

AT = datetime(2026, 5, 1, tzinfo=UTC)
RECORD = ForeignQuote("q1", "Q-1", AT, AT, currency="EUR", customer=ForeignPerson("Acme"), items=(ForeignItem("i1"),))
CHANGED = """mutation($input: UpdateConnectionInput!) { updateConnection(input: $input) {
    userErrors { code message path } } }"""


class Strict(FakeSystem):
    """A system in which some quotes cannot be read by themselves."""

    def __init__(self, *records: ForeignQuote) -> None:
        super().__init__({Collection.QUOTES: list(records)})
        self.failing: dict[str, Exception] = {}
        self.looked_up: list[str] = []

    async def quote(self, external_id: str) -> ForeignQuote | None:
        self.looked_up.append(external_id)
        if external_id in self.failing:
            raise self.failing[external_id]
        return await super().quote(external_id)


def numbered(place: int) -> ForeignQuote:
    at = AT.replace(minute=place)
    return replace(RECORD, external_id=f"q{place}", number=f"Q-{place}", created_at=at, updated_at=at)


async def a_system_read(api, *records: ForeignQuote) -> tuple[str, Strict]:
    system = Strict(*records)
    connected_to(api, system)
    connection = await a_connection(api)
    await read(api, connection)
    return connection, system


async def rotated(api, connection: str) -> list[dict[str, Any]]:
    """What is wrong with new credentials."""
    given = {"connectionId": connection, "credentials": {"quickQuote": {"apiKey": "fresh"}}}
    errors: list[dict[str, Any]] = (await api.data(CHANGED, {"input": given}))["updateConnection"]["userErrors"]
    return errors


FAILURES = [Unreadable("No JSON."), Refused("No.", 403), Refused("No.", 401), Refused("Not here.", 404)]


@pytest.mark.parametrize("failure", FAILURES, ids=["unreadable", "forbidden", "unauthorised", "not found"])
async def test_a_record_that_is_not_to_be_had_with_the_new_credentials_is_not_there(api, failure):
    connection, system = await a_system_read(api, numbered(1), numbered(2))
    system.failing = {"q2": failure}
    assert await rotated(api, connection) == []
    system.failing = {"q1": failure, "q2": failure}
    [error] = await rotated(api, connection)
    assert (error["code"], error["path"]) == ("OTHER_ACCOUNT", ["credentials"])


async def test_a_system_that_asks_to_wait_is_named_with_the_time(api):
    connection, system = await a_system_read(api, RECORD)
    system.failing = {"q1": Busy("Slow down.", 41.5)}
    [error] = await rotated(api, connection)
    assert (error["code"], error["path"]) == ("UNREACHABLE", ["credentials"])
    assert error["message"] == (
        "Quick Quote asks to wait, as these credentials have had many calls. Try again in 42 seconds."
    )
    system.failing = {"q1": Unavailable("No answer.")}
    [error] = await rotated(api, connection)
    assert (error["code"], error["path"]) == ("UNREACHABLE", ["baseUrl"])


@on_both_databases
async def test_the_account_is_known_by_old_records_when_the_newest_are_gone(api):
    records = [numbered(it) for it in range(8)]
    connection, system = await a_system_read(api, *records)
    system.records[Collection.QUOTES] = [records[0]]
    assert await rotated(api, connection) == []


@on_both_databases
async def test_the_account_is_known_by_new_records_when_the_oldest_are_gone(api):
    records = [numbered(it) for it in range(8)]
    connection, system = await a_system_read(api, *records)
    system.records[Collection.QUOTES] = [records[-1]]
    assert await rotated(api, connection) == []


@on_both_databases
async def test_a_second_key_of_a_connected_account_is_refused_with_the_connection(api):
    connection, _ = await a_system_read(api, numbered(1), numbered(2))
    second = {"system": "QUICK_QUOTE", "name": "Again", "baseUrl": URL, "credentials": {"quickQuote": {"apiKey": "b"}}}
    [error] = (await api.act("connectSystem", second))["userErrors"]
    assert (error["code"], error["path"]) == ("ALREADY_EXISTS", ["baseUrl"])
    assert connection in error["message"]


@on_both_databases
async def test_not_more_than_fifteen_records_are_looked_for_to_connect_a_system(api):
    for place in range(8):
        connection, _ = await a_system_read(api, *(numbered(place * 4 + it) for it in range(4)))
        await api.act("disconnectSystem", {"connectionId": connection})
    stranger = Strict()
    connected_to(api, stranger)
    await a_connection(api)
    assert len(set(stranger.looked_up)) == len(stranger.looked_up) == 15
