"""Decisions asked of quipteams while the worker is killed, and while others decide there at the same time."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.connections.systems import System
from tests.e2e.processes import eventually
from tests.faults.books import Report
from tests.faults.connected_house import DONE_IN, PAUSE, Connected, House
from tests.faults.connected_there import There

# How long a call is held up there: shorter than `settle_seconds`.
HELD_UP = 1.0
# Decisions beside those whose call is at a known place when the worker is killed.
BESIDE = 4
QUOTE = """
query($id: String!) {
  quote(by: {external: {system: QUIPTEAMS, id: $id}}) {
    items { id status origin { externalId } }
    pendingChange { status }
    lastChange { status reason }
  }
}
"""
ACCEPT = """
mutation($id: ID!, $wait: Boolean!) {
  acceptItem(input: {itemId: $id, wait: $wait}) {
    quote { pendingChange { status } }
    userErrors { message code }
  }
}
"""


@dataclass(frozen=True)
class Choice:
    """An item of a quote that can be decided, by its ids here and there."""

    order_id: str
    item_id: str
    external_id: str

    @property
    def path(self) -> str:
        return f"/api/v1/quotes/{self.order_id}/items/{self.external_id}"


async def decisions(home: House, rounds: int, chance: random.Random, report: Report) -> None:
    """Accepts items while the worker is killed before, during and after the calls, and while a call never arrives."""
    there = home.there(System.QUIPTEAMS, "decided")
    ids = await there.begin(rounds * (4 + BESIDE))
    connected = await home.connect(there)
    await connected.read_to_the_end()
    choices = [await _choice(connected, it) for it in ids]
    kills = home.worker.kills
    for number in range(rounds):
        await _round(home, connected, choices[number * (4 + BESIDE) :][: 4 + BESIDE], chance)
    calls, effects = await _calls(there), Counter(it["order_id"] for it in await there.effects() if _is_order(it))
    ends = Counter([await _end(connected, it) for it in choices])
    carried_out = [calls[it.path] for it in choices]
    report.figure("decisions asked of quipteams", len(choices))
    report.figure("  kills of the worker", home.worker.kills - kills, home.worker.kills - kills == rounds)
    report.figure("  how they ended", dict(ends), set(ends) == {"CONFIRMED"})
    report.figure("  carried out there never or twice", sum(it != 1 for it in carried_out), set(carried_out) == {1})
    report.figure("  orders that they caused there", effects.total(), [effects[it] for it in ids] == [1] * len(ids))
    theirs, held = await there.quotes(), await connected.held()
    other = [it for it in ids if theirs[it] != held.shown[it]]
    report.figure("  quotes other than there", len(other), not other)


async def _round(home: House, connected: Connected, choices: Sequence[Choice], chance: random.Random) -> None:
    """One kill. The call of the first decision never arrives, of the second it takes long to be carried out, of the
    third the answer takes long, and the fourth is asked for while no worker runs; the others are anywhere."""
    lost, during, after, before, *beside = choices
    await connected.there.go_wrong(
        {"mode": "drop", "verb": "PATCH", "path": lost.path},
        {"mode": "slow_before", "verb": "PATCH", "path": during.path, "seconds": HELD_UP},
        {"mode": "slow_after", "verb": "PATCH", "path": after.path, "seconds": HELD_UP},
    )
    await asyncio.gather(*(_ask(connected, it) for it in (lost, during, after)))

    async def under_way() -> bool:
        paths = {it["path"] for it in await connected.there.received() if it["method"] == "PATCH"}
        return {during.path, after.path} <= paths

    await eventually(under_way)
    asking = [asyncio.create_task(_ask(connected, it)) for it in beside]
    await asyncio.sleep(chance.uniform(0, 0.2))
    home.worker.kill()
    await _ask(connected, before)
    await asyncio.gather(*asking)

    async def settled() -> bool:
        for it in choices:
            state = await _state(connected, it.order_id)
            if state["pendingChange"] is not None or state["lastChange"] is None:
                return False
        return True

    await eventually(settled, DONE_IN, PAUSE)


def _is_order(effect: Mapping[str, Any]) -> bool:
    return bool(effect["effect"] == "tecspal_order")


async def _calls(there: There) -> Counter[str]:
    """How often each decision was carried out there, by its path."""
    received = await there.received()
    return Counter(it["path"] for it in received if it["method"] == "PATCH" and it["status"] == 200)


async def _end(connected: Connected, choice: Choice) -> str:
    state = await _state(connected, choice.order_id)
    return str((state["pendingChange"] or state["lastChange"] or {"status": "NEVER ASKED"})["status"])


async def races(home: House, count: int, chance: random.Random, report: Report) -> None:
    """We accept items that others reject there: first they, then we first, then both at the same time. What is there
    wins, and who asked here is told."""
    there = home.there(System.QUIPTEAMS, "raced")
    ids = await there.begin(count)
    connected = await home.connect(there)
    await connected.read_to_the_end()
    choices = [await _choice(connected, it) for it in ids]
    each = count // 4
    first_there, first_here, both = choices[:each], choices[each : 2 * each], choices[2 * each :]
    reading = asyncio.create_task(_keep_reading(connected))
    told: dict[str, list[str]] = {}
    for it in first_there:
        assert await there.decide(it.order_id, it.external_id, "reject")
        told[it.order_id] = await _ask(connected, it, wait=True)
    taken = []
    for it in first_here:
        told[it.order_id] = await _ask(connected, it, wait=True)
        taken.append(await there.decide(it.order_id, it.external_id, "reject"))
    for it in both:
        told[it.order_id], _ = await asyncio.gather(_ask(connected, it, wait=True), _reject(there, it, chance))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await eventually(lambda: _all_settled(connected, ids), DONE_IN, PAUSE)
    theirs, held = await there.quotes(), await connected.held()
    accepted = {it.order_id for it in choices if _status(theirs, it) == "ACCEPTED"}
    other = [it.order_id for it in choices if _status(theirs, it) != _status(held.shown, it)]
    wrongly = [it for it in ids if (not told[it]) != (it in accepted)]
    report.figure("races: decided there first", len(first_there), not accepted & {it.order_id for it in first_there})
    report.figure("  decided here first", len(first_here), {it.order_id for it in first_here} <= accepted)
    report.figure("    taken there all the same", sum(taken), not any(taken))
    report.figure("  at the same time", len(both))
    report.figure("    won here", len(accepted & {it.order_id for it in both}))
    report.figure("  codes that who asked here was told", dict(Counter(it for codes in told.values() for it in codes)))
    report.figure("  told wrongly", len(wrongly), not wrongly)
    report.figure("  items other than there", len(other), not other)
    refused = [await _state(connected, it) for it in ids if it not in accepted]
    silent = [it for it in refused if it["lastChange"] and not it["lastChange"]["reason"]]
    report.figure("  refusals without a reason", len(silent), not silent)


async def _keep_reading(connected: Connected) -> None:
    while True:
        await connected.sync(full=True)


async def _reject(there: There, choice: Choice, chance: random.Random) -> bool:
    await asyncio.sleep(chance.uniform(0, 0.2))
    return await there.decide(choice.order_id, choice.external_id, "reject")


async def _all_settled(connected: Connected, ids: Sequence[str]) -> bool:
    for it in ids:
        if (await _state(connected, it))["pendingChange"] is not None:
            return False
    return True


def _status(shown: Mapping[str, Any], choice: Choice) -> str:
    found: str = next(it.status for it in shown[choice.order_id].lines if it.external_id == choice.external_id)
    return found


async def _choice(connected: Connected, order_id: str) -> Choice:
    """The last item of a quote, which has no alternatives."""
    item = (await _state(connected, order_id))["items"][-1]
    return Choice(order_id, item["id"], item["origin"]["externalId"])


async def _state(connected: Connected, order_id: str) -> Any:
    return (await connected.api.run(QUOTE, id=order_id))["quote"]


async def _ask(connected: Connected, choice: Choice, wait: bool = False) -> list[str]:
    """Accepts an item. Returns the codes of what was told to who asked."""
    payload = (await connected.api.run(ACCEPT, id=choice.item_id, wait=wait))["acceptItem"]
    return [it["code"] for it in payload["userErrors"]]
