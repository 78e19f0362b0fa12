"""Stream tickets: a subscription over server-sent events that is opened without a header."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update

from adapters.database.stream_tickets.store import SqlStreamTickets
from adapters.database.stream_tickets.tables import stream_tickets
from app.server import key_watch
from domain.shared.access import CUSTOMER_SCOPES
from domain.shared.rate_limits import RateLimit
from domain.stream_tickets.tickets import LIFETIME, ticket_hash
from resolvers import budgets
from resolvers.budgets import FURTHER, POINTS_OF_WRONG_KEY
from tests.api.server.test_request_log import lines, metrics
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases, running
from tests.api.support.streams import Stream
from tests.counting import written

__all__ = ["lines"]

EVENTS = "subscription { events(includeCurrent: true) { type } }"
STREAM = {"Accept": "text/event-stream"}
NEEDED = "is for one subscription over server-sent events"


async def a_ticket(api, key=None) -> str:
    payload = await api.act("createStreamTicket", {}, "ticket expiresAt", key=key)
    assert payload["userErrors"] == []
    ticket: str = payload["ticket"]
    return ticket


@asynccontextmanager
async def opened(api, ticket: str, query: str = EVENTS) -> AsyncIterator[Stream]:
    """What a browser's EventSource opens."""
    async with api.http.get(api.url, params={"query": query, "ticket": ticket}, headers=STREAM) as answer:
        yield Stream(answer)


@on_both_databases
async def test_a_ticket_opens_one_stream_with_what_its_key_may_read(api):
    ticket = await a_ticket(api)
    async with opened(api, ticket) as stream:
        assert (stream.answer.status, stream.answer.headers["Cache-Control"]) == (200, "no-store")
        assert await stream.next() == ("next", {"data": {"events": {"type": "CURRENT_STATE"}}})
        await a_quote(api, prices=None)
        assert await stream.next() == ("next", {"data": {"events": {"type": "QUOTE_CREATED"}}})
    async with opened(api, ticket) as again:
        assert again.answer.status == 401
        assert "unknown, used or expired" in (await again.answer.json(content_type=None))["errors"][0]["message"]
    assert await api.rows("stream_tickets") == []


@on_both_databases
async def test_of_those_who_send_a_ticket_at_once_one_gets_the_stream(api):
    ticket = await a_ticket(api)

    async def status() -> int:
        async with opened(api, ticket) as stream:
            return stream.answer.status

    assert sorted(await asyncio.gather(*(status() for _ in range(5)))) == [200, 401, 401, 401, 401]


async def test_a_ticket_of_one_process_is_taken_by_another(api):
    url, ticket = api.parts.database.url.render_as_string(hide_password=False), await a_ticket(api)
    async with running(url) as other, opened(other, ticket) as stream:
        assert await stream.next() == ("next", {"data": {"events": {"type": "CURRENT_STATE"}}})


async def test_a_ticket_lives_for_half_a_minute(api):
    ticket = await a_ticket(api)
    stored = (await api.rows("stream_tickets"))[0]
    assert stored.hash == ticket_hash(ticket)
    async with api.parts.database.write.begin() as connection:
        await connection.execute(update(stream_tickets).values(expires_at=stored.expires_at - LIFETIME))
    async with opened(api, ticket) as stream:
        assert stream.answer.status == 401


async def test_a_ticket_may_read_no_more_than_its_key(api):
    quote, blind = await a_quote(api), await api.key("products:read")
    query = f'subscription {{ quoteChanged(id: "{quote.id}") {{ type }} }}'
    async with opened(api, await a_ticket(api, blind), query) as stream:
        assert stream.answer.status == 403


@pytest.mark.parametrize("ticket", ["", "qt_nobodys", "qk_live_key", "qt_" + "x" * 5_000, "Bearer x"])
async def test_what_is_no_ticket_is_refused(api, ticket):
    async with opened(api, ticket) as stream:
        assert stream.answer.status == 401
    assert 'quotegraph_keys_refused_total{reason="ticket"} 1.0' in await metrics(api)


@pytest.mark.parametrize("query", ["{ viewer { environment } }", "{ __typename }"])
async def test_a_ticket_is_for_no_query(api, query):
    async with opened(api, await a_ticket(api), query) as stream:
        assert stream.answer.status == 400
        assert NEEDED in (await stream.answer.json(content_type=None))["errors"][0]["message"]


