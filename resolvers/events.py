"""Subscriptions: the event log as a stream that can be resumed without a gap or a repeat."""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.shared.access import SYSTEM
from domain.shared.errors import ErrorCode, Invalid, InvalidInput, NodeRef, Problem
from domain.shared.events import READ_SCOPES, Event, EventType
from domain.shared.ids import new_id
from resolvers.context import Context
from resolvers.errors import checked, not_found, validation_error
from resolvers.nodes import NODE_LOADERS, row_id

BATCH = 100


async def node_changed(
    context: Context, type_name: str, kind: str, given: str, after: str | None, include_current: bool
) -> AsyncIterator[Any]:
    """Everything that happens to one node of a type; `kind` names the type in messages.

    Raises: GraphQLError with VALIDATION_ERROR or NOT_FOUND.
    """
    node = await context.load(NODE_LOADERS[type_name], row_id(given, ("id",), type_name)[1])
    if node is None:
        raise not_found(f"There is no {kind} with this id.", ("id",))
    async for message in _stream(context, node.tenant_id, after, None, node.ref, node.ref if include_current else None):
        yield message


async def events(
    context: Context,
    company_id: str | None,
    after: str | None,
    types: Sequence[EventType] | None,
    include_current: bool,
) -> AsyncIterator[Any]:
    """Everything that happens in a company and that the caller may read. Raises: GraphQLError."""
    tenant_id, company = await _tenant(context, company_id)
    async for message in _stream(context, tenant_id, after, types, None, company if include_current else None):
        yield message


async def _stream(
    context: Context,
    tenant_id: int,
    after: str | None,
    types: Sequence[EventType] | None,
    node: NodeRef | None,
    current: NodeRef | None,
) -> AsyncIterator[Event]:
    """The events of a tenant, or of one node. A client that connects again knows best what it received last."""
    services, node_id, after = context.services, node.id if node else None, context.resume_after or after
    with services.event_notifications.listen(tenant_id) as listener:
        # Read before the state, so that what happens in between is sent again rather than missed.
        last = await services.event_log.last_number(tenant_id)
        number = _number(after, tenant_id, last)
        if number < last and number < await services.event_log.first_number(tenant_id) - 1:
            raise _cursor_too_old()
        if current is not None and after is None:
            yield _current(current, tenant_id, number)
        while not services.closing():
            batch = await services.event_log.after(tenant_id, number, node_id, BATCH)
            for event in batch:
                number = event.number
                if (types is None or event.type in types) and READ_SCOPES[event.type] in context.caller.scopes:
                    yield event
            if len(batch) < BATCH:
                await listener.wait()


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
