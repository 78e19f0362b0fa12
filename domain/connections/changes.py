"""Changes that are asked of a connected system, and how they are settled.

A quote that comes from a connected system is never changed by us. A change is recorded as requested, sent, and settled
by the answer or by the next record that is read: what the system says is what the quote is (docs/domain.md#changes).
What is asked is in `change_requests.py`, and what a record says of it in `change_records.py`.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from domain.connections.connections import Connection
from domain.connections.systems import CAPABILITIES, NAMES, Capability, System
from domain.quotes.rows import Quote
from domain.quotes.statuses import Verdict
from domain.shared.access import Actor, ActorType
from domain.shared.errors import Conflict, ErrorCode, NodeRef
from domain.shared.ids import global_id
from domain.shared.outbound_errors import NotConfigured, OutboundFailure, Uncertain
from domain.shared.parsers import camel, with_full_stop


class OriginChangeType(StrEnum):
    """What is asked of a connected system."""

    CREATE = "CREATE"
    DECIDE = "DECIDE"
    EDIT = "EDIT"
    SEND = "SEND"
    CANCEL = "CANCEL"


class OriginChangeStatus(StrEnum):
    """How far a change is. CONFIRMED and REFUSED are final."""

    REQUESTED = "REQUESTED"
    SENT = "SENT"
    CONFIRMED = "CONFIRMED"
    REFUSED = "REFUSED"


UNSETTLED = frozenset({OriginChangeStatus.REQUESTED, OriginChangeStatus.SENT})


class OriginDecision(NamedTuple):
    """A decision that is asked for: on the item or alternative with this global id, or on the quote as a whole."""

    offer_id: str | None
    decision: Verdict


class OriginChange(NamedTuple):
    """A change that was asked of a connected system. `request` is JSON, in our ids; `reason` says why it was refused,
    or what has kept it from being sent so far."""

    id: str
    tenant_id: int
    connection_id: str
    quote_id: str
    type: OriginChangeType
    request: dict[str, Any]
    status: OriginChangeStatus
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    requested_at: datetime
    updated_at: datetime
    reason: str | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("OriginChange", self.id)

    @property
    def is_settled(self) -> bool:
        return self.status not in UNSETTLED

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)

    @property
    def decisions(self) -> list[OriginDecision]:
        return [OriginDecision(_offer_id(it), Verdict(it["verdict"])) for it in self.request.get("decisions", ())]

    @property
    def changed_fields(self) -> list[str]:
        """The fields that are to be changed, as inputs call them: of the quote, or of its lines."""
        of_lines = {"prices": "price", "quantities": "quantity"}
        details = [camel(it) for it in self.request.get("details", ())]
        return [*details, *(name for key, name in of_lines.items() if key in self.request)]

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        asked = dict.fromkeys(("decisions", "changed_fields"), ("request",))
        return {"actor": ("actor_kind", "actor_id", "actor_name"), **asked}


def _offer_id(decision: Mapping[str, Any]) -> str | None:
    if "alternativeId" in decision:
        return global_id("Alternative", decision["alternativeId"])
    return global_id("QuoteItem", decision["itemId"]) if "itemId" in decision else None


class ActionChange(NamedTuple):
    """A new device action that was asked of a connected system, with the id of the action. `reason` is that of an
    `OriginChange`."""

    id: str
    tenant_id: int
    connection_id: str
    type: OriginChangeType
    status: OriginChangeStatus
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    requested_at: datetime
    updated_at: datetime
    reason: str | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.status not in UNSETTLED

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"actor": ("actor_kind", "actor_id", "actor_name")}


AnyChange = TypeVar("AnyChange", OriginChange, ActionChange)


class QuoteOrigin(NamedTuple):
    """Where a quote comes from, and the ids that its parts have there, by ours."""

    connection: Connection
    system: System
    external_id: str
    url: str | None
    parts: Mapping[str, str]

    def can(self, capability: Capability) -> bool:
        return capability in CAPABILITIES[self.system]


_NEW_CREDENTIALS = "An admin corrects them with `updateConnection`."


class NotSupportedByOrigin(Conflict):
    """The system that a quote comes from has no call for this."""

    code = ErrorCode.NOT_SUPPORTED_BY_ORIGIN


class ChangePending(Conflict):
    """Another change of the quote was asked for and is not settled yet."""

    code = ErrorCode.CHANGE_PENDING


class NotKnownYet(Conflict):
    """The quote was created in the system, but what it is called there is not known here yet."""

    code = ErrorCode.CHANGE_PENDING


class RefusedByOrigin(Conflict):
    """The system that the quote comes from refused the change, or the one of a device refused the action."""

    code = ErrorCode.REFUSED_BY_ORIGIN


class Settlement(NamedTuple):
    """What a record says of a change: it is in effect, or cannot be, for a reason."""

    status: OriginChangeStatus
    reason: str | None = None


CONFIRMED = Settlement(OriginChangeStatus.CONFIRMED)


def refusal(reason: str) -> Settlement:
    return Settlement(OriginChangeStatus.REFUSED, reason)


# Of a system that has these calls, what else than the refused mutation can be asked for.
ASKED = {
    Capability.EDIT: "which can be asked to change notes, tags, prices and quantities only: use `updateQuote`, "
    "`updateItem` or `priceItem`",
    Capability.DECIDE_QUOTE: "which can be asked to accept and to reject only: use `acceptQuote` or `declineQuote`",
    Capability.SEND: "which can be asked to send the quote only: use `sendQuote`",
    Capability.CANCEL: "which can be asked to cancel the quote only: use `cancelQuote`",
}


def failure_reason(failure: OutboundFailure) -> str:
    """Why a call to a connected system failed, for those who caused it: without its address, which is for operators."""
    if failure.status in (401, 403):
        said = f" {with_full_stop(failure.reason)}" if failure.reason else ""
        return f"The system does not accept the credentials of the connection.{said} {_NEW_CREDENTIALS}"
    if failure.reason:
        return failure.reason
    if failure.status is not None:
        return f"The system answers with {failure.status}."
    if isinstance(failure, NotConfigured):
        return str(failure)
    if isinstance(failure, Uncertain):
        return "It is not known yet whether the system has done it."
    return "The system cannot be reached."


def check_supported(quote: Quote, origin: QuoteOrigin, capability: Capability) -> None:
    """Check that the system has a call for this. Raises: NotSupportedByOrigin, which says where to do it."""
    if not origin.can(capability):
        raise not_supported(quote, origin, f"which has no call for this ({capability})")


def check_decides_lines(quote: Quote, origin: QuoteOrigin) -> None:
    """Check that the system decides on single lines. Raises: NotSupportedByOrigin, which says what it has instead."""
    if origin.can(Capability.DECIDE_QUOTE) and not origin.can(Capability.DECIDE_LINES):
        why = "where a quote is accepted or declined as a whole: use `acceptQuote` or `declineQuote`"
        raise not_supported(quote, origin, why)
    check_supported(quote, origin, Capability.DECIDE_LINES)


def not_supported(quote: Quote, origin: QuoteOrigin, why: str) -> NotSupportedByOrigin:
    where = f" Do it there: {origin.url}" if origin.url else " Do it there."
    message = f"This quote comes from {NAMES[origin.system]} ({origin.system}), {why}.{where}"
    return NotSupportedByOrigin(message, quote.ref, quote.status)


def requested(
    quote: Quote, type_: OriginChangeType, request: dict[str, Any], actor: Actor, at: datetime, change_id: str
) -> OriginChange:
    """A new change of a quote that comes from a connected system."""
    assert quote.connection_id is not None
    return OriginChange(
        change_id,
        quote.tenant_id,
        quote.connection_id,
        quote.id,
        type_,
        request,
        OriginChangeStatus.REQUESTED,
        actor.kind,
        actor.id,
        actor.name,
        at,
        at,
    )


def repeats(change: OriginChange, type_: OriginChangeType, request: Mapping[str, Any]) -> bool:
    """Whether the same was asked for before, and is not settled yet."""
    return not change.is_settled and (change.type, change.request) == (type_, request)


def as_sent(change: AnyChange, at: datetime) -> AnyChange:
    """The change, which the system may know of from now on. A settled change stays as it is."""
    if change.is_settled:
        return change
    return change._replace(status=OriginChangeStatus.SENT, sent_at=change.sent_at or at, updated_at=at)


def as_settled(change: AnyChange, settlement: Settlement, at: datetime) -> AnyChange:
    """The change, confirmed or refused. A settled change stays as it is."""
    if change.is_settled:
        return change
    return change._replace(status=settlement.status, reason=settlement.reason, settled_at=at, updated_at=at)


def as_delayed(change: AnyChange, reason: str, at: datetime) -> AnyChange:
    """The change, which could not be sent yet for this reason. A settled change stays as it is."""
    return change if change.is_settled else change._replace(reason=reason, updated_at=at)
