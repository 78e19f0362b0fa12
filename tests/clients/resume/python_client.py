"""The client of clients/python."""

import asyncio

from quotegraph_client import Operation, Quotegraph

from tests.clients.program import EVENTS, KEY, URL, show

OPERATION: Operation[dict[str, str], dict[str, dict[str, str]]] = Operation("Events", EVENTS)


async def main() -> None:
    async with Quotegraph(URL, KEY) as api:
        async for data in api.subscribe(OPERATION({})):
            show(data)


asyncio.run(main())
