"""The limit: aiohttp and uvloop alone. No GraphQL: each event is encoded once and sent to all sockets."""

import asyncio
import gc
import os
from typing import Any

import orjson
import uvloop
from aiohttp import web

FIELDS = ("id", "type", "occurredAt", "nodeId", "nodeType", "actor", "changes")
SUBSCRIBERS: dict[web.WebSocketResponse, str] = {}


async def subscribe(request: web.Request) -> web.WebSocketResponse:
    ws = web.WebSocketResponse(protocols=["graphql-transport-ws"], compress=False)
    await ws.prepare(request)
    try:
        async for message in ws:
            told = orjson.loads(message.data)
            if told["type"] == "connection_init":
                await ws.send_str('{"type":"connection_ack"}')
            elif told["type"] == "subscribe":
                SUBSCRIBERS[ws] = told["id"]
    finally:
        SUBSCRIBERS.pop(ws, None)
    return ws


async def publish(request: web.Request) -> web.Response:
    for event in await request.json():
        # Without GraphQL nothing is selected: the fields of the benchmark's document are.
        chosen: dict[str, Any] = {name: event[name] for name in FIELDS}
        payload = orjson.dumps({"data": {"events": chosen}}).decode()
        for ws, id_ in list(SUBSCRIBERS.items()):
            await ws.send_str(f'{{"id":"{id_}","type":"next","payload":{payload}}}')
    return web.json_response({})


async def main() -> None:
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_get("/graphql", subscribe)
    app.router.add_post("/publish", publish)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
