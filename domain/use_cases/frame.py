"""The frame of all use cases that change data: one command in, one unit of work, one outcome out.

A use case is a body that loads, applies a rule and saves. `use_case` adds what is the same for all of them: the unit of
work, the answer to a mutation that was sent before, and the commit. Bodies never commit, and have no effect but through
their unit of work; so a body is run again when the storage has rolled it back in favour of another.
"""

from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, RolledBack, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import Path


@dataclass(frozen=True, slots=True)
class Command:
    """The input of a use case, with its values as entered. With `dry_run`, nothing is committed."""

    dry_run: bool = field(default=False, kw_only=True)

    @property
    def subject(self) -> Path:
        """The path of the input field that names the object to change; empty if the command names none."""
        return ()


# How often a body is run while the storage rolls it back.
MOST_RUNS = 4

C = TypeVar("C", bound=Command)

UseCase = Callable[[Dependencies, Caller, C], Coroutine[Any, Any, Outcome]]
Body = Callable[[UnitOfWork, Dependencies, Caller, C], Coroutine[Any, Any, Outcome]]


def use_case(body: Body[C]) -> UseCase[C]:
    """Run a body in its own unit of work and commit it, unless it is a dry run.

    A command that was committed before under the same idempotency key returns its stored outcome.
    Raises: IdempotencyClash, RolledBack, and the errors of the body, after which nothing is committed.
    """

    @wraps(body)
    async def run(deps: Dependencies, caller: Caller, command: C) -> Outcome:
        for _ in range(MOST_RUNS - 1):
            with suppress(RolledBack):
                return await run_once(deps, caller, command)
        return await run_once(deps, caller, command)

    async def run_once(deps: Dependencies, caller: Caller, command: C) -> Outcome:
        async with deps.unit_of_work(caller.tenant_scope, caller.payer_id, caller.promise) as work:
            if (earlier := await work.replayed()) is not None:
                return earlier
            outcome = await body(work, deps, caller, command)
            if not command.dry_run:
                await work.commit(outcome)
            return outcome

    return run
