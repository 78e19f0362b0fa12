"""The names of events in webhooks, and which of our events each stands for."""

from collections.abc import Collection, Iterable
from types import MappingProxyType
from typing import NamedTuple

from domain.shared.access import Scope
from domain.shared.events import READ_SCOPES, EventType
from domain.webhooks import data_fields as of
from domain.webhooks.data_fields import DataField

EVERY = "*"
TEST = "webhook.test"


class WebhookEventType(NamedTuple):
    """A name that endpoints subscribe to, the events that are sent under it, and the fields of their `data`."""

    name: str
    description: str
    events: tuple[EventType, ...]
    fields: tuple[DataField, ...]


_MOVED = (*of.QUOTE, *of.STATUSES)
_DECIDED = (*of.QUOTE, of.ITEM_ID, of.ALTERNATIVE_ID, of.DECISION, of.PRICE, of.PRICE_CURRENCY)
_ASSET = (of.ASSET_ID, of.SERIAL_NUMBER, of.STATUS)
_EMPLOYEE = (of.EMPLOYEE_ID, of.HRIS_ID, of.EMAIL, of.STATUS)
_VENDOR_ORDER = (
    *(of.VENDOR_ORDER_ID, *of.QUOTE, of.ITEM_ID, of.STATUS),
    *(*of.STATUSES, of.ATTENTION, of.CHANGES),
)

_E = EventType

CATALOGUE: tuple[WebhookEventType, ...] = (
    WebhookEventType(
        "quote.created",
        "A quote was created.",
        (_E.QUOTE_CREATED,),
        (*of.QUOTE, of.REQUESTER_EMAIL, of.ITEMS_COUNT),
    ),
    WebhookEventType(
        "quote.pending",
        "The prices of a quote are ready: the last undecided item of an open quote got its price, so that the client "
        "can decide. It is sent again if an item without a price is added later and then priced.",
        (_E.QUOTE_PENDING,),
        (*of.QUOTE, of.TOTAL, of.CURRENCY),
    ),
    WebhookEventType(
        "quote.approved", "All items are decided and at least one is accepted.", (_E.QUOTE_APPROVED,), _MOVED
    ),
    WebhookEventType("quote.rejected", "All items are rejected.", (_E.QUOTE_REJECTED,), _MOVED),
    WebhookEventType(
        "quote.item_accepted",
        "An item was accepted, or an alternative to it (`alternative_id`).",
        (_E.QUOTE_ITEM_ACCEPTED, _E.QUOTE_ALTERNATIVE_ACCEPTED),
        _DECIDED,
    ),
    WebhookEventType(
        "quote.item_rejected",
        "An item was rejected, or an alternative to it (`alternative_id`). Other offers for the item can still be "
        "open: see `decision`.",
        (_E.QUOTE_ITEM_REJECTED, _E.QUOTE_ALTERNATIVE_REJECTED),
        _DECIDED,
    ),
    WebhookEventType("quote.sent", "A quote was sent to the customer, or sent again.", (_E.QUOTE_SENT,), _MOVED),
    WebhookEventType("quote.viewed", "The customer opened a quote for the first time.", (_E.QUOTE_VIEWED,), _MOVED),
    WebhookEventType("quote.signed", "A customer signed a quote.", (_E.QUOTE_SIGNED,), _MOVED),
    WebhookEventType("quote.declined", "A quote was declined as a whole.", (_E.QUOTE_DECLINED,), _MOVED),
    WebhookEventType("quote.expired", "A quote expired before it was decided.", (_E.QUOTE_EXPIRED,), _MOVED),
    WebhookEventType("quote.cancelled", "The company cancelled a quote.", (_E.QUOTE_CANCELLED,), _MOVED),
    WebhookEventType("quote.voided", "An operator voided a quote.", (_E.QUOTE_VOIDED,), _MOVED),
    WebhookEventType("quote.deleted", "A quote was deleted.", (_E.QUOTE_DELETED,), _MOVED),
    WebhookEventType(
        "quote.tracking_added",
        "The tracking of a recipient's devices was set or changed.",
        (_E.QUOTE_TRACKING_ADDED,),
        (*of.QUOTE, of.ITEM_ID, of.RECIPIENT_ID, *of.TRACKING),
    ),
    WebhookEventType("quote.delivered", "All accepted items are delivered.", (_E.QUOTE_DELIVERED,), _MOVED),
    WebhookEventType("quote.completed", "A quote was completed.", (_E.QUOTE_COMPLETED,), _MOVED),
    WebhookEventType(
        "logistics.created",
        "A device action was created.",
        (_E.DEVICE_ACTION_CREATED,),
        (*of.ACTION, of.ACTION_TYPE, of.SERIAL_NUMBER, of.STATUS),
    ),
    WebhookEventType(
        "logistics.status_changed",
        "A device action advanced to its next status, or was cancelled.",
        (_E.DEVICE_ACTION_ADVANCED, _E.DEVICE_ACTION_CANCELLED),
        (*of.ACTION, of.ACTION_TYPE, of.SERIAL_NUMBER, *of.STATUSES),
    ),
    WebhookEventType(
        "logistics.tracking_added",
        "The tracking of a device action was set or changed.",
        (_E.DEVICE_ACTION_TRACKING_ADDED,),
        (*of.ACTION, of.ACTION_TYPE, of.SERIAL_NUMBER, *of.TRACKING),
    ),
    WebhookEventType(
        "logistics.completed",
        "A device action was completed.",
        (_E.DEVICE_ACTION_COMPLETED,),
        (*of.ACTION, of.ACTION_TYPE, of.SERIAL_NUMBER, *of.STATUSES),
    ),
    WebhookEventType("asset.added", "An asset was added.", (_E.ASSET_ADDED,), _ASSET),
    WebhookEventType(
        "asset.moved",
        "An asset was assigned, stored or retired, or moved to another person or office.",
        (_E.ASSET_MOVED,),
        (*_ASSET, *of.STATUSES, of.CHANGES),
    ),
    WebhookEventType("asset.updated", "Details of an asset were updated.", (_E.ASSET_UPDATED,), (*_ASSET, of.CHANGES)),
    WebhookEventType(
        "employee.joined", "An employee joined or rejoined the company.", (_E.EMPLOYEE_JOINED,), _EMPLOYEE
    ),
    WebhookEventType(
        "employee.moved",
        "The country, department or job title of an employee changed.",
        (_E.EMPLOYEE_MOVED,),
        (*_EMPLOYEE, of.CHANGES),
    ),
    WebhookEventType(
        "employee.updated",
        "Other details of an employee were updated.",
        (_E.EMPLOYEE_UPDATED,),
        (*_EMPLOYEE, of.CHANGES),
    ),
    WebhookEventType("employee.left", "An employee left the company.", (_E.EMPLOYEE_LEFT,), _EMPLOYEE),
    WebhookEventType("vendor_order.placed", "A vendor order was placed.", (_E.VENDOR_ORDER_PLACED,), _VENDOR_ORDER),
    WebhookEventType(
        "vendor_order.failed",
        "A vendor order could not be placed; there are no more attempts.",
        (_E.VENDOR_ORDER_FAILED,),
        _VENDOR_ORDER,
    ),
    WebhookEventType(
        "vendor_order.requeued", "An operator retried a vendor order.", (_E.VENDOR_ORDER_REQUEUED,), _VENDOR_ORDER
    ),
    WebhookEventType(
        "vendor_order.requested",
        "An operator requested a change of a vendor order.",
        (_E.VENDOR_ORDER_REQUESTED,),
        _VENDOR_ORDER,
    ),
    WebhookEventType(
        "vendor_order.updated", "The vendor reported a change of an order.", (_E.VENDOR_ORDER_UPDATED,), _VENDOR_ORDER
    ),
    WebhookEventType(
        "vendor_order.flagged",
        "A vendor order requires the attention of an operator.",
        (_E.VENDOR_ORDER_FLAGGED,),
        _VENDOR_ORDER,
    ),
    WebhookEventType(
        "vendor_order.confirmed", "A vendor order was confirmed.", (_E.VENDOR_ORDER_CONFIRMED,), _VENDOR_ORDER
    ),
    WebhookEventType(
        "vendor_order.cancelled", "A vendor order was cancelled.", (_E.VENDOR_ORDER_CANCELLED,), _VENDOR_ORDER
    ),
    WebhookEventType(
        "vendor_order.alternative_selected",
        "The vendor replaced the ordered device with one of its alternatives.",
        (_E.VENDOR_ALTERNATIVE_SELECTED,),
        _VENDOR_ORDER,
    ),
    WebhookEventType(
        TEST, "A test event, sent by `testWebhookEndpoint` whatever the endpoint subscribes to.", (), (of.MESSAGE,)
    ),
)

