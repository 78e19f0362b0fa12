"""Shows what accepting an item would change, then accepts it. Repeating it is safe: the idempotency key is the same.

QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… python accept.py QuoteItem_…
"""

import asyncio
import sys
from typing import Any

from client import run, session

ACCEPT = """mutation Accept($itemId: ID!, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, dryRun: $dryRun }) {
    changes { node { id } from to }
    userErrors { code message path }
  }
}"""


def show(payload: dict[str, Any]) -> None:
    # The mutation was refused, and nothing has changed. `path` names the field of the input.
    if payload["userErrors"]:
        sys.exit("\n".join(f"{it['code']}: {it['message']}" for it in payload["userErrors"]))
    for change in payload["changes"]:
        print(f"{change['node']['id']} {change['from']} -> {change['to']}")


async def main(item_id: str) -> None:
    async with session() as http:
        print("Would change:")
        show((await run(http, ACCEPT, {"itemId": item_id, "dryRun": True}))["acceptItem"])
        print("Changed:")
        key = {"Idempotency-Key": f"accept-{item_id}"}
        show((await run(http, ACCEPT, {"itemId": item_id, "dryRun": False}, key))["acceptItem"])


asyncio.run(main(sys.argv[1]))
