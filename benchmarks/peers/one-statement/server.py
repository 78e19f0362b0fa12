"""A lower limit: a server with two operations, each answered with the text of one hand-written statement.

No GraphQL is parsed, nothing is encoded: what is left is HTTP, the connection and PostgreSQL's own JSON.
"""

import asyncio
import gc
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "shared"))

import orjson
import uvloop
from aiohttp import web
from python import PORT, caller, callers, open_pool, row_id

NESTED = (Path(__file__).parent / "nested.sql").read_text()
SMALL = """
SELECT json_build_object('data', json_build_object('quote', json_build_object(
  'orderId', order_id, 'status', status, 'poNumber', po_number,
  'createdAt', to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))::text
FROM quotes WHERE tenant_id = $1 AND id = $2
"""


async def main() -> None:
    pool = await open_pool()
    known = await callers(pool)

    async def answer(request: web.Request) -> web.Response:
        asking = caller(known, request.headers.get("Authorization"))
        if asking is None:
            return web.Response(status=401)
        variables = orjson.loads(await request.read())["variables"]
        if "first" in variables:
            text = await pool.fetchval(NESTED, asking["tenant_id"], variables["first"])
        else:
            text = await pool.fetchval(SMALL, asking["tenant_id"], row_id(variables["id"]))
        return web.Response(body=text.encode(), content_type="application/json")

    app = web.Application()
    app.router.add_post("/graphql", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    gc.collect()
    gc.freeze()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
