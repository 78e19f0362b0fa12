"""Telling events as they happen. Each root field yields one `Watch`, whose events the server tells."""

from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from domain.shared.access import Scope
from resolvers import events
from schema.declare import Info, subscription
from schema.history.enums import EventType
from schema.history.types import Event

_AFTER = (
    "Cursor of the last event received. Resumes after it without missing or repeating events. Default: only new events."
)


def _current(what: str) -> str:
    return (
        f"Send the current state of the {what} first, with the cursor from which to resume before anything has "
        "happened. Ignored with `after`, so that a client that resumes can send the same operation."
    )


_COMPANY = "The company. Default: that of the API key; all companies for platform keys."
_CURRENT = _current("company, or of each company,")


@strawberry.type(description="Root of all subscriptions.")
class Subscription:
    @subscription("Events of one quote.", Scope.QUOTES_READ)
    async def quote_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the quote.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description=_current("quote"))] = False,
    ) -> AsyncIterator[Event]:
        yield await events.node_changed(info.context, "Quote", "quote", id, after, include_current)

    @subscription("Events of one asset.", Scope.ASSETS_READ)
    async def asset_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the asset.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description=_current("asset"))] = False,
    ) -> AsyncIterator[Event]:
        yield await events.node_changed(info.context, "Asset", "asset", id, after, include_current)

    @subscription("Events of one device action.", Scope.DEVICE_ACTIONS_READ)
    async def device_action_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the device action.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description=_current("device action"))] = False,
    ) -> AsyncIterator[Event]:
        of = (info.context, "DeviceAction", "device action")
        yield await events.node_changed(*of, id, after, include_current)

    @subscription("Events of one connection: how far its system is read, and what fails.", Scope.CONNECTIONS_MANAGE)
    async def connection_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global ID of the connection.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description=_current("connection"))] = False,
    ) -> AsyncIterator[Event]:
        yield await events.node_changed(info.context, "Connection", "connection", id, after, include_current)

    @subscription(
        "Events of a company, or of all companies that a platform key reaches, also of those that are added later. The "
        "events of each company are in order. Events that the API key may not read are left out. "
        "Requires the scope of each event's type."
    )
    async def events(
        info: Info,
        company_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(
                description="The company. Default: that of the API key; all companies for platform keys."
            ),
        ] = None,
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        types: Annotated[list[EventType] | None, strawberry.argument(description="Only events of these types.")] = None,
        include_current: Annotated[bool, strawberry.argument(description=_CURRENT)] = False,
    ) -> AsyncIterator[Event]:
        yield await events.events(info.context, company_id, after, types, include_current)
