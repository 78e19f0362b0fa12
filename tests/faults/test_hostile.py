"""Hostile requests, in short: `python -m tests.faults.hostile` measures what they do to another client."""

import asyncio
from pathlib import Path

from tests.faults.hostile import ALWAYS, ATTACKS, RATE, SMALL, send, server, told
from tests.faults.open_loop import Load


async def test_an_attacker_is_refused_and_another_client_is_answered(tmp_path: Path):
    names = ("no key: overlapping selections, 10 kB", "repeated directives", "500 unknown fields")
    async with server(tmp_path) as (_, port, (hostile, polite)):
        load = Load(port, [("small", SMALL.replace(b"%s", polite.encode()))])
        try:
            for attack in [it for it in ATTACKS if it.name in names]:
                answers, others = await asyncio.gather(send(attack, port, hostile, 1), load.at_rate(RATE, 1))
                expected = attack.refused_as or "GRAPHQL_VALIDATION_FAILED"
                assert any(expected in it for it in answers), answers
                assert [it for it in answers if expected not in it and it not in ALWAYS] == []
                assert {told(it) for it in others} == {"200"}
        finally:
            load.close()