@pytest.mark.parametrize(
    "body",
    [
        {"query": "mutation { createStreamTicket(input: {}) { ticket } }"},
        [{"query": "{ viewer { environment } }"}],
        {"query": "{ viewer { environment } }"},
    ],
)
@pytest.mark.parametrize("accepted", ["text/event-stream", "application/json", "application/json, text/event-stream"])
async def test_a_ticket_changes_and_reads_nothing_by_post(api, body, accepted):
    sent, ticket = {"Accept": accepted}, await a_ticket(api)
    before = await api.contents()
    async with api.http.post(api.url, params={"ticket": ticket}, json=body, headers=sent) as answer:
        assert answer.status == 400
    before.pop("stream_tickets", None)
    after = await api.contents()
    after.pop("stream_tickets", None)
    assert after == before


async def test_a_key_that_is_sent_too_is_the_one_that_counts(api):
    ticket = await a_ticket(api)
    sent = {"query": "{ viewer { environment } }", "ticket": ticket}
    async with api.http.get(api.url, params=sent, headers={"Authorization": f"Bearer {api.customer}"}) as answer:
        assert answer.status == 200
    assert len(await api.rows("stream_tickets")) == 1


async def test_a_stream_ends_with_the_key_of_its_ticket(api, monkeypatch):
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.05)
    key = await api.key(*CUSTOMER_SCOPES)
    unused = await a_ticket(api, key)
    async with opened(api, await a_ticket(api, key)) as stream:
        await stream.next()
        await api.revoke(key)
        name, payload = await stream.next()
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHORIZED")
        assert await stream.next() == ("complete", None)
    async with opened(api, unused) as stream:
        assert stream.answer.status == 401


@on_both_databases
async def test_who_tries_many_wrong_tickets_has_to_wait_and_nothing_is_looked_up(api, monkeypatch):
    monkeypatch.setattr(budgets, "FURTHER_RESTORED", 1)
    monkeypatch.setattr(api.parts.authenticator.wrong_keys, "limit", RateLimit(3 * POINTS_OF_WRONG_KEY, 1))
    taken = []
    original = SqlStreamTickets.take

    async def counted(self, ticket):
        taken.append(ticket)
        return await original(self, ticket)

    monkeypatch.setattr(SqlStreamTickets, "take", counted)
    statuses = []
    for number in range(4 * (1 + FURTHER)):
        async with opened(api, f"qt_{number}") as stream:
            statuses.append(stream.answer.status)
    assert statuses == [401] * 3 + [429] * (len(statuses) - 3)
    # Some more are looked up, in case one is right; the rest cost the database nothing.
    assert len(taken) < len(statuses)
    assert 'quotegraph_keys_refused_total{reason="too many wrong keys"}' in await metrics(api)


async def test_right_tickets_use_nothing_of_the_budget_of_wrong_keys(api, monkeypatch):
    monkeypatch.setattr(api.parts.authenticator.wrong_keys, "limit", RateLimit(POINTS_OF_WRONG_KEY, 1))
    for _ in range(3):
        async with opened(api, await a_ticket(api)) as stream:
            assert stream.answer.status == 200


async def test_no_log_shows_a_ticket(api, lines, caplog):
    caplog.set_level(logging.DEBUG)
    ticket, key_id = await a_ticket(api), (await api.rows("stream_tickets"))[0].api_key_id
    async with opened(api, ticket) as stream:
        await stream.next()
    async with opened(api, ticket) as stream:
        assert stream.answer.status == 401
    assert (lines()[1]["path"], lines()[1]["key"]) == ("/graphql", key_id)
    # The access log is that of the server of tests; ours writes none but the lines of requests.
    records = [it for it in caplog.records if it.name != "aiohttp.access"]
    written = [record.getMessage() + str(record.__dict__) for record in records]
    assert [it for it in written if ticket in it] == []


async def test_a_ticket_is_one_statement(api):
    query = "mutation { createStreamTicket(input: {}) { ticket } }"
    with written(api.parts.database) as executed:
        await api.data(query)
    mine = [it for it in executed if not it.startswith("BEGIN") and "api_keys" not in it]
    assert [it.partition(" (")[0] for it in mine] == ["INSERT INTO stream_tickets"]
