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


_DECIDED = (*of.QUOTE, of.ITEM_ID, of.ALTERNATIVE_ID, of.DECISION, of.PRICE, of.PRICE_CURRENCY)
_ASSET = (of.ASSET_ID, of.SERIAL_NUMBER)
_CHANGE = (*of.QUOTE, of.CHANGE_ID, of.CHANGE_TYPE)
_CONNECTION = (of.CONNECTION_ID, of.SYSTEM, of.NAME._replace(example="quipteams of Austral"))
_EMPLOYEE = (of.EMPLOYEE_ID, of.HRIS_ID, of.EMAIL)
_ACTION = (*of.ACTION, of.ACTION_TYPE, of.SERIAL_NUMBER)
_MEMBER = (of.MEMBER_ID, of.EMAIL, of.ROLE)
_KEY = (of.API_KEY_ID, of.NAME, of.PREFIX)
_TOKEN = (of.ACCESS_TOKEN_ID, of.API_KEY_ID, of.NAME._replace(example="Leo Kim"), of.EMAIL)
_INVITED, _REVOKED = of.STATUS._replace(example="INVITED"), of.STATUS._replace(example="REVOKED")
_ACTIVE, _IN_USE = of.STATUS._replace(example="ACTIVE"), of.STATUS._replace(example="IN_USE")


def _quote(*statuses: str) -> tuple[DataField, ...]:
    return (*of.QUOTE, *of.quote_statuses(*statuses))


