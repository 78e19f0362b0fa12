"""Buckets that the processes of a server share. Each process leases slices of them in advance, so that an operation
that asks for little is admitted without a statement (domain/rate_limits/leases.py)."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from adapters.database.core.outages import log_outage
from domain.rate_limits import buckets
from domain.rate_limits.buckets import FULL, SECOND
from domain.rate_limits.kept import MOST_NAMES, microseconds
from domain.rate_limits.leases import Lease, most_held, slice_of
from domain.shared.rate_limits import RateLimit

log = logging.getLogger(__name__)

T = TypeVar("T")

# What was not used for so long goes back, as looked for so often.
IDLE = 5 * SECOND
SWEEP_SECONDS = 1.0
# For how long a refusal is repeated without asking again: others may give points back meanwhile.
REFUSED = SECOND // 4


class Leases(Protocol):
    """Takes points of buckets that several processes share."""

    async def lease(self, payer: str, needed: int, wanted: int, limit: RateLimit) -> Lease:
        """Takes up to `wanted` points, nothing if there are fewer than `needed`."""

    async def give_back(self, payer: str, points: int, limit: RateLimit) -> None:
        """Puts points back that nobody has used."""

    async def owe(self, payer: str, points: int, limit: RateLimit) -> None:
        """Takes points that were used already, whether or not there are as many."""

    async def close(self) -> None: ...


class _Bucket:
    """What this process holds of a bucket, and what it knows of the rest."""

    __slots__ = ("full_at", "held", "is_refilling", "limit", "lock", "refused", "refused_until", "used_at")

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        # Negative, while the bucket has not been asked for what operations used beyond what they had asked for.
        self.held = 0
        self.full_at = FULL
        self.used_at = 0
        self.is_refilling = False
        # So many points were refused, and will be until then.
        self.refused, self.refused_until = 0, 0
        self.lock = asyncio.Lock()


class LeasedBuckets:
    """The buckets of a process that shares them with others."""

    def __init__(self, leases: Leases, now: Callable[[], int] = microseconds, most: int = MOST_NAMES) -> None:
        self._leases = leases
        self._now = now
        self._most = most
        # The one that was not used for longest comes first.
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._sweeping: asyncio.TimerHandle | None = None

    async def take(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Takes points. Returns None, or in how many microseconds they will be there, if they are not."""
        bucket = self._bucket(payer, limit)
        while bucket.held < points:
            try:
                wait = await self._lease(payer, bucket, points)
            except Exception as failure:
                if not log_outage(failure):
                    raise
                # It is owed. Without the database, an operation can hardly use it.
                break
            if wait is not None:
                return wait
        bucket.held -= points
        if 2 * bucket.held < slice_of(limit) and not bucket.is_refilling and self._now() >= bucket.refused_until:
            bucket.is_refilling = True
            self._start(self._refill(payer, bucket))
        return None

    def settle(self, payer: str, asked: int, actual: int, limit: RateLimit) -> None:
        """Puts what was not used back, or takes what was used beyond what was asked."""
        bucket = self._bucket(payer, limit)
        bucket.held += asked - actual
        if bucket.held > most_held(limit):
            self._give_back(payer, bucket, bucket.held - slice_of(limit))
        elif bucket.held < 0:
            self._return(payer, bucket)

    def wait(self, payer: str, points: int, limit: RateLimit) -> int | None:
        """Returns what `take` would, if it is known without asking; else None."""
        bucket, now = self._buckets.get(payer), self._now()
        if bucket is None or now >= bucket.refused_until:
            return None
        needed = points - bucket.held
        if needed <= 0 or needed < bucket.refused:
            return None
        return max(1, buckets.wait(bucket.full_at, now, needed, limit))

    def available(self, payer: str, limit: RateLimit) -> int:
        """Returns how many points there are, as far as this process knows."""
        bucket = self._buckets.get(payer)
        if bucket is None:
            return limit.points
        return min(limit.points, bucket.held + buckets.available(bucket.full_at, self._now(), limit))

    async def close(self) -> None:
        """Gives back what this process holds."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        # What is on its way is held then, and goes back too.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for payer, bucket in self._buckets.items():
            self._return(payer, bucket)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._leases.close()

    async def _lease(self, payer: str, bucket: _Bucket, points: int) -> int | None:
        """Leases what is needed and a slice. Returns None, or how long to wait. What is got is held here, also if
        nobody waits for it any more."""
        return await asyncio.shield(self._start(self._lease_now(payer, bucket, points)))

    async def _lease_now(self, payer: str, bucket: _Bucket, points: int) -> int | None:
        async with bucket.lock:
            limit, needed = bucket.limit, points - bucket.held
            if needed <= 0:
                return None
            now = self._now()
            if needed < bucket.refused or now >= bucket.refused_until:
                # What is owed is never more than a bucket holds.
                needed = min(needed, limit.points)
                lease = await self._leases.lease(payer, needed, min(needed + slice_of(limit), limit.points), limit)
                now = self._now()
                bucket.held += lease.granted
                bucket.full_at = now + lease.full_in
                if lease.granted > 0:
                    return None
            wait = max(1, buckets.wait(bucket.full_at, now, needed, limit))
            bucket.refused, bucket.refused_until = needed, now + min(wait, REFUSED)
            return wait

    async def _refill(self, payer: str, bucket: _Bucket) -> None:
        try:
            wanted = slice_of(bucket.limit) - bucket.held
            if wanted > 0:
                lease = await self._leases.lease(payer, 1, wanted, bucket.limit)
                now = self._now()
                bucket.held += lease.granted
                bucket.full_at = now + lease.full_in
                if lease.granted < wanted:
                    # The bucket is empty. What operations need themselves is still asked for.
                    bucket.refused, bucket.refused_until = wanted, now + REFUSED
        finally:
            bucket.is_refilling = False

    def _bucket(self, payer: str, limit: RateLimit) -> _Bucket:
        bucket = self._buckets.get(payer)
        if bucket is None:
            bucket = self._buckets[payer] = _Bucket(limit)
            if len(self._buckets) > self._most:
                self._return(*self._buckets.popitem(last=False))
            self._look_later()
        else:
            self._buckets.move_to_end(payer)
        if bucket.limit != limit:
            self._change(payer, bucket, limit)
        bucket.used_at = self._now()
        return bucket

    def _change(self, payer: str, bucket: _Bucket, limit: RateLimit) -> None:
        """The key has got another limit."""
        self._return(payer, bucket)
        bucket.limit, bucket.refused_until = limit, 0
        bucket.full_at = buckets.known(bucket.full_at, self._now(), limit)

    def _look_later(self) -> None:
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        """Gives back what was not used for a while, and forgets buckets that are full."""
        self._sweeping = None
        now = self._now()
        for payer, bucket in list(self._buckets.items()):
            if now - bucket.used_at < IDLE:
                break
            self._return(payer, bucket)
            if bucket.held == 0 and bucket.full_at <= now and not bucket.is_refilling:
                del self._buckets[payer]
        if self._buckets:
            self._look_later()

    def _return(self, payer: str, bucket: _Bucket) -> None:
        """Gives back what is held, or takes what is owed from the bucket, for all processes."""
        if bucket.held > 0:
            self._give_back(payer, bucket, bucket.held)
        elif bucket.held < 0:
            owed, bucket.held = -bucket.held, 0
            bucket.full_at = buckets.use_more(bucket.full_at, self._now(), owed, bucket.limit)
            self._start(self._owe(payer, bucket, owed))

    async def _owe(self, payer: str, bucket: _Bucket, points: int) -> None:
        # Whoever leases meanwhile gets none of it.
        async with bucket.lock:
            try:
                await self._leases.owe(payer, points, bucket.limit)
            except Exception:
                # It is tried again when the bucket is swept.
                bucket.held -= points
                bucket.full_at = buckets.give_back(bucket.full_at, points, bucket.limit)
                raise

    def _give_back(self, payer: str, bucket: _Bucket, points: int) -> None:
        bucket.held -= points
        bucket.full_at = buckets.give_back(bucket.full_at, points, bucket.limit)
        self._start(self._leases.give_back(payer, points, bucket.limit))

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._finish)
        return task

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None and not log_outage(failure):
            log.warning("cannot lease points of a rate limit", exc_info=failure)
