"""What callers may use: each has a bucket of points, which operations are paid from (docs/domain.md#rate-limits).

The largest cost of an operation is taken before it runs, and what it did not use is put back when it has run.
"""

from collections.abc import Callable
from math import ceil
from time import time
from typing import NamedTuple, Protocol

from graphql import GraphQLError

from app.server.buckets.memory import MemoryBuckets
from app.server.payers import Payer
from domain.rate_limits.buckets import SECOND
from domain.shared.rate_limits import RateLimit
from resolvers.budgets import SETTINGS, BudgetType
from resolvers.errors import Code, api_error, exceeded


class RateLimited(Exception):
    """There are not as many points as an operation asks for. `retry_after` is in whole seconds; None if the bucket can
    never hold so many."""

    def __init__(
        self, budget: BudgetType, asked: int, available: int, limit: RateLimit, retry_after: int | None
    ) -> None:
        super().__init__(f"{asked:,} points were asked for, and {available:,} are available")
        self.budget = budget
        self.asked = asked
        self.available = available
        self.limit = limit
        self.retry_after = retry_after


def rate_limited(limited: RateLimited) -> GraphQLError:
    """Returns the error of an operation that asked for too many points. Nothing of it was done."""
    details = exceeded(
        "points",
        limited.limit.points,
        SETTINGS[limited.budget],
        budget=limited.budget,
        requested=limited.asked,
        available=limited.available,
        restoreRate=limited.limit.restore,
    )
    asked = f"This operation asks for {limited.asked:,} points"
    if limited.retry_after is None:
        message = f"{asked}; you have {limited.limit.points:,} at most. Request smaller pages or fewer fields."
        return api_error(Code.RATE_LIMITED, message, **details)
    message = (
        f"{asked}; {limited.available:,} of your {limited.limit.points:,} are left. Nothing was done. "
        f"Try again in {limited.retry_after:,} {'second' if limited.retry_after == 1 else 'seconds'}."
    )
    return api_error(Code.RATE_LIMITED, message, **details, retryAfter=limited.retry_after)


class ThrottleStatus(NamedTuple):
    """The bucket of a payer as this process knows it."""

    maximum_available: int
    currently_available: int
    # Points a second.
    restore_rate: int
    # When the bucket is full again, in milliseconds of Unix time.
    reset_at_ms: int


class Buckets(Protocol):
    """Where the state of buckets is kept."""

    async def take(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Takes points. Returns None, or in how many microseconds they will be there, if they are not."""

    def settle(self, payer: str, asked: int, actual: int, limit: RateLimit) -> None:
        """Puts what was not used back, or takes what was used beyond what was asked. Never waits."""

    def wait(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Returns what `take` would, without taking anything; None, too, if that is not known. Never waits."""

    def available(self, payer: str, limit: RateLimit) -> int:
        """Returns how many points there are. Never waits."""

    async def close(self) -> None:
        """Gives back what no one has used."""


class Taken:
    """The points that were taken for one operation."""

    __slots__ = ("_buckets", "_limit", "_payer", "_points")

    def __init__(self, buckets: Buckets | None, payer: str, points: int, limit: RateLimit) -> None:
        self._buckets, self._payer, self._points, self._limit = buckets, payer, points, limit

    def settle(self, actual: int) -> None:
        """Pays for what was used instead of what was taken; the first time only."""
        buckets, self._buckets = self._buckets, None
        if buckets is not None and actual != self._points:
            buckets.settle(self._payer, self._points, actual, self._limit)


NOTHING = Taken(None, "", 0, RateLimit(0, 1))


class RateLimits:
    """The limits of a process. Without a `limit` nobody is limited."""

    def __init__(
        self,
        limit: RateLimit | None = None,
        network_limit: RateLimit | None = None,
        keys: Buckets | None = None,
        now: Callable[[], float] = time,
    ) -> None:
        self._limit = limit
        self._network_limit = network_limit if limit is not None else None
        self._keys: Buckets = MemoryBuckets() if keys is None else keys
        # Apart, so that strangers with many addresses do not make us forget what keys have used.
        self._networks: Buckets = MemoryBuckets()
        self._now = now
        # How often operations were refused.
        self.refused = 0

    async def take(self, payer: Payer, points: int) -> Taken:
        """Takes points; without any, what is used is owed. Raises: RateLimited."""
        limit = self._limit_of(payer)
        if limit is None:
            return NOTHING
        buckets = self._buckets_of(payer)
        if points <= 0:
            return Taken(buckets, payer.id, 0, limit)
        if points > limit.points:
            self.refused += 1
            available = max(0, buckets.available(payer.id, limit))
            raise RateLimited(_budget_of(payer), points, available, limit, None)
        wait = await buckets.take(payer.id, points, limit)
        if wait is not None:
            raise self._limited(payer, points, limit, wait)
        return Taken(buckets, payer.id, points, limit)

    def refusal(self, payer: Payer, points: int) -> RateLimited | None:
        """Returns what `take` would raise now, as far as this process knows without asking. Never waits."""
        limit = self._limit_of(payer)
        if limit is None or not 0 < points <= limit.points:
            return None
        wait = self._buckets_of(payer).wait(payer.id, points, limit)
        return None if wait is None else self._limited(payer, points, limit, wait)

    def _limited(self, payer: Payer, points: int, limit: RateLimit, wait: int) -> RateLimited:
        self.refused += 1
        available = min(points - 1, max(0, self._buckets_of(payer).available(payer.id, limit)))
        return RateLimited(_budget_of(payer), points, available, limit, max(1, ceil(wait / SECOND)))

    def use(self, payer: Payer, points: int) -> None:
        """Takes points that were used without being taken before, whether or not there are as many. Never waits."""
        limit = self._limit_of(payer)
        if limit is not None and points > 0:
            self._buckets_of(payer).settle(payer.id, 0, points, limit)

    def status(self, payer: Payer) -> ThrottleStatus | None:
        """Returns the bucket of a payer; None if nothing limits it. Never waits: points that other processes took since
        this one last asked are not known to it."""
        limit = self._limit_of(payer)
        if limit is None:
            return None
        available = self._buckets_of(payer).available(payer.id, limit)
        reset = self._now() + max(0, limit.points - available) / limit.restore
        return ThrottleStatus(limit.points, max(0, available), limit.restore, ceil(reset * 1_000))

    async def close(self) -> None:
        """Gives back what this process holds and has not used."""
        await self._keys.close()

    def _limit_of(self, payer: Payer) -> RateLimit | None:
        if payer.is_network:
            return self._network_limit
        return None if self._limit is None else payer.limit or self._limit

    def _buckets_of(self, payer: Payer) -> Buckets:
        return self._networks if payer.is_network else self._keys


def _budget_of(payer: Payer) -> BudgetType:
    return BudgetType.NETWORK if payer.is_network else BudgetType.KEY
