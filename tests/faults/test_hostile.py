"""Hostile requests, in short: `python -m tests.faults.hostile` measures what they do to another client."""

import asyncio

from tests.faults.hostile import ALWAYS, ATTACKS, RATE, send, told
from tests.faults.polite import attacked


async def test_an_attacker_is_refused_and_another_client_is_answered():
    names = ("no key: overlapping selections, 10 kB", "repeated directives", "500 unknown fields")
    async with attacked(1) as server:
        for attack in [it for it in ATTACKS if it.name in names]:
            sending = send(attack, server.port, server.hostile, 1)
            answers, others = await asyncio.gather(sending, server.polite.at_rate(RATE, 1))
            expected = attack.refused_as or "GRAPHQL_VALIDATION_FAILED"
            assert any(expected in it for it in answers), answers
            assert [it for it in answers if expected not in it and it not in ALWAYS] == []
            assert {told(it) for it in others} == {"200"}
