"""The job that sends a change to the system that a quote comes from (docs/domain.md#changes).

It can run any number of times, and the change is made once: before a call is repeated the quote is read there, and what
is in effect already is not asked for again (ADR 4). A quote that is to be created is looked for by our reference.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from domain.connections.change_records import is_repeatable, outstanding, settled_by
from domain.connections.change_requests import recipients_of
from domain.connections.changes import (
    CONFIRMED,
    OriginChange,
    OriginChangeStatus,
    OriginChangeType,
    QuoteOrigin,
    Settlement,
    as_delayed,
    as_sent,
    failure_reason,
    refusal,
)
from domain.connections.connections import Connection
from domain.connections.creations import missing_items
from domain.connections.records import ForeignQuote, ForeignRecord, Unread
from domain.connections.systems import LINES_LATER, NAMES, Collection
from domain.ports.connections import ConnectedSystem, ForeignDecision, ForeignEdit, NewForeignQuote
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import Verdict
from domain.quotes.transitions import cancel, void
from domain.shared.errors import Conflict
from domain.shared.events import EventType
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job
from domain.shared.outbound_errors import Busy, Refused, Uncertain
from domain.use_cases.connections.creating import quote_to_create
from domain.use_cases.connections.origins import origin_of
from domain.use_cases.connections.saving import save_one, save_records
from domain.use_cases.connections.settling import settle
from domain.use_cases.connections.systems import PAUSE, NotConnected, connected, with_credentials
from domain.use_cases.jobs.at_most_once import call_at_most_once
from domain.use_cases.quotes.steps import event_of, save

_UNSAVED = "The quote was created there, but its record could not be saved here. `Connection.problems` says why."

Call = Callable[[], Awaitable[ForeignQuote | None]]


class Answered(NamedTuple):
    """What became of a change, and the quote as it was there at a time; None if it does not exist there any more."""

    settlement: Settlement
    record: ForeignQuote | None
    at: datetime


async def send_origin_change(deps: Dependencies, job: Job) -> Again | None:
    """Send a change, once however often this runs, and settle it by the answer. Raises: OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        found = await work.origin_changes.find(job.payload["changeId"])
        quote = await work.quotes.lock(found.quote_id) if found else None
        # A page that was read meanwhile may have settled it while the quote was waited for.
        change = await work.origin_changes.lock(found.id) if found else None
        if change is None or change.is_settled or quote is None:
            return None
        origin = await origin_of(work, quote)
        try:
            system = await connected(work, deps, change.connection_id)
        except NotConnected as closed:
            if closed.may_return:
                return Again(deps.now() + PAUSE, waits=str(closed))
            await _settle(work, deps, origin.connection, quote, change, refusal(str(closed)))
            await work.commit()
            return None
        new = await quote_to_create(work, quote, change) if change.type == OriginChangeType.CREATE else None
        await work.origin_changes.save(as_sent(change, deps.now()))
        await work.commit()
    sending = _Sending(deps, job, system, change, origin, new)
    try:
        answered = await sending.run()
    except Busy as busy:
        return Again(deps.now() + timedelta(seconds=busy.seconds), waits=str(busy))
    await _save(deps, job, answered)
    return None


async def _save(deps: Dependencies, job: Job, answered: Answered) -> None:
    """Settle the change, and bring the quote to what the system says. If what it says cannot be saved, the change is
    settled all the same, but a creation only with the last attempt: nothing can be asked of a quote before what it is
    called there is known here. Raises: Uncertain, if there is another attempt."""
    save = partial(_save_with, deps, job, answered)
    await (save(None) if answered.record is None else save_one(deps, answered.record, save))


