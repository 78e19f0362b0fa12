"""What a request may be before anything is made of it: its bytes and values, by HTTP and over a socket."""

import json
import logging
from socket import SHUT_RDWR

import orjson
import pytest

from app.server import bodies
from app.server.bodies import TooMuch, decoded, values
from app.server.connections.gate import LARGEST_PUBLIC_MESSAGE
from app.settings import Settings
from tests.api.support.customers import visit
from tests.api.support.makers import a_draft, a_quote, a_recipient, an_item
from tests.api.support.running import Answer
from tests.api.support.sockets import connected

LIMITS = Settings().body_limits
MOST = LIMITS.bytes
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", 1),
        ("[1,2,3]", 4),
        ('{"a": 1, "b": [2, {}]}', 6),
        ('{"a": ",,,,[[[[{{{{"}', 2),
        (r'{"a": "\",,,,[[[[", "b": 1}', 3),
        ('{"a": ",,,,', 6),
        ('{"a": 1, "b": "' + r"\"" * 50 + ',,,,"}', 3),
    ],
)
def test_values_are_counted_and_what_stands_in_texts_is_not(text, found):
    assert values(text.encode(), most=1) == found


def test_texts_are_looked_at_only_where_there_may_be_too_many_values(monkeypatch):
    monkeypatch.setattr(bodies, "_TEXT", None)
    assert values(b'["a, b", 1]', most=100) == 4


@pytest.mark.parametrize("text", ["[" + "1," * 60_000 + "1]", "[" * 60_000, '{"a":' * 60_000])
def test_nothing_is_made_of_a_body_with_too_many_values(text, monkeypatch):
    monkeypatch.setattr(orjson, "loads", None)
    with pytest.raises(TooMuch) as much:
        decoded(text, LIMITS)
    extensions = much.value.error.extensions
    assert extensions is not None
    assert (extensions["limitName"], extensions["setting"]) == ("request values", "QUOTEGRAPH_MAX_REQUEST_BYTES")
    assert extensions["found"] > extensions["limit"] == MOST // 40


def test_json_that_is_too_deep_is_not_parsed(monkeypatch):
    monkeypatch.setattr(orjson, "loads", None)
    with pytest.raises(TooMuch) as much:
        decoded("[" * 2_000 + "]" * 2_000, LIMITS)
    assert (much.value.error.extensions or {})["limitName"] == "request levels"


def test_the_largest_honest_inputs_are_far_below():
    people = [a_recipient(address="10 Main Street, Springfield, IL 62701", phoneNumber="+1 217 555 0100")] * 10
    quote = json.dumps({"query": "x" * 2_000, "variables": {"input": a_draft(*[an_item(recipients=people)] * 200)}})
    decoded(quote, LIMITS)
    assert len(quote) < MOST / 2.5
    assert values(quote.encode(), 1) < MOST / 40 / 1.5


def test_texts_are_not_taken_out_one_by_one_where_there_are_too_many_of_them(monkeypatch):
    monkeypatch.setattr(bodies, "_TEXT", None)
    for body in (b'["a"' + b',"a"' * 100_000 + b"]", b'{"a":"b"' + b',"a":"b"' * 100_000 + b"}"):
        assert 25_000 < values(body, most=10_000) <= 100_003


async def test_a_body_that_is_too_long_or_has_too_many_values_is_told_so(api):
    for variables, name in (({"ids": ["a"] * 100_000}, "request values"), ({"ids": ["a" * MOST]}, "request bytes")):
        answer = await api.run(NODES, variables)
        extensions = answer.error["extensions"]
        assert (answer.status, extensions["code"], extensions["limitName"]) == (413, "VALIDATION_ERROR", name)
        assert extensions["found"] > extensions["limit"]


async def test_of_a_stranger_fewer_values_are_read(api, monkeypatch):
    monkeypatch.setattr(orjson, "loads", None)
    for variables in ({"ids": ["a"] * 5_000}, {"ids": "a" * 70_000}):
        assert (await visit(api, '{ publicQuote(key: "x") { orderId } }', variables)).status == 401


async def test_a_batch_is_refused_as_a_whole(api):
    body = json.dumps([{"query": "{ viewer { environment } }"}] * 10).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {api.customer}"}
    answer: Answer = await api.post(body, headers)
    assert (answer.status, answer.codes) == (400, ["VALIDATION_ERROR"])


# ---- sockets


async def test_before_a_key_is_good_a_long_message_closes_the_socket_unread(api, monkeypatch):
    async with connected(api, init=False) as socket:
        monkeypatch.setattr("app.server.sockets.handler.decoded", None)
        await socket.say(type="ping", payload={"a": "x" * LARGEST_PUBLIC_MESSAGE})
        closed = await socket.closed()
        assert closed.code == 4401
        assert "4,096" in closed.reason


async def test_a_message_with_too_many_values_closes_the_socket_with_the_limit(api):
    async with connected(api) as socket:
        await socket.start(NODES, {"ids": ["a"] * 10_000})
        closed = await socket.closed()
        assert closed.code == 4400
        assert "QUOTEGRAPH_MAX_REQUEST_BYTES" in closed.reason


async def test_a_message_that_is_too_long_closes_the_socket(api):
    async with connected(api) as socket:
        await socket.start(NODES, {"ids": ["a" * (MOST // 8)]})
        assert (await socket.closed()).code == 1009


async def test_a_socket_that_goes_away_while_an_event_is_on_its_way_is_no_error(api, caplog):
    async with connected(api) as socket, connected(api) as other:
        await socket.start("subscription { events { type } }")
        events = await other.start("subscription { events { type } }")
        await socket.subscribed(api, listeners=2)
        with caplog.at_level(logging.WARNING):
            socket.raw.get_extra_info("socket").shutdown(SHUT_RDWR)
            await a_quote(api)
            await other.event(events)
            await other.settled()
    assert [it for it in caplog.records if it.levelno >= logging.WARNING] == []
