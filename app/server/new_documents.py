"""New documents: what a server spends on a document when it is sent for the first time.

Parsing and validating a document takes milliseconds in which nothing else runs. One document is therefore prepared at a
time, those of payers in turn, step by step and with pauses; and what the documents of a payer take of the processor in
a minute is limited.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Mapping, Sequence
from math import ceil
from time import monotonic, thread_time
from typing import Any, TypeVar

from graphql import GraphQLError

from app.server.refusals import Refusal
from app.server.turns import Lane, Overloaded
from resolvers.budgets import BudgetType
from resolvers.errors import Code, Reason, api_error, exceeded

T = TypeVar("T")
Steps = Generator[None, None, T]

SETTING = "QUOTEGRAPH_DOCUMENT_SECONDS"
SECONDS = 5.0
MINUTE = 60.0
# What is left of the budget without an API key, where the payer is a network.
PUBLIC_SHARE = 5
# How many payers are known at a time; the one who came first is forgotten.
MOST_PAYERS = 10_000
# How many documents of one payer wait, and for how many seconds.
MOST_WAITING = 64
WAIT_SECONDS = 10.0
# After a step that took longer, others have the event loop for as long as it took.
PAUSED_AFTER = 0.002


def completed(steps: Steps[T]) -> T:
    """Takes all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            result: T = ended.value
            return result


class _OneAtATime:
    """One document is prepared at a time, whoever sends it."""

    def at_once(self, lane: Lane) -> int:
        return 1

    def at_once_of(self, lane: Lane, payer: str) -> int:
        return 1


class Budgets:
    """What payers may still spend, in seconds of processor time: `seconds` at once, and as much again in a minute."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        # What each has spent and not yet regained, and when that was.
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._spent)

    def spend(self, payer: str, taken: float, seconds: float) -> None:
        spent = self._left_of(payer, seconds) + taken
        self._spent[payer] = spent, self._now()
        self._spent.move_to_end(payer)
        while len(self._spent) > MOST_PAYERS:
            self._spent.popitem(last=False)

    def wait(self, payer: str, seconds: float) -> int:
        """Returns in how many seconds a payer can spend again; 0: now."""
        beyond = self._left_of(payer, seconds) - seconds
        return max(1, ceil(beyond * MINUTE / seconds)) if beyond >= 0 else 0

    def _left_of(self, payer: str, seconds: float) -> float:
        spent, then = self._spent.get(payer, (0.0, 0.0))
        return max(0.0, spent - (self._now() - then) * seconds / MINUTE)


class _UnderWay:
    """A document that is being prepared, for those who send the same meanwhile: a thousand front ends of one company
    connect again at once after a restart."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.result: Any = None
        self.errors: Sequence[GraphQLError] = ()


class NewDocuments:
    """Prepares documents that are not known. `seconds` is the budget of a payer with an API key in a minute; 0: there
    are no budgets."""

    def __init__(
        self,
        seconds: float = SECONDS,
        now: Callable[[], float] = monotonic,
        spent: Callable[[], float] = thread_time,
    ) -> None:
        self._seconds = seconds
        self._spent = spent
        self.budgets = Budgets(now)
        self._lane = Lane(_OneAtATime(), WAIT_SECONDS)
        self._under_way: dict[Hashable, _UnderWay] = {}

    async def prepare(
        self, payer: str, document: Hashable, steps: Steps[T], is_public: bool = False, is_free: bool = False
    ) -> T:
        """Takes the steps of a document once it is its turn. The same document of the same payer is prepared once
        however often it is sent meanwhile. With `is_free` no budget is needed. Raises: Refusal."""
        key = payer, document, is_public, is_free
        while (other := self._under_way.get(key)) is not None:
            await other.ended.wait()
            if other.errors:
                raise Refusal(*other.errors)
            # Neither, if its caller has left.
            if other.result is not None:
                result: T = other.result
                return result
        mine = self._under_way[key] = _UnderWay()
        try:
            prepared: T = await self._prepared(payer, steps, is_public, is_free)
            mine.result = prepared
        except Refusal as refusal:
            # Not the exception itself, whose traceback leads here and would be a cycle.
            mine.errors = refusal.errors
            raise
        finally:
            del self._under_way[key]
            mine.ended.set()
        return prepared

    async def _prepared(self, payer: str, steps: Steps[T], is_public: bool, is_free: bool) -> T:
        seconds = 0.0 if is_free else self._budget(is_public)
        self._check(payer, seconds, is_public)
        if self._lane.count_of(payer) >= MOST_WAITING:
            raise Refusal(_too_many())
        try:
            turn = await self._lane.enter(payer, 0)
        except (Overloaded, TimeoutError):
            raise Refusal(_too_many()) from None
        pause = 0.0
        try:
            self._check(payer, seconds, is_public)
            while True:
                began = self._spent()
                try:
                    next(steps)
                except StopIteration as ended:
                    result: T = ended.value
                    return result
                finally:
                    taken = self._spent() - began
                    pause = taken if taken >= PAUSED_AFTER else 0.0
                    if seconds:
                        self.budgets.spend(payer, taken, seconds)
                await asyncio.sleep(pause)
        finally:
            # The answer does not wait for the pause after the last step.
            asyncio.get_running_loop().call_later(pause, turn.leave)

    def refusal(self, payer: str, is_public: bool) -> GraphQLError | None:
        """Returns the error of a document that is not known, if the payer has used up its budget."""
        seconds = self._budget(is_public)
        after = self.budgets.wait(payer, seconds) if seconds else 0
        return _beyond_budget(seconds, after, is_public) if after else None

    def _budget(self, is_public: bool) -> float:
        return self._seconds / PUBLIC_SHARE if is_public else self._seconds

    def _check(self, payer: str, seconds: float, is_public: bool) -> None:
        if seconds and (after := self.budgets.wait(payer, seconds)):
            raise Refusal(_beyond_budget(seconds, after, is_public))


def _beyond_budget(seconds: float, after: int, is_public: bool) -> GraphQLError:
    whose = "without an API key" if is_public else "of a key"
    message = (
        f"New documents {whose} may take {seconds:g} seconds of the processor in a minute ({SETTING}). Try again "
        f"in {after:,} {'second' if after == 1 else 'seconds'}. A document whose values are in variables is not "
        "new when it is sent again."
    )
    return _refused(message, after, exceeded("seconds", seconds, SETTING))


def _too_many() -> GraphQLError:
    message = f"At most {MOST_WAITING} new documents of a caller wait to be validated. Try again in 1 second."
    return _refused(message, 1, exceeded("waiting documents", MOST_WAITING, None))


def _refused(message: str, after: int, limit: Mapping[str, object]) -> GraphQLError:
    details = {"budget": BudgetType.NEW_DOCUMENTS, "retryAfter": after, **limit}
    return api_error(Code.RATE_LIMITED, message, Reason.NEW_DOCUMENTS, **details)
