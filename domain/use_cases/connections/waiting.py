"""Lets callers wait for a change that they ask of a connected system."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Protocol, TypeVar

from domain.connections.changes import OriginChange, OriginChangeStatus, RefusedByOrigin
from domain.inventory.device_actions import DeviceActionStatus
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.statuses import QuoteStatus
from domain.shared.access import Caller
from domain.shared.errors import NodeRef, Path, Problems
from domain.use_cases.connections.asking import CHANGE
from domain.use_cases.frame import Command, UseCase

C = TypeVar("C", bound=Command)


def awaiting(run: UseCase[C]) -> UseCase[C]:
    """Run a use case and, if its caller waits for it, wait until the change that it asked for is settled or the longest
    wait is over. Raises: RefusedByOrigin."""

    @wraps(run)
    async def and_wait(deps: Dependencies, caller: Caller, command: C) -> Outcome:
        outcome = await run(deps, caller, command)
        change_id = outcome.details.get(CHANGE)
        if change_id is None or command.dry_run or not getattr(command, "wait", False):
            return outcome
        change = await deps.changes.settled(caller.tenant_scope, change_id)
        if change is not None and change.status == OriginChangeStatus.REFUSED:
            raise await _refused(deps, caller, change)
        return outcome

    return and_wait


class CreatesActions(Protocol):
    """A command that creates device actions."""

    @property
    def dry_run(self) -> bool: ...

    @property
    def wait(self) -> bool: ...

    def path(self, index: int) -> Path:
        """Where the problems of an action are in the input."""


A = TypeVar("A", bound=CreatesActions)
Create = Callable[[Dependencies, Caller, A], Coroutine[Any, Any, Outcome]]


def awaiting_actions(run: Create[A]) -> Create[A]:
    """Run a use case that creates device actions and, if its caller waits for them, wait until connected systems have
    created theirs or the longest wait is over. Raises: InvalidInput, with a conflict for each that was refused."""

    @wraps(run)
    async def and_wait(deps: Dependencies, caller: Caller, command: A) -> Outcome:
        outcome = await run(deps, caller, command)
        if command.dry_run or not command.wait:
            return outcome
        ids, problems = outcome.ids_of("DeviceAction"), Problems()
        for change in await deps.changes.actions_settled(caller.tenant_scope, ids):
            if change.status == OriginChangeStatus.REFUSED:
                message, action = change.reason or "It was refused there.", NodeRef("DeviceAction", change.id)
                refused = RefusedByOrigin(message, action, DeviceActionStatus.CANCELLED)
                problems.add_conflict((*command.path(ids.index(change.id)), "serialNumber"), refused)
        problems.raise_if_any()
        return outcome

    return and_wait


async def _refused(deps: Dependencies, caller: Caller, change: OriginChange) -> RefusedByOrigin:
    async with deps.unit_of_work(caller.tenant_scope) as work:
        quote = await work.quotes.lock(change.quote_id)
        status = quote.quote.status if quote else QuoteStatus.CANCELLED
    return RefusedByOrigin(change.reason or "It was refused there.", NodeRef("Quote", change.quote_id), status)