BY_NAME = MappingProxyType({it.name: it for it in CATALOGUE})
NAMES = MappingProxyType({event: it.name for it in CATALOGUE for event in it.events})


def known(pattern: str) -> bool:
    """Whether endpoints can subscribe to this: a name, all names of a group (`quote.*`), or everything (`*`)."""
    return any(_matches(pattern, name) for name in BY_NAME)


def matches(patterns: Iterable[str], name: str) -> bool:
    """Whether a name is among what an endpoint subscribes to."""
    return any(_matches(pattern, name) for pattern in patterns)


def scope_of(pattern: str) -> Scope | None:
    """The scope that a key needs to subscribe to a name or group. None for `*`, which means all that the key may read,
    and for test events."""
    if pattern == EVERY:
        return None
    scopes = {READ_SCOPES[event] for event, name in NAMES.items() if _matches(pattern, name)}
    assert len(scopes) <= 1, f"the events of {pattern} need different scopes"
    return next(iter(scopes), None)


def wanted(patterns: Iterable[str], scopes: Collection[str]) -> frozenset[EventType]:
    """The events that are sent to an endpoint: those it subscribes to, and that its scopes may read."""
    subscribed = tuple(patterns)
    return frozenset(
        event for event, name in NAMES.items() if READ_SCOPES[event] in scopes and matches(subscribed, name)
    )


def _matches(pattern: str, name: str) -> bool:
    group, mark, rest = pattern.partition(".")
    return pattern in (EVERY, name) or (rest == EVERY and name.startswith(group + mark))
