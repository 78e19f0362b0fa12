"""The minimum of a server on aiohttp: it reads the request and returns constant bytes."""

import asyncio
import gc
import os

import orjson
import uvloop
from aiohttp import web

ANSWER = b'{"data":{"quote":{"orderId":"Q-1","status":"PENDING","poNumber":null,"createdAt":"2026-01-01T00:00:00Z"}}}'


async def main() -> None:
    async def answer(request: web.Request) -> web.Response:
        orjson.loads(await request.read())
        return web.Response(body=ANSWER, content_type="application/json")

    app = web.Application()
    app.router.add_post("/graphql", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(os.environ["PORT"])).start()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
