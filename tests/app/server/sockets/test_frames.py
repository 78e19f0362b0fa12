"""The frames that are written by hand are those that a client of RFC 6455 reads."""

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http import WebSocketReader

from app.server.sockets import frames


async def read(written: bytes) -> Any:
    loop = asyncio.get_running_loop()
    queue = WebSocketDataQueue(BaseProtocol(loop), 2**20, loop=loop)
    reader = WebSocketReader(queue, 2**20, compress=False, decode_text=True)
    reader.feed_data(written)
    return await queue.read()


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 300_000])
async def test_a_text_of_any_length_arrives(length):
    message = await read(frames.text(b"x" * length))
    assert (message.type, message.data) == (WSMsgType.TEXT, "x" * length)


async def test_a_reason_is_cut_between_characters():
    message = await read(frames.close(1013, "é" * 100))
    assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 1013, "é" * 61)


async def test_a_ping_is_answered_with_its_payload():
    message = await read(frames.pong(b"payload"))
    assert (message.type, message.data) == (WSMsgType.PONG, b"payload")


@pytest.mark.parametrize(
    ("written", "type_"), [(frames.PING, WSMsgType.PING), (frames.UNSOLICITED_PONG, WSMsgType.PONG)]
)
async def test_heartbeats_are_empty(written, type_):
    message = await read(written)
    assert (message.type, message.data) == (type_, b"")
