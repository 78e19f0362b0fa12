"""Shows what accepting an item would change, then accepts it, unless its price has changed since. Repeating it is safe:
the idempotency key is the same.

QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… python accept.py QuoteItem_…
"""

import asyncio
import sys
from typing import Any

from client import run, session

PRICE = """query Price($itemId: ID!) {
  node(id: $itemId) { ... on QuoteItem { price { amount currencyCode } } }
}"""
ACCEPT = """mutation Accept($itemId: ID!, $expectedPrice: MoneyInput, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, expectedPrice: $expectedPrice, dryRun: $dryRun }) {
    changes { node { id } field from to }
    userErrors { code message path }
  }
}"""


def show(payload: dict[str, Any]) -> None:
    # The mutation was refused, and nothing has changed. `path` names the field of the input.
    if payload["userErrors"]:
        sys.exit("\n".join(f"{it['code']}: {it['message']}" for it in payload["userErrors"]))
    for change in payload["changes"]:
        print(f"{change['node']['id']} {change['field']}: {change['from']} -> {change['to']}")


async def main(item_id: str) -> None:
    async with session() as http:
        item = (await run(http, PRICE, {"itemId": item_id}))["node"]
        variables = {"itemId": item_id, "expectedPrice": item and item["price"]}
        print("Would change:")
        show((await run(http, ACCEPT, {**variables, "dryRun": True}))["acceptItem"])
        print("Changed:")
        key = {"Idempotency-Key": f"accept-{item_id}"}
        show((await run(http, ACCEPT, {**variables, "dryRun": False}, key))["acceptItem"])


asyncio.run(main(sys.argv[1]))