async def _save_with(deps: Dependencies, job: Job, answered: Answered, record: ForeignRecord | Unread | None) -> None:
    async with deps.unit_of_work(job.tenant_scope) as work:
        change = await work.origin_changes.find(job.payload["changeId"])
        connection = await work.connections.lock(RowId(change.connection_id)) if change else None
        quote = await work.quotes.lock(change.quote_id) if change else None
        locked = await work.origin_changes.lock(change.id) if change else None
        if connection is None or quote is None or locked is None:
            return
        is_to_be_saved = _is_to_be_saved(deps, job, locked, record)
        if not is_to_be_saved:
            await _settle(work, deps, connection, quote, locked, answered.settlement)
        if record is not None:
            if locked.type == OriginChangeType.CREATE and isinstance(record, ForeignQuote):
                record = replace(record, reference=locked.id)
            await save_records(work, deps, connection, Collection.QUOTES, [record], answered.at)
        elif locked.type == OriginChangeType.CANCEL:
            await _cancelled(work, deps, connection, quote)
        await work.commit()
    if is_to_be_saved:
        raise Uncertain("The record of the new quote could not be saved.", reason=_UNSAVED)


def _is_to_be_saved(deps: Dependencies, job: Job, change: OriginChange, record: ForeignRecord | Unread | None) -> bool:
    """Whether another attempt is to find and save what was created, of which the record cannot be saved."""
    is_unsaved = change.type == OriginChangeType.CREATE and isinstance(record, Unread) and not change.is_settled
    is_last = deps.retry_policy.next_attempt(job.failures + 1, deps.now()) is None
    return is_unsaved and is_repeatable(change) and not is_last


async def _settle(
    work: UnitOfWork,
    deps: Dependencies,
    connection: Connection,
    quote: QuoteAggregate,
    change: OriginChange,
    settlement: Settlement,
) -> None:
    """Settle a change. A quote that the system did not create is ours, and void."""
    await settle(work, connection, change, settlement, deps.now())
    if change.is_settled or change.type != OriginChangeType.CREATE or settlement.status != OriginChangeStatus.REFUSED:
        return
    voided = void(quote, connection.actor, deps.now(), settlement.reason)
    after = replace(voided.quote, quote=voided.quote.quote._replace(connection_id=None))
    event = event_of(EventType.QUOTE_VOIDED, quote.quote, connection.actor, deps, voided.changes, {"origin": True})
    await save(work, quote, after, connection.actor, deps, event)


async def _cancelled(work: UnitOfWork, deps: Dependencies, connection: Connection, quote: QuoteAggregate) -> None:
    """A quote that was cancelled there as asked, and of which there is no record any more."""
    try:
        after = cancel(quote, connection.actor, deps.now())
    except Conflict:
        return
    if after.changes:
        event = event_of(
            EventType.QUOTE_CANCELLED, quote.quote, connection.actor, deps, after.changes, {"origin": True}
        )
        await save(work, quote, after.quote, connection.actor, deps, event)


