"""Events, and the subscriptions that tell them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import strawberry

from domain.shared.access import Scope
from domain.shared.events import Event as EventRow
from domain.shared.events import EventType
from domain.shared.events import FieldChange as FieldChangeRow
from resolvers import events
from schema.declare import Info, column, edge, identity, reference, subscription, type_of
from schema.shared.common import Actor, Connection, Node, StatusChange
from schema.shared.enums import describe
from schema.shared.scalars import DateTime

describe(
    EventType,
    "What happened.",
    CURRENT_STATE="Nothing: this is how things stand at the start of a subscription with `includeCurrent`.",
    QUOTE_CREATED="A quote was asked for.",
    QUOTE_ITEM_PRICED="An item got a price, or another one.",
    QUOTE_PENDING="Every undecided item of a quote has its price: it can be decided.",
    QUOTE_ALTERNATIVE_PROPOSED="Another device was offered in place of an item.",
    QUOTE_ALTERNATIVE_PRICED="An alternative got a price, or another one.",
    QUOTE_ITEM_ACCEPTED="An item was accepted.",
    QUOTE_ITEM_REJECTED="An item was rejected.",
    QUOTE_ALTERNATIVE_ACCEPTED="An alternative was accepted.",
    QUOTE_ALTERNATIVE_REJECTED="An alternative was rejected.",
    QUOTE_APPROVED="Every line of a quote is decided and at least one accepted. Told after the decision, its `cause`.",
    QUOTE_REJECTED="Every line of a quote was rejected. Told after the decision, its `cause`.",
    QUOTE_UPDATED="What is noted of a quote, or its time, was changed.",
    QUOTE_ITEMS_ADDED="Lines were added to a quote.",
    QUOTE_ITEM_UPDATED="A line of a quote was changed.",
    QUOTE_ITEM_REMOVED="A line was taken off a quote.",
    QUOTE_DECLINED="A quote was declined as a whole.",
    QUOTE_EXPIRED="A quote's time ended before it was decided.",
    QUOTE_CANCELLED="A quote was cancelled by its company.",
    QUOTE_VOIDED="A quote was taken back by the operator.",
    QUOTE_DELETED="A quote was deleted.",
    QUOTE_TRACKING_ADDED="A device on its way can be followed, or in another way.",
    QUOTE_RECIPIENT_SHIPPED="A recipient's device is on its way.",
    QUOTE_RECIPIENT_DELIVERED="A recipient has its device.",
    QUOTE_RECIPIENT_UPDATED="A recipient's serial or invoice number was set.",
    QUOTE_DELIVERED="Every accepted device of a quote was delivered. Told after the delivery, its `cause`.",
    QUOTE_COMPLETED="A quote was closed by the operator.",
    QUOTE_SENT="A quote was sent to its customer, for the first time or again.",
    QUOTE_VIEWED="The customer has opened a quote for the first time.",
    QUOTE_SIGNED="A customer has signed a quote. Whether that approves it is told after it.",
    QUOTE_DOCUMENT_HANDED_IN="The customer has handed in a document.",
    QUOTE_SIGNING_CHANGED="How many signatures a quote takes, or which documents belong to it, was changed.",
    QUOTE_PUBLIC_KEY_CHANGED="The public key of a quote was revoked or replaced.",
    QUOTE_PROJECT_APPROVAL_REQUESTED="The customer was asked to approve the project of a quote.",
    QUOTE_PROJECT_APPROVED="The customer has approved the project of a quote.",
    VENDOR_ORDER_PLACED="The vendor has an order.",
    VENDOR_ORDER_FAILED="An order could not be placed and was given up.",
    VENDOR_ORDER_REQUEUED="An operator had an order tried again.",
    KIT_CREATED="A kit was made.",
    KIT_UPDATED="A kit was changed.",
    KIT_DELETED="A kit was removed.",
    ASSET_ADDED="The company has another device.",
    ASSET_UPDATED="What is noted of a device was corrected.",
    DEVICE_ACTION_CREATED="Something is to be done with a device.",
    DEVICE_ACTION_ADVANCED="An action with a device came a step further.",
    DEVICE_ACTION_COMPLETED="An action with a device is done. How the asset moved is told after it.",
    DEVICE_ACTION_CANCELLED="An action with a device was called off.",
    DEVICE_ACTION_WIPED="A device was wiped.",
    DEVICE_ACTION_TRACKING_ADDED="It is known how a parcel with a device is followed.",
    DEVICE_ACTION_COMMENTED="Somebody said something about an action.",
    MOVEMENT_UPDATED="The vendor has told how the movement of a device stands.",
    MOVEMENT_FAILED="The vendor does not move a device; an operator does.",
    ASSET_MOVED="A device went into use, into storage or out of the company, or to another person.",
    VENDOR_ORDER_REQUESTED="An operator has something asked of the vendor.",
    VENDOR_ORDER_UPDATED="The vendor has news of an order.",
    VENDOR_ORDER_FLAGGED="An operator has to look at an order.",
    VENDOR_ORDER_CONFIRMED="The vendor has confirmed an order.",
    VENDOR_ORDER_CANCELLED="An order was called off.",
    VENDOR_ALTERNATIVE_SELECTED="The vendor has taken an alternative in place of the device ordered.",
    CUSTOMER_CREATED="A customer was made.",
    CUSTOMER_UPDATED="A customer was changed.",
    CUSTOM_FIELD_CREATED="A custom field was defined.",
    CUSTOM_FIELD_UPDATED="A custom field was changed.",
    CUSTOM_FIELD_DELETED="A custom field was deleted.",
    EMPLOYEE_JOINED="Someone joined the company, or came back to it.",
    EMPLOYEE_MOVED="Someone has another country, department or job title.",
    EMPLOYEE_UPDATED="Something else that is known of someone was corrected.",
    EMPLOYEE_LEFT="Someone left the company.",
    QUOTE_PRICED="Prices, discounts, shipping or tax of a quote were set.",
    QUOTE_PRICE_OPTIONS_SET="What a quote can be had for was offered in several ways, or in other ones.",
    QUOTE_PRICE_OPTION_SELECTED="One of the price options of a quote was accepted.",
)

_AS_TEXT = (
    "As text: an amount as `1450.00 USD`, a list with commas, an object of the graph by its id, of a long text the"
    " beginning; null for nothing."
)
_AFTER = "Go on after this event, without a gap or a repeat. By default, only what happens from now on."


def _cursor(root: strawberry.Parent[Any]) -> str:
    return events.cursor_of(root)


@type_of(FieldChangeRow)
class FieldChange:
    """A field of one object was changed. What follows from other fields, such as sums, is not told."""

    node: Node | None = reference("The object as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The object's id, also when it is gone.")
    node_type: str = column("The object's type, such as `QuoteItem`, also when it is gone.")
    label: str | None = column(
        "How people called the object when this happened, such as a device's model or a recipient's name, also when it "
        "is gone. Null for events of before this was kept."
    )
    field: str = column("Its field, as in the graph, such as `poNumber` or `specification.ram`.")
    from_: str | None = column(f"What it was. {_AS_TEXT}", attribute="before", name="from")
    to: str | None = column("What it became, likewise.", attribute="after")


@type_of(EventRow)
class Event:
    """Something that happened. Events of a company come in the order in which they became true."""

    id: strawberry.ID = identity("Event")
    cursor: str = strawberry.field(
        resolver=_cursor, description="Pass it as `after` of a subscription to go on from here."
    )
    type: EventType = column("What happened.")
    occurred_at: DateTime = column("When.")
    actor: Actor = column("Who caused it.")
    node: Node | None = reference("What it happened to, as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The id of what it happened to, also when that is gone.", attribute="node_key")
    node_type: str = column("The type of what it happened to, such as `Quote`, also when that is gone.")
    cause: "Event | None" = edge(
        "The event of the same moment of which this is a consequence, as the approval of a quote is of the last "
        "decision on its lines. Statuses that moved are told by that one.",
        loader="event",
        key="cause_id",
    )
    changes: list[StatusChange] = column(
        "Every status that moved. Each move is told by one event; for one that follows from another, see `cause`."
    )
    field_changes: list[FieldChange] = column("Every field that was changed, statuses apart.")


@strawberry.type(description="A page of events.")
class EventConnection(Connection[Event]):
    pass


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
