"""Prints the present state of a quote and its events as they happen.

When the connection is lost, it continues after the last event.

QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… python follow.py Quote_… [cursor]
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from client import URL, RequestError, session

FOLLOW = """subscription Follow($id: ID!, $after: String, $includeCurrent: Boolean!) {
  quoteChanged(id: $id, after: $after, includeCurrent: $includeCurrent) { type cursor occurredAt }
}"""


async def results(http: aiohttp.ClientSession, variables: Mapping[str, Any]) -> AsyncIterator[Any]:
    """The results of a subscription, read from a stream of server-sent events."""
    body = {"query": FOLLOW, "variables": variables}
    headers = {"Accept": "text/event-stream"}
    async with http.post(URL, json=body, headers=headers, timeout=aiohttp.ClientTimeout(total=None)) as response:
        async for line in response.content:
            if line.startswith(b"data: {"):
                yield json.loads(line.removeprefix(b"data: "))


async def main(quote_id: str, after: str | None) -> None:
    while True:
        try:
            async with session() as http:
                async for result in results(http, {"id": quote_id, "after": after, "includeCurrent": after is None}):
                    # A refused subscription is refused again; a lost connection is not.
                    if "errors" in result:
                        raise RequestError(result["errors"])
                    after = result["data"]["quoteChanged"]["cursor"]
                    print(result["data"]["quoteChanged"]["type"], after, flush=True)
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(1)


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
