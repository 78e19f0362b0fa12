"""Whose operation begins next. The operations of each payer wait in a queue of their own, and the payer who has used
the least begins first (start-time fair queuing), weighted by what its operations cost.

While others are there, one payer runs no more than half of what runs at a time.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Protocol

# How long a payer counts as there after its last operation, in seconds.
RECENT_SECONDS = 1.0
# One unit of what runs at a time, in points of the cost of an operation.
POINTS_PER_UNIT = 50

# The largest operations take one of so many parts of what runs at a time.
LARGEST_PART = 4


class Overloaded(Exception):
    """There is too much under way."""


class Rules(Protocol):
    """How much may run and be under way."""

    def at_once(self, lane: "Lane") -> int:
        """How many units run at a time, over all payers."""

    def at_once_of(self, lane: "Lane", payer: str) -> int:
        """How many units of one payer run at a time."""


class Share:
    """What one payer has under way."""

    __slots__ = ("payer", "running", "units", "used", "waiting")

    def __init__(self, payer: str, used: float) -> None:
        self.payer = payer
        self.running = 0
        self.units = 0
        # What it has begun, in units, from where the others were when it came.
        self.used = used
        self.waiting: deque[Turn] = deque()

    @property
    def count(self) -> int:
        return self.running + len(self.waiting)


class Turn:
    """One operation that is under way."""

    __slots__ = ("_lane", "begins", "share", "units")

    def __init__(self, lane: "Lane", share: Share, units: int) -> None:
        self._lane = lane
        self.share = share
        self.units = units
        # Set only while it waits.
        self.begins: asyncio.Future[None] | None = None

    def leave(self) -> None:
        """Ends it, and lets the next ones begin."""
        self._lane.end(self)


class Lane:
    """Operations of one type: a few run, and others wait for their turn."""

    def __init__(self, rules: Rules, wait_seconds: float, now: Callable[[], float] = monotonic) -> None:
        self.running = 0
        self.refused = 0
        # How many are under way.
        self.count = 0
        self._rules = rules
        self._wait_seconds = wait_seconds
        self._now = now
        self._units = 0
        # What the one that began last had used before.
        self._used = 0.0
        self._shares: dict[str, Share] = {}
        self._queued: dict[str, Share] = {}
        # Since when a payer has nothing under way; the longest first.
        self._idle: dict[str, float] = {}

    def count_of(self, payer: str) -> int:
        """How many operations of a payer are under way."""
        share = self._shares.get(payer)
        return 0 if share is None else share.count

    def others_than(self, payer: str) -> int:
        """How many other payers are there."""
        self._forget_idle()
        return len(self._shares) - (payer in self._shares)

    async def enter(self, payer: str, points: float) -> Turn:
        """Begins an operation as soon as it is its turn. Raises: TimeoutError; Overloaded, if it is pushed out."""
        turn = Turn(self, self._share_of(payer), 1 + int(points) // POINTS_PER_UNIT)
        self.count += 1
        if not self._queued and self._may_begin(turn) and self._has_room(turn):
            self._begin(turn)
            return turn
        turn.begins = asyncio.get_running_loop().create_future()
        turn.share.waiting.append(turn)
        self._queued[payer] = turn.share
        self._advance()
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn.begins
        except BaseException:
            self._abandon(turn)
            raise
        return turn

    def end(self, turn: Turn) -> None:
        self.running -= 1
        self._units -= turn.units
        turn.share.running -= 1
        turn.share.units -= turn.units
        self._left(turn.share)
        self._advance()

    def busiest(self) -> Share | None:
        """The payer with the most under way among those with something that waits."""
        return max(self._queued.values(), key=lambda it: it.count, default=None)

    def push_out(self, share: Share) -> None:
        """Refuses what waits of a payer, the last one first."""
        turn = share.waiting.pop()
        self._unqueue(share)
        self._left(share)
        assert turn.begins is not None
        if not turn.begins.done():
            turn.begins.set_exception(Overloaded())

    def _abandon(self, turn: Turn) -> None:
        """Ends a turn that was not waited for."""
        assert turn.begins is not None
        if turn in turn.share.waiting:
            turn.share.waiting.remove(turn)
            self._unqueue(turn.share)
            self._left(turn.share)
            self._advance()
        elif turn.begins.done() and not turn.begins.cancelled() and turn.begins.exception() is None:
            # It began in the same moment.
            self.end(turn)

    def _advance(self) -> None:
        """Begins what may run now."""
        while self._queued:
            allowed = [it for it in self._queued.values() if self._may_begin(it.waiting[0])]
            share = min(allowed, key=lambda it: it.used, default=None)
            # Nobody overtakes who is next, or large operations would never begin.
            if share is None or not self._has_room(share.waiting[0]):
                return
            turn = share.waiting.popleft()
            self._unqueue(share)
            if turn.begins is not None and not turn.begins.done():
                self._begin(turn)
                turn.begins.set_result(None)
            else:
                self._left(share)

    def _may_begin(self, turn: Turn) -> bool:
        """Whether the share of its payer allows a turn to begin."""
        share = turn.share
        most = self._rules.at_once_of(self, share.payer)
        return not share.running or share.units + self._fitted(turn) <= most

    def _has_room(self, turn: Turn) -> bool:
        return not self.running or self._units + self._fitted(turn) <= self._rules.at_once(self)

    def _fitted(self, turn: Turn) -> int:
        """The units of a turn; no more than a part of those that run at a time."""
        return min(turn.units, max(1, self._rules.at_once(self) // LARGEST_PART))

    def _begin(self, turn: Turn) -> None:
        turn.units = self._fitted(turn)
        share = turn.share
        self._used = share.used = max(share.used, self._used)
        share.used += turn.units
        share.units += turn.units
        share.running += 1
        self._units += turn.units
        self.running += 1

    def _share_of(self, payer: str) -> Share:
        self._forget_idle()
        self._idle.pop(payer, None)
        if (share := self._shares.get(payer)) is None:
            share = self._shares[payer] = Share(payer, self._used)
        return share

    def _unqueue(self, share: Share) -> None:
        if not share.waiting:
            self._queued.pop(share.payer, None)

    def _left(self, share: Share) -> None:
        self.count -= 1
        if not share.count:
            self._idle[share.payer] = self._now()

    def _forget_idle(self) -> None:
        longest_ago = self._now() - RECENT_SECONDS
        while self._idle:
            payer, since = next(iter(self._idle.items()))
            if since > longest_ago:
                return
            del self._idle[payer], self._shares[payer]
