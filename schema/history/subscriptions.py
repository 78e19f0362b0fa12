"""Telling events as they happen."""

from collections.abc import AsyncIterator
from typing import Annotated

import strawberry

from domain.shared.access import Scope
from resolvers import events
from schema.declare import Info, subscription
from schema.history.enums import EventType
from schema.history.types import Event

_AFTER = "Go on after this event, without a gap or a repeat. By default, only what happens from now on."


@strawberry.type(description="Everything that can be told as it happens.")
class Subscription:
    @subscription("Everything that happens to one quote.", Scope.QUOTES_READ)
    async def quote_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The quote's id.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description="Send the quote as it is now first.")] = False,
    ) -> AsyncIterator[Event]:
        async for event in events.node_changed(info.context, "Quote", "quote", id, after, include_current):
            yield event

    @subscription("Everything that happens to one asset.", Scope.ASSETS_READ)
    async def asset_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The asset's id.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description="Send the asset as it is now first.")] = False,
    ) -> AsyncIterator[Event]:
        async for event in events.node_changed(info.context, "Asset", "asset", id, after, include_current):
            yield event

    @subscription("Everything that happens to one device action.", Scope.DEVICE_ACTIONS_READ)
    async def device_action_changed(
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The action's id.")],
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        include_current: Annotated[bool, strawberry.argument(description="Send the action first, as it is.")] = False,
    ) -> AsyncIterator[Event]:
        of = (info.context, "DeviceAction", "device action")
        async for event in events.node_changed(*of, id, after, include_current):
            yield event

    @subscription("Everything that happens in a company. What the key may not read is left out.")
    async def events(
        info: Info,
        company_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The company. Platform keys name it.")
        ] = None,
        after: Annotated[str | None, strawberry.argument(description=_AFTER)] = None,
        types: Annotated[list[EventType] | None, strawberry.argument(description="Only events of these types.")] = None,
    ) -> AsyncIterator[Event]:
        async for event in events.events(info.context, company_id, after, types):
            yield event
