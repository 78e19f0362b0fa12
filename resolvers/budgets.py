"""Budgets beside the points of keys and networks: of wrong keys, of what customers do by a public key, and of what
connected systems send.

Each process counts by itself, in memory: who has no key can have many addresses, and is to cause no write.
"""

from collections.abc import Callable
from enum import StrEnum
from math import ceil

from graphql import GraphQLError

from domain.rate_limits.buckets import SECOND
from domain.rate_limits.kept import KeptBuckets, microseconds
from domain.shared.rate_limits import RateLimit
from resolvers.errors import exceeded, rate_limited


class BudgetType(StrEnum):
    """What is limited: `extensions.budget` of RATE_LIMITED (docs/errors.md#rate_limited)."""

    KEY = "KEY"
    NETWORK = "NETWORK"
    WRONG_KEYS = "WRONG_KEYS"
    SIGNING = "SIGNING"
    FILLING_IN = "FILLING_IN"
    NOTICES = "NOTICES"
    NEW_DOCUMENTS = "NEW_DOCUMENTS"
    EMAILS = "EMAILS"


# The setting of each; a key may have a limit of its own instead.
SETTINGS = {
    BudgetType.KEY: "QUOTEGRAPH_RATE_LIMIT",
    BudgetType.NETWORK: "QUOTEGRAPH_PUBLIC_RATE_LIMIT",
    BudgetType.WRONG_KEYS: "QUOTEGRAPH_WRONG_KEY_RATE_LIMIT",
    BudgetType.SIGNING: "QUOTEGRAPH_SIGNING_RATE_LIMIT",
    BudgetType.FILLING_IN: "QUOTEGRAPH_FILL_IN_RATE_LIMIT",
    BudgetType.NOTICES: "QUOTEGRAPH_HOOK_RATE_LIMIT",
    BudgetType.EMAILS: "QUOTEGRAPH_MAX_EMAILS_PER_HOUR",
}
# What a mutation by a public key takes of its budget, and a wrong key of that.
POINTS_OF_CUSTOMER, POINTS_OF_WRONG_KEY = 10, 30
# Once the budget of wrong keys is used up, so many times as many are looked up at once, and in the long run, in case
# one of them is right: a right key works even after others of the same office have used it up.
FURTHER, FURTHER_RESTORED = 5, 30
WRONG_KEY_LIMIT = RateLimit(600, 10)


class WrongKeys:
    """Limits how many wrong keys one network, or one API key, may try. Keys are too long to be guessed, and this keeps
    the attempts cheap."""

    def __init__(self, limit: RateLimit | None = WRONG_KEY_LIMIT, now: Callable[[], int] = microseconds) -> None:
        self.limit = limit
        self.wrong = KeptBuckets(now)
        self.further = KeptBuckets(now)

    def attempt(self, who: str) -> "Attempt":
        """Counts a key before it is looked up, since many may be sent at once. Raises: GraphQLError with RATE_LIMITED,
        if none is looked up at the moment."""
        if self.limit is None:
            return Attempt(None, who, RateLimit(0, 1))
        wait = self.wrong.take(who, POINTS_OF_WRONG_KEY, self.limit)
        if wait is None:
            return Attempt(self.wrong, who, self.limit)
        limit = RateLimit(FURTHER * self.limit.points, FURTHER_RESTORED * self.limit.restore)
        if self.further.take(who, POINTS_OF_WRONG_KEY, limit) is not None:
            raise _too_many_wrong_keys(wait, self.limit)
        return Attempt(self.further, who, limit, _too_many_wrong_keys(wait, self.limit))


class Attempt:
    """A key that is looked up. `error` is that of a wrong one, if there were too many before."""

    __slots__ = ("_buckets", "_error", "_limit", "_who")

    def __init__(
        self, buckets: KeptBuckets | None, who: str, limit: RateLimit, error: GraphQLError | None = None
    ) -> None:
        self._buckets, self._who, self._limit, self._error = buckets, who, limit, error

    def was_right(self) -> None:
        """Counts it no longer."""
        if self._buckets is not None:
            self._buckets.settle(self._who, POINTS_OF_WRONG_KEY, 0, self._limit)

    def was_wrong(self) -> None:
        """Raises: GraphQLError with RATE_LIMITED, if there were too many before."""
        if self._error is not None:
            raise self._error


class CustomerBudgets:
    """Limits what customers do by public keys: of each network without an API key, and of each quote."""

    def __init__(
        self,
        signing: RateLimit | None = None,
        filling_in: RateLimit | None = None,
        now: Callable[[], int] = microseconds,
    ) -> None:
        self._limits = {BudgetType.SIGNING: signing, BudgetType.FILLING_IN: filling_in}
        self._buckets = {it: KeptBuckets(now) for it in self._limits}

    def take(self, budget: BudgetType, *who: str) -> None:
        """Takes what one action costs from the bucket of each. Raises: GraphQLError with RATE_LIMITED; nothing is taken
        then."""
        limit, buckets = self._limits[budget], self._buckets[budget]
        if limit is None:
            return
        for place, it in enumerate(who):
            if (wait := buckets.take(it, POINTS_OF_CUSTOMER, limit)) is not None:
                for taken in who[:place]:
                    buckets.settle(taken, POINTS_OF_CUSTOMER, 0, limit)
                raise _too_often(budget, wait, limit)


class NoticeBudget:
    """Limits how many notices of connected systems one network may send."""

    def __init__(self, limit: RateLimit | None = None, now: Callable[[], int] = microseconds) -> None:
        self._limit = limit
        self._buckets = KeptBuckets(now)

    def take(self, network: str) -> None:
        """Takes what one notice costs. Raises: GraphQLError with RATE_LIMITED."""
        if self._limit is not None and (wait := self._buckets.take(network, 1, self._limit)) is not None:
            raise _too_many_notices(wait, self._limit)


def _too_many_wrong_keys(wait: int, limit: RateLimit) -> GraphQLError:
    seconds = _seconds(wait)
    message = f"Too many wrong keys came from here. Try again in {seconds} {_unit(seconds)}."
    return rate_limited(message, seconds, **_details(BudgetType.WRONG_KEYS, limit, POINTS_OF_WRONG_KEY))


def _too_often(budget: BudgetType, wait: int, limit: RateLimit) -> GraphQLError:
    seconds = _seconds(wait)
    what = "signed or answered" if budget is BudgetType.SIGNING else "filled in"
    message = (
        f"Quotes were {what} too often from here, or this one from anywhere. Nothing was done. Try again in {seconds} "
        f"{_unit(seconds)}."
    )
    return rate_limited(message, seconds, **_details(budget, limit, POINTS_OF_CUSTOMER))


def _details(budget: BudgetType, limit: RateLimit, requested: int) -> dict[str, object]:
    """What an error says of a budget of points."""
    more = {"budget": budget, "requested": requested, "restoreRate": limit.restore}
    return exceeded("points", limit.points, SETTINGS[budget], **more)


def _too_many_notices(wait: int, limit: RateLimit) -> GraphQLError:
    seconds = _seconds(wait)
    message = f"Too many notices came from here. Nothing of this one was read. Try again in {seconds} {_unit(seconds)}."
    return rate_limited(message, seconds, **_details(BudgetType.NOTICES, limit, 1))


def _seconds(wait: int) -> int:
    return max(1, ceil(wait / SECOND))


def _unit(seconds: int) -> str:
    return "second" if seconds == 1 else "seconds"
