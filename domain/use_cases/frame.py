"""The frame of everything that changes something: one command in, one unit of work, one outcome out.

A use case is a body that loads, decides and saves. What is around it is said here once: the unit of work it runs in,
the answer to a mutation that was sent before, and the commit. Bodies never commit.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import Path


@dataclass(frozen=True, slots=True)
class Command:
    """What an entry point is asked to do, its values as entered. With `dry_run` nothing is kept of it."""

    dry_run: bool = field(default=False, kw_only=True)

    @property
    def subject(self) -> Path:
        """The input field that names what is acted on; empty where nothing that exists is."""
        return ()


C = TypeVar("C", bound=Command)

UseCase = Callable[[Dependencies, Caller, C], Coroutine[Any, Any, Outcome]]
Body = Callable[[UnitOfWork, Dependencies, Caller, C], Coroutine[Any, Any, Outcome]]


def use_case(body: Body[C]) -> UseCase[C]:
    """Run a body in a unit of work of its own, and commit what it did unless that was a dry run.

    A command that was carried out before under the caller's idempotency key is answered as then.
    Raises: IdempotencyClash, and what the body raises, after which nothing is kept.
    """

    @wraps(body)
    async def run(deps: Dependencies, caller: Caller, command: C) -> Outcome:
        async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
            if (earlier := await work.replayed()) is not None:
                return earlier
            outcome = await body(work, deps, caller, command)
            if not command.dry_run:
                await work.commit(outcome)
            return outcome

    return run
