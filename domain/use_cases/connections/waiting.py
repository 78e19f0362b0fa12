"""Lets callers wait for a change that they ask of a connected system."""

from functools import wraps
from typing import TypeVar

from domain.connections.changes import ChangeStatus, OriginChange, RefusedByOrigin
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.statuses import QuoteStatus
from domain.shared.access import Caller
from domain.shared.errors import NodeRef
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
        if change is not None and change.status == ChangeStatus.REFUSED:
            raise await _refused(deps, caller, change)
        return outcome

    return and_wait


async def _refused(deps: Dependencies, caller: Caller, change: OriginChange) -> RefusedByOrigin:
    async with deps.unit_of_work(caller.tenant_scope) as work:
        quote = await work.quotes.lock(change.quote_id)
        status = quote.quote.status if quote else QuoteStatus.CANCELLED
    return RefusedByOrigin(change.reason or "It was refused there.", NodeRef("Quote", change.quote_id), status)