async def note_change_problem(deps: Dependencies, job: Job, problem: str) -> None:
    """Say on the change what keeps it from being sent."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        change = await work.origin_changes.lock(job.payload["changeId"])
        if change is not None:
            await work.origin_changes.save(as_delayed(change, problem, deps.now()))
            await work.commit()


async def give_up_change(work: UnitOfWork, deps: Dependencies, job: Job, problem: str) -> None:
    """Refuse a change that could not be sent: nobody is to wait for it. If it arrived after all, a read shows it."""
    change = await work.origin_changes.find(job.payload["changeId"])
    quote = await work.quotes.lock(change.quote_id) if change else None
    locked = await work.origin_changes.lock(change.id) if change and quote else None
    if locked is not None and quote is not None:
        origin = await origin_of(work, quote)
        why = f"It could not be sent to {NAMES[origin.system]}. {problem}"
        await _settle(work, deps, origin.connection, quote, locked, refusal(why))


@dataclass(slots=True)
class _Sending:
    """One attempt to send a change. `new` is the quote to create, if that is asked for, and `begun` what an earlier
    attempt has made of it, without some of its lines. `left` are the decisions that are not in effect yet; None until
    it is known."""

    deps: Dependencies
    job: Job
    system: ConnectedSystem
    change: OriginChange
    origin: QuoteOrigin
    new: NewForeignQuote | None = None
    begun: ForeignQuote | None = None
    left: list[Mapping[str, Any]] | None = None

    async def run(self) -> Answered:
        """Raises: OutboundFailure, if it is to be tried again."""
        try:
            return await call_at_most_once(self.deps, self.job, self.found, self.made)
        except Refused as refused:
            return await self._after_refusal(failure_reason(refused))

    async def found(self) -> Answered | None:
        """What an earlier attempt did."""
        at = self.deps.now()
        record = await self._record()
        if self.new is not None and record is not None and self._lacks_lines(self.new, record):
            self.begun = record
            return None
        if (settlement := settled_by(self.change, record, self.origin.parts)) is not None:
            return Answered(settlement, record, at)
        if self.job.sent_at is not None and not is_repeatable(self.change):
            if self.deps.now() < self.job.sent_at + self.deps.retry_policy.resend_after:
                raise Uncertain("An earlier request may still be under way.")
            return Answered(refusal("It is not known whether it was sent. Look there, and ask again."), record, at)
        if self.change.type == OriginChangeType.DECIDE:
            self.left = outstanding(self.change.request["decisions"], record, self.origin.parts)
        return None

    async def made(self) -> Answered:
        """Make the call, or one for each decision."""
        record = None
        for number, call in enumerate(self._calls()):
            if number:
                # Each call has its own time to become visible.
                await self.deps.jobs.mark_sent(self.job, self.deps.now())
            record = await with_credentials(call())
        said = settled_by(self.change, record, self.origin.parts)
        # The answer counts where the record does not show it yet, and more than a page that was asked for before it
        # came: that may be of before the call.
        return Answered(said or CONFIRMED, record, self.deps.now())

    async def _after_refusal(self, reason: str) -> Answered:
        """A refused change may be in effect all the same, because somebody made it there."""
        if self.new is not None:
            return Answered(refusal(reason), None, self.deps.now())
        at = self.deps.now()
        record = await self._record()
        return Answered(settled_by(self.change, record, self.origin.parts) or refusal(reason), record, at)

    def _lacks_lines(self, new: NewForeignQuote, record: ForeignQuote) -> bool:
        return self.origin.system in LINES_LATER and bool(missing_items(new.items, record.items))

    async def _record(self) -> ForeignQuote | None:
        """The quote as it is there."""
        if self.new is not None:
            return await self.system.find_quote(self.new.reference, self.change.requested_at)
        return await self.system.quote(self.origin.external_id)

    def _calls(self) -> list[Call]:
        system, quote_id, request = self.system, self.origin.external_id, self.change.request
        match self.change.type:
            case OriginChangeType.CREATE:
                assert self.new is not None
                return [partial(system.create_quote, self.new, self.begun)]
            case OriginChangeType.DECIDE:
                left = request["decisions"] if self.left is None else self.left
                return [partial(system.decide, self._decision(it)) for it in left]
            case OriginChangeType.EDIT:
                return [lambda: system.edit_quote(self._edit())]
            case OriginChangeType.SEND:
                return [lambda: system.send_quote(quote_id, request["withPdf"])]
            case OriginChangeType.CANCEL:
                return [self._cancel]

    async def _cancel(self) -> ForeignQuote | None:
        await self.system.cancel_quote(self.origin.external_id)
        return await self.system.quote(self.origin.external_id)

    def _decision(self, asked: Mapping[str, Any]) -> ForeignDecision:
        parts = self.origin.parts
        alternative_id = asked.get("alternativeId")
        return ForeignDecision(
            self.origin.external_id,
            Verdict(asked["verdict"]),
            parts[asked["itemId"]] if "itemId" in asked else None,
            parts[alternative_id] if alternative_id else None,
            recipients_of(asked),
            asked.get("reason"),
        )

    def _edit(self) -> ForeignEdit:
        asked, parts = self.change.request, self.origin.parts
        # An empty text removes one: None would keep it.
        details: dict[str, Any] = {name: it or "" for name, it in asked.get("details", {}).items()}
        if "tags" in details:
            details["tags"] = tuple(details["tags"])
        prices = {parts[it]: Decimal(price) for it, price in asked.get("prices", {}).items()}
        quantities = {parts[it]: quantity for it, quantity in asked.get("quantities", {}).items()}
        return ForeignEdit(self.origin.external_id, **details, prices=prices or None, quantities=quantities or None)
