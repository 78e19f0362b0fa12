"""What a subscription follows. Its root field resolves to a `Watch`; the server tells it the events of that."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.shared.access import SYSTEM, Environment
from domain.shared.errors import ErrorCode, Invalid, InvalidInput, NodeRef, Problem
from domain.shared.events import READ_SCOPES, Event, EventType
from domain.shared.ids import new_id
from resolvers.context import Context
from resolvers.errors import checked, not_found, validation_error
from resolvers.nodes import NODE_LOADERS, row_id
from resolvers.positions import MOST_TENANTS, NoPositions, decode_positions, encode_positions


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


@dataclass(frozen=True, slots=True)
class WatchOfAll:
    """What a subscription of a platform key follows: the events of some types of all tenants of an environment, from a
    number in each on. Tenants that are missing in `after` are newer than that."""

    environment: Environment
    # As in `Watch`, for each tenant.
    after: Mapping[int, int]
    last: Mapping[int, int]
    types: frozenset[EventType]
    current: Sequence[Event] = ()


class FollowedEvent(Event):
    """An event in the order in which the events of all tenants are told: `number` is its place in it."""

    cursor: str

    @classmethod
    def of(cls, event: Event, number: int, cursor: str) -> "FollowedEvent":
        found = cls._make(event)._replace(number=number)
        found.cursor = cursor
        return found


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
    """Everything that happens in a company, or in all companies. Raises: GraphQLError."""
    if company_id is None and context.caller.tenant_id is None:
        return await _watch_of_all(context, after, types, include_current)
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
    return Watch(tenant_id, number, last, _readable(context, types), node_id, first)


def _readable(context: Context, types: Sequence[EventType] | None) -> frozenset[EventType]:
    readable = frozenset(it for it in EventType if READ_SCOPES[it] in context.caller.scopes)
    return readable if types is None else readable.intersection(types)


async def _watch_of_all(
    context: Context, after: str | None, types: Sequence[EventType] | None, include_current: bool
) -> WatchOfAll:
    event_log, environment = context.services.event_log, context.caller.environment
    after = context.resume_after or after
    last = await event_log.last_numbers(environment)
    if len(last) > MOST_TENANTS:
        raise _refused(ErrorCode.TOO_MANY, f"There are more than {MOST_TENANTS:,} companies. Name one of them.")
    positions = last if after is None else checked(("after",), _decode_all, after, environment, last)
    missed = [it for it, number in last.items() if positions.get(it, 0) < number]
    first = await event_log.first_numbers(missed) if missed else {}
    if any(positions.get(it, 0) < first.get(it, last[it] + 1) - 1 for it in missed):
        raise _cursor_too_old()
    current: list[Event] = []
    if include_current and after is None:
        cursor = encode_positions(environment, positions)
        for tenant_id, company_id in (await event_log.companies(environment)).items():
            now = _current(NodeRef("Company", company_id), tenant_id, 0)
            current.append(FollowedEvent.of(now, 0, cursor))
    return WatchOfAll(environment, positions, last, _readable(context, types), current)


async def _tenant(context: Context, company_id: str | None) -> tuple[int, NodeRef]:
    caller = context.caller
    if company_id is None:
        assert caller.tenant_id is not None, "a platform key follows all companies"
        assert caller.company_id is not None
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
    return event.cursor if isinstance(event, FollowedEvent) else encode_cursor(event.tenant_id, event.number)


def encode_cursor(tenant_id: int, number: int) -> str:
    """An opaque cursor of an event's position in its tenant's log."""
    return base64.urlsafe_b64encode(json.dumps(["event", tenant_id, number]).encode()).decode()


def _number(cursor: str | None, tenant_id: int, last: int) -> int:
    return last if cursor is None else checked(("after",), _decode, cursor, tenant_id, last)


def _decode_all(cursor: str, environment: Environment, last: Mapping[int, int]) -> Mapping[int, int]:
    try:
        found = decode_positions(cursor, environment)
    except NoPositions:
        raise _no_cursor() from None
    if any(not 0 <= number <= last.get(tenant_id, -1) for tenant_id, number in found.items()):
        raise _no_cursor()
    return found


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
        raise _no_cursor() from None


def _no_cursor() -> Invalid:
    message = "This cursor is not of these events. Send one that an event of this stream gave you."
    return Invalid(ErrorCode.INVALID_CURSOR, message)
