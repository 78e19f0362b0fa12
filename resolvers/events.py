"""What a subscription follows. Its root field resolves to a `Watch`; the server tells it the events of that."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.shared.access import SYSTEM
from domain.shared.errors import ErrorCode, Invalid, InvalidInput, NodeRef, Problem
from domain.shared.events import READ_SCOPES, Event, EventType
from domain.shared.ids import new_id
from resolvers.context import Context
from resolvers.errors import checked, not_found, validation_error
from resolvers.nodes import NODE_LOADERS, row_id


@dataclass(frozen=True, slots=True)
class Watch:
    """What a subscription follows: the events of some types of a tenant, or of one node, from a number on. The types
    are those that the caller may read."""

    tenant_id: int
    # The numbers of the last event that the client knows of, and of the tenant's last event when it began.
    after: int
    last: int
    types: frozenset[EventType]
    node_id: str | None = None
    # What is sent first, before anything has happened.
    current: Event | None = None


async def node_changed(
    context: Context, type_name: str, kind: str, given: str, after: str | None, include_current: bool
) -> Any:
    """Everything that happens to one node of a type; `kind` names the type in messages.

    Raises: GraphQLError with VALIDATION_ERROR or NOT_FOUND.
    """
    node = await context.load(NODE_LOADERS[type_name], row_id(given, ("id",), type_name)[1])
    if node is None:
        raise not_found(f"There is no {kind} with this id.", ("id",))
    current = node.ref if include_current else None
    return await _watch(context, node.tenant_id, after, None, node.id, current)


async def events(
    context: Context,
    company_id: str | None,
    after: str | None,
    types: Sequence[EventType] | None,
    include_current: bool,
) -> Any:
    """Everything that happens in a company. Raises: GraphQLError."""
    tenant_id, company = await _tenant(context, company_id)
    return await _watch(context, tenant_id, after, types, None, company if include_current else None)


async def _watch(
    context: Context,
    tenant_id: int,
    after: str | None,
    types: Sequence[EventType] | None,
    node_id: str | None,
    current: NodeRef | None,
) -> Watch:
    """A client that connects again knows best what it received last."""
    event_log, after = context.services.event_log, context.resume_after or after
    # Read before the state, so that what happens in between is sent again rather than missed.
    last = await event_log.last_number(tenant_id)
    number = _number(after, tenant_id, last)
    if number < last and number < await event_log.first_number(tenant_id) - 1:
        raise _cursor_too_old()
    first = _current(current, tenant_id, number) if current is not None and after is None else None
    readable = {it for it in EventType if READ_SCOPES[it] in context.caller.scopes}
    return Watch(
        tenant_id, number, last, frozenset(readable if types is None else readable & set(types)), node_id, first
    )


async def _tenant(context: Context, company_id: str | None) -> tuple[int, NodeRef]:
    caller = context.caller
    if company_id is None:
        if caller.tenant_id is None or caller.company_id is None:
            raise _refused(ErrorCode.REQUIRED, "A platform key names the company.")
        return caller.tenant_id, NodeRef("Company", caller.company_id)
    tenant = await context.load("tenant_of_company", row_id(company_id, ("companyId",), "Company")[1])
    if tenant is None:
        raise _refused(ErrorCode.UNKNOWN_REFERENCE, "There is no such company.")
    return tenant.id, NodeRef("Company", tenant.company_id)


def _refused(code: ErrorCode, message: str) -> Exception:
    return validation_error(InvalidInput(Problem(code, message, ("companyId",))))


def _current(node: NodeRef, tenant_id: int, number: int) -> Event:
    place = (new_id(), number, EventType.CURRENT_STATE, tenant_id)
    return Event(*place, node.type, node.id, *SYSTEM, datetime.now(UTC), ())


def cursor_of(event: Event) -> str:
    """The cursor with which a subscription resumes after this event."""
    return encode_cursor(event.tenant_id, event.number)


def encode_cursor(tenant_id: int, number: int) -> str:
    """An opaque cursor of an event's position in its tenant's log."""
    return base64.urlsafe_b64encode(json.dumps(["event", tenant_id, number]).encode()).decode()


def _number(cursor: str | None, tenant_id: int, last: int) -> int:
    return last if cursor is None else checked(("after",), _decode, cursor, tenant_id, last)


def _cursor_too_old() -> Exception:
    message = (
        "Events after this cursor are no longer kept, so that some would be missed. Read what you show again, and "
        "subscribe without `after`."
    )
    return validation_error(InvalidInput(Problem(ErrorCode.CURSOR_TOO_OLD, message, ("after",))))


def _decode(cursor: str, tenant_id: int, last: int) -> int:
    try:
        name, tenant, number = json.loads(base64.urlsafe_b64decode(cursor[:200].encode()))
        if (name, tenant) != ("event", tenant_id) or not isinstance(number, int) or not 0 <= number <= last:
            raise ValueError
        return number
    except (ValueError, TypeError, binascii.Error):
        message = "This cursor is not of these events. Send one that an event of this stream gave you."
        raise Invalid(ErrorCode.INVALID_CURSOR, message) from None
