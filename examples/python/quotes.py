"""Prints the order ID and the status of each quote, page by page.

QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… python quotes.py
"""

import asyncio

from client import run, session

QUOTES = """query Quotes($after: String) {
  quotes(first: 10, after: $after) { nodes { orderId status } pageInfo { endCursor hasNextPage } }
}"""


async def main() -> None:
    after = None
    async with session() as http:
        while True:
            quotes = (await run(http, QUOTES, {"after": after}))["quotes"]
            for quote in quotes["nodes"]:
                print(quote["orderId"], quote["status"])
            if not quotes["pageInfo"]["hasNextPage"]:
                break
            after = quotes["pageInfo"]["endCursor"]


asyncio.run(main())
