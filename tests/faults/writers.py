"""Writers that change quotes, and repeat each call under its idempotency key until it is answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.faults.kills import ITEM
from tests.faults.subscribers import BUSY

# How long a call may be repeated, in seconds.
ANSWERED_IN = 120.0
CREATE = """
mutation($input: CreateQuoteInput!) { createQuote(input: $input) { quote { id } userErrors { message } } }
"""
UPDATE = """
mutation($input: UpdateQuoteInput!) { updateQuote(input: $input) { quote { id } userErrors { message } } }
"""


@dataclass
class Writer:
    """Changes a quote of its own again and again."""

    http: aiohttp.ClientSession
    addresses: Sequence[str]
    key: str
    name: str
    chance: random.Random
    quote: str = ""
    answered: int = 0
    sent_again: Counter[str] = field(default_factory=Counter)

    async def begin(self) -> None:
        made = await self._call(CREATE, f"{self.name}-new", requesterEmail="it@live.example", items=[ITEM])
        self.quote = made["quote"]["id"]

    async def run(self, pause: float, until: asyncio.Event) -> None:
        while not until.is_set():
            number = self.answered + 1
            await self._call(UPDATE, f"{self.name}-{number}", quoteId=self.quote, poNumber=f"{self.name}-{number}")
            self.answered = number
            with suppress(TimeoutError):
                await asyncio.wait_for(until.wait(), pause * self.chance.uniform(0.5, 1.5))

    async def _call(self, mutation: str, idempotency_key: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": idempotency_key}
        body = {"query": mutation, "variables": {"input": given}}
        async with asyncio.timeout(ANSWERED_IN):
            while True:
                try:
                    async with self.http.post(
                        self.chance.choice(self.addresses), json=body, headers=headers
                    ) as response:
                        answer = await response.json()
                    if response.status == 200 and "errors" not in answer:
                        (payload,) = answer["data"].values()
                        assert payload["userErrors"] == [], payload
                        return payload
                    code = answer["errors"][0]["extensions"]["code"]
                    self.sent_again[code] += 1
                    assert response.status in (200, *BUSY), answer
                except (aiohttp.ClientError, OSError):
                    self.sent_again["no answer"] += 1
                await asyncio.sleep(0.1)