def _vendor_order(
    old: str | None, new: str, attention: str | None = None, problem: str | None = None, asked: str | None = None
) -> tuple[DataField, ...]:
    return (
        *(of.VENDOR_ORDER_ID, *of.QUOTE, of.ITEM_ID, of.STATUS._replace(example=new)),
        *of.moved(old, new if old else None),
        *(of.ATTENTION._replace(example=attention), of.PROBLEM._replace(example=problem)),
        of.REQUESTED_ACTION._replace(example=asked),
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
        "quote.approved",
        "All items are decided and at least one is accepted.",
        (_E.QUOTE_APPROVED,),
        _quote("VIEWED", "APPROVED", "NONE", "PENDING APPROVED"),
    ),
    WebhookEventType(
        "quote.rejected",
        "All items are rejected.",
        (_E.QUOTE_REJECTED,),
        _quote("VIEWED", "REJECTED", "NONE", "PENDING REJECTED"),
    ),
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
    WebhookEventType(
        "quote.sent", "A quote was sent to the customer, or sent again.", (_E.QUOTE_SENT,), _quote("SENT", "PENDING")
    ),
    WebhookEventType(
        "quote.viewed",
        "The customer opened a quote for the first time.",
        (_E.QUOTE_VIEWED,),
        _quote("VIEWED", "PENDING"),
    ),
    WebhookEventType("quote.signed", "A customer signed a quote.", (_E.QUOTE_SIGNED,), _quote("VIEWED", "PENDING")),
    WebhookEventType(
        "quote.declined",
        "A quote was declined as a whole.",
        (_E.QUOTE_DECLINED,),
        _quote("VIEWED", "DECLINED", "NONE", "PENDING REJECTED"),
    ),
    WebhookEventType(
        "quote.expired",
        "A quote expired before it was decided.",
        (_E.QUOTE_EXPIRED,),
        _quote("EXPIRED", "PENDING", "NONE", "PENDING CANCELLED"),
    ),
    WebhookEventType(
        "quote.cancelled",
        "The company cancelled a quote.",
        (_E.QUOTE_CANCELLED,),
        _quote("CANCELLED", "PENDING", "NONE", "PENDING CANCELLED"),
    ),
    WebhookEventType(
        "quote.voided",
        "An operator voided a quote, or a connected system did not create it.",
        (_E.QUOTE_VOIDED,),
        _quote("VOIDED", "PENDING", "NONE", "PENDING CANCELLED"),
    ),
    WebhookEventType(
        "quote.deleted",
        "A quote was deleted.",
        (_E.QUOTE_DELETED,),
        _quote("DELETED", "PENDING", "NONE", "PENDING CANCELLED"),
    ),
    WebhookEventType(
        "quote.tracking_added",
        "The tracking of a recipient's devices was set or changed.",
        (_E.QUOTE_TRACKING_ADDED,),
        (*of.QUOTE, of.ITEM_ID, of.RECIPIENT_ID, *of.TRACKING),
    ),
    WebhookEventType(
        "quote.delivered",
        "All accepted items are delivered.",
        (_E.QUOTE_DELIVERED,),
        _quote("VIEWED", "APPROVED", "DELIVERED", "IN_PROGRESS DELIVERED"),
    ),
    WebhookEventType(
        "quote.completed",
        "A quote was completed.",
        (_E.QUOTE_COMPLETED,),
        _quote("VIEWED", "APPROVED", "COMPLETED", "DELIVERED COMPLETED"),
    ),
    WebhookEventType(
        "quote.change_confirmed",
        "A change that was asked of a connected system is in effect there. What it changed of the quote is told by the "
        "other events.",
        (_E.QUOTE_CHANGE_CONFIRMED,),
        _CHANGE,
    ),
    WebhookEventType(
        "quote.change_refused",
        "A change that was asked of a connected system is not in effect there: the system refused it, something else "
        "was decided there, or it could not be sent.",
        (_E.QUOTE_CHANGE_REFUSED,),
        (*_CHANGE, of.REASON),
    ),
    WebhookEventType(
        "logistics.created",
        "A device action was created.",
        (_E.DEVICE_ACTION_CREATED,),
        (*_ACTION, of.STATUS),
    ),
    WebhookEventType(
        "logistics.status_changed",
        "A device action advanced to its next status, or was cancelled.",
        (_E.DEVICE_ACTION_ADVANCED, _E.DEVICE_ACTION_CANCELLED),
        (*_ACTION, *of.moved("PENDING", "IN_PROGRESS")),
    ),
    WebhookEventType(
        "logistics.tracking_added",
        "The tracking of a device action was set or changed.",
        (_E.DEVICE_ACTION_TRACKING_ADDED,),
        (*_ACTION, *of.TRACKING),
    ),
    WebhookEventType(
        "logistics.completed",
        "A device action was completed.",
        (_E.DEVICE_ACTION_COMPLETED,),
        (*_ACTION, *of.moved("IN_TRANSIT", "COMPLETED")),
    ),
    WebhookEventType("asset.added", "An asset was added.", (_E.ASSET_ADDED,), (*_ASSET, _IN_USE)),
    WebhookEventType(
        "asset.moved",
        "An asset was assigned, stored or retired, or moved to another person or office.",
        (_E.ASSET_MOVED,),
        (*_ASSET, _IN_USE, *of.moved("IN_STORAGE", "IN_USE"), of.changed("employee_name", None, "Leo Kim")),
    ),
    WebhookEventType(
        "asset.updated",
        "Details of an asset were updated.",
        (_E.ASSET_UPDATED,),
        (*_ASSET, _IN_USE, of.changed("serial_number", "C02ZW0XJMD6", "C02ZW0XJMD6T")),
    ),
    WebhookEventType(
        "employee.joined", "An employee joined or rejoined the company.", (_E.EMPLOYEE_JOINED,), (*_EMPLOYEE, _ACTIVE)
    ),
    WebhookEventType(
        "employee.moved",
        "The country, department or job title of an employee changed.",
        (_E.EMPLOYEE_MOVED,),
        (*_EMPLOYEE, _ACTIVE, of.CHANGES),
    ),
    WebhookEventType(
        "employee.updated",
        "Other details of an employee were updated.",
        (_E.EMPLOYEE_UPDATED,),
        (*_EMPLOYEE, _ACTIVE, of.changed("hire_date", "2026-05-01", "2026-05-18")),
    ),
    WebhookEventType(
        "employee.left",
        "An employee left the company.",
        (_E.EMPLOYEE_LEFT,),
        (*_EMPLOYEE, of.STATUS._replace(example="INACTIVE")),
    ),
    WebhookEventType(
        "member.invited",
        "A person was invited to be a member of the company, or invited again.",
        (_E.MEMBER_INVITED,),
        (*_MEMBER, _INVITED),
    ),
    WebhookEventType(
        "member.joined",
        "A member signed in for the first time.",
        (_E.MEMBER_JOINED,),
        (*_MEMBER, _ACTIVE, *of.moved("INVITED", "ACTIVE")),
    ),
    WebhookEventType(
        "member.updated",
        "The role or the name of a member changed.",
        (_E.MEMBER_UPDATED,),
        (*_MEMBER, _ACTIVE, of.changed("role", "VIEWER", "REQUESTER")),
    ),
    WebhookEventType(
        "member.removed",
        "A member was removed, or an invitation withdrawn.",
        (_E.MEMBER_REMOVED,),
        (*_MEMBER, of.STATUS._replace(example="REMOVED"), *of.moved("ACTIVE", "REMOVED")),
    ),
    WebhookEventType("api_key.created", "An API key was created.", (_E.API_KEY_CREATED,), (*_KEY, _ACTIVE)),
    WebhookEventType(
        "api_key.updated",
        "The name, the scopes or another detail of an API key changed.",
        (_E.API_KEY_UPDATED,),
        (*_KEY, _ACTIVE, of.changed("name", "Shop", "ERP")),
    ),
    WebhookEventType("api_key.rotated", "An API key got a new secret.", (_E.API_KEY_ROTATED,), (*_KEY, _ACTIVE)),
    WebhookEventType(
        "api_key.revoked",
        "An API key was revoked.",
        (_E.API_KEY_REVOKED,),
        (*_KEY, _REVOKED, *of.moved("ACTIVE", "REVOKED")),
    ),
    WebhookEventType(
        "access_token.created",
        "An access token was made for a person.",
        (_E.ACCESS_TOKEN_CREATED,),
        (*_TOKEN, _ACTIVE),
    ),
    WebhookEventType(
        "access_token.revoked",
        "An access token was revoked.",
        (_E.ACCESS_TOKEN_REVOKED,),
        (*_TOKEN, _REVOKED, *of.moved("ACTIVE", "REVOKED")),
    ),
    WebhookEventType(
        "vendor_order.placed",
        "A vendor order was placed.",
        (_E.VENDOR_ORDER_PLACED,),
        _vendor_order("QUEUED", "PENDING"),
    ),
    WebhookEventType(
        "vendor_order.failed",
        "A vendor order could not be placed; there are no more attempts.",
        (_E.VENDOR_ORDER_FAILED,),
        _vendor_order("QUEUED", "FAILED", problem="Refused: Tecspal POST /orders/quote: 400 Unknown country"),
    ),
    WebhookEventType(
        "vendor_order.requeued",
        "An operator retried a vendor order.",
        (_E.VENDOR_ORDER_REQUEUED,),
        _vendor_order("FAILED", "QUEUED"),
    ),
    WebhookEventType(
        "vendor_order.requested",
        "An operator requested a change of a vendor order.",
        (_E.VENDOR_ORDER_REQUESTED,),
        _vendor_order(None, "QUOTED", asked="CONFIRM"),
    ),
    WebhookEventType(
        "vendor_order.updated",
        "The vendor reported a change of an order, or an order could not be placed yet and is tried again (`problem`).",
        (_E.VENDOR_ORDER_UPDATED,),
        _vendor_order("PENDING", "QUOTED"),
    ),
    WebhookEventType(
        "vendor_order.flagged",
        "A vendor order requires the attention of an operator.",
        (_E.VENDOR_ORDER_FLAGGED,),
        _vendor_order(
            None, "QUOTED", "PRICE_ABOVE_AGREED", "The vendor quotes more than USD 1,450.00 a device, which was agreed."
        ),
    ),
    WebhookEventType(
        "vendor_order.confirmed",
        "A vendor order was confirmed.",
        (_E.VENDOR_ORDER_CONFIRMED,),
        _vendor_order("QUOTED", "ACCEPTED"),
    ),
    WebhookEventType(
        "vendor_order.cancelled",
        "A vendor order was cancelled.",
        (_E.VENDOR_ORDER_CANCELLED,),
        _vendor_order("QUOTED", "CANCELLED"),
    ),
    WebhookEventType(
        "vendor_order.alternative_selected",
        "The vendor replaced the ordered device with one of its alternatives.",
        (_E.VENDOR_ALTERNATIVE_SELECTED,),
        (*_vendor_order(None, "QUOTED"), of.changed("selected_candidate.model", "Latitude 5440", "Latitude 5450")),
    ),
    WebhookEventType(
        "connection.synced",
        "A connected system was read to the end, and something was new or had changed, or it had failed before.",
        (_E.CONNECTION_SYNCED,),
        (*_CONNECTION, _ACTIVE),
    ),
    WebhookEventType(
        "connection.failed",
        "A connected system fails; it is tried again. Sent for the first of several failures.",
        (_E.CONNECTION_FAILED,),
        (*_CONNECTION, of.STATUS._replace(example="FAILING"), of.ERROR),
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
