"""Asks changes of the system that a quote comes from: recorded as requested, and sent by a job after the commit.

Nothing of the quote changes: what the system answers, or what is read of it next, says what became of the change.
"""

from typing import Any

from domain.connections.changes import ChangePending, NotKnownYet, OriginChangeType, QuoteOrigin, repeats, requested
from domain.connections.systems import NAMES
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.access import Caller
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, FieldChange
from domain.shared.ids import global_id
from domain.use_cases.quotes.steps import event_of

# The detail of an outcome with the id of the change that was asked for.
CHANGE = "origin_change"


async def ask(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    quote: QuoteAggregate,
    origin: QuoteOrigin,
    type_: OriginChangeType,
    request: dict[str, Any],
    subjects: tuple[NodeRef, ...] = (),
) -> Outcome:
    """Record a change of a locked quote as requested. Repeating a request that is not settled changes nothing.

    Raises: ChangePending, if another change is not settled yet; NotKnownYet, if it is not known as what the system
    could be asked for it.
    """
    head, now = quote.quote, deps.now()
    subjects = subjects or (head.ref,)
    if (pending := await work.origin_changes.unsettled(head.id)) is not None:
        if repeats(pending, type_, request):
            return Outcome(subjects, details={CHANGE: pending.id})
        message = (
            f"Another change ({pending.type}) was asked of {NAMES[origin.system]} and is not settled yet. "
            "Wait until `pendingChange` is null."
        )
        raise ChangePending(message, head.ref, head.status)
    if type_ != OriginChangeType.CREATE and not origin.external_id:
        message = (
            f"The quote was created in {NAMES[origin.system]}, but its record could not be saved here, so that it is "
            "not known yet what it is called there. `Connection.problems` says why. Wait until `origin` is not null."
        )
        raise NotKnownYet(message, head.ref, head.status)
    change = requested(head, type_, request, caller.actor, now, deps.new_id())
    await work.origin_changes.add(change)
    facts: dict[str, object] = {"changeId": change.id}
    pends = (FieldChange(head.ref, "pendingChange", None, global_id("OriginChange", change.id)),)
    work.record(event_of(EventType.QUOTE_CHANGE_REQUESTED, head, caller.actor, deps, (), facts, pends))
    return Outcome(subjects, details={CHANGE: change.id})
