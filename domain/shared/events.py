"""Events: the record of every action. Histories, subscriptions and webhooks read them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from domain.shared.access import Actor, ActorType, Scope
from domain.shared.errors import NodeRef
from domain.shared.ids import global_id


class EventType(StrEnum):
    """The type of an event (docs/domain.md#events). CURRENT_STATE is sent to a new subscriber and never stored."""

    CURRENT_STATE = "CURRENT_STATE"
    QUOTE_CREATED = "QUOTE_CREATED"
    QUOTE_ITEM_PRICED = "QUOTE_ITEM_PRICED"
    QUOTE_PENDING = "QUOTE_PENDING"
    QUOTE_ALTERNATIVE_PROPOSED = "QUOTE_ALTERNATIVE_PROPOSED"
    QUOTE_ALTERNATIVE_PRICED = "QUOTE_ALTERNATIVE_PRICED"
    QUOTE_ITEM_ACCEPTED = "QUOTE_ITEM_ACCEPTED"
    QUOTE_ITEM_REJECTED = "QUOTE_ITEM_REJECTED"
    QUOTE_ALTERNATIVE_ACCEPTED = "QUOTE_ALTERNATIVE_ACCEPTED"
    QUOTE_ALTERNATIVE_REJECTED = "QUOTE_ALTERNATIVE_REJECTED"
    QUOTE_APPROVED = "QUOTE_APPROVED"
    QUOTE_REJECTED = "QUOTE_REJECTED"
    QUOTE_UPDATED = "QUOTE_UPDATED"
    QUOTE_ITEMS_ADDED = "QUOTE_ITEMS_ADDED"
    QUOTE_ITEM_UPDATED = "QUOTE_ITEM_UPDATED"
    QUOTE_ITEM_REMOVED = "QUOTE_ITEM_REMOVED"
    QUOTE_DECLINED = "QUOTE_DECLINED"
    QUOTE_EXPIRED = "QUOTE_EXPIRED"
    QUOTE_CANCELLED = "QUOTE_CANCELLED"
    QUOTE_VOIDED = "QUOTE_VOIDED"
    QUOTE_DELETED = "QUOTE_DELETED"
    QUOTE_TRACKING_ADDED = "QUOTE_TRACKING_ADDED"
    QUOTE_RECIPIENT_SHIPPED = "QUOTE_RECIPIENT_SHIPPED"
    QUOTE_RECIPIENT_DELIVERED = "QUOTE_RECIPIENT_DELIVERED"
    QUOTE_RECIPIENT_UPDATED = "QUOTE_RECIPIENT_UPDATED"
    QUOTE_DELIVERED = "QUOTE_DELIVERED"
    QUOTE_COMPLETED = "QUOTE_COMPLETED"
    QUOTE_SENT = "QUOTE_SENT"
    QUOTE_VIEWED = "QUOTE_VIEWED"
    QUOTE_SIGNED = "QUOTE_SIGNED"
    QUOTE_DOCUMENT_HANDED_IN = "QUOTE_DOCUMENT_HANDED_IN"
    QUOTE_SIGNING_CHANGED = "QUOTE_SIGNING_CHANGED"
    QUOTE_PUBLIC_KEY_CHANGED = "QUOTE_PUBLIC_KEY_CHANGED"
    QUOTE_PROJECT_APPROVAL_REQUESTED = "QUOTE_PROJECT_APPROVAL_REQUESTED"
    QUOTE_PROJECT_APPROVED = "QUOTE_PROJECT_APPROVED"
    QUOTE_CHANGE_REQUESTED = "QUOTE_CHANGE_REQUESTED"
    QUOTE_CHANGE_CONFIRMED = "QUOTE_CHANGE_CONFIRMED"
    QUOTE_CHANGE_REFUSED = "QUOTE_CHANGE_REFUSED"
    VENDOR_ORDER_PLACED = "VENDOR_ORDER_PLACED"
    VENDOR_ORDER_FAILED = "VENDOR_ORDER_FAILED"
    VENDOR_ORDER_REQUEUED = "VENDOR_ORDER_REQUEUED"
    KIT_CREATED = "KIT_CREATED"
    KIT_UPDATED = "KIT_UPDATED"
    KIT_DELETED = "KIT_DELETED"
    ASSET_ADDED = "ASSET_ADDED"
    ASSET_MOVED = "ASSET_MOVED"
    ASSET_UPDATED = "ASSET_UPDATED"
    DEVICE_ACTION_CREATED = "DEVICE_ACTION_CREATED"
    DEVICE_ACTION_ADVANCED = "DEVICE_ACTION_ADVANCED"
    DEVICE_ACTION_COMPLETED = "DEVICE_ACTION_COMPLETED"
    DEVICE_ACTION_CANCELLED = "DEVICE_ACTION_CANCELLED"
    DEVICE_ACTION_WIPED = "DEVICE_ACTION_WIPED"
    DEVICE_ACTION_TRACKING_ADDED = "DEVICE_ACTION_TRACKING_ADDED"
    DEVICE_ACTION_COMMENTED = "DEVICE_ACTION_COMMENTED"
    MOVEMENT_UPDATED = "MOVEMENT_UPDATED"
    MOVEMENT_FAILED = "MOVEMENT_FAILED"
    VENDOR_ORDER_REQUESTED = "VENDOR_ORDER_REQUESTED"
    VENDOR_ORDER_UPDATED = "VENDOR_ORDER_UPDATED"
    VENDOR_ORDER_FLAGGED = "VENDOR_ORDER_FLAGGED"
    VENDOR_ORDER_CONFIRMED = "VENDOR_ORDER_CONFIRMED"
    VENDOR_ORDER_CANCELLED = "VENDOR_ORDER_CANCELLED"
    VENDOR_ALTERNATIVE_SELECTED = "VENDOR_ALTERNATIVE_SELECTED"
    CUSTOMER_CREATED = "CUSTOMER_CREATED"
    CUSTOMER_UPDATED = "CUSTOMER_UPDATED"
    COMPANY_UPDATED = "COMPANY_UPDATED"
    CUSTOM_FIELD_CREATED = "CUSTOM_FIELD_CREATED"
    CUSTOM_FIELD_UPDATED = "CUSTOM_FIELD_UPDATED"
    CUSTOM_FIELD_DELETED = "CUSTOM_FIELD_DELETED"
    EMPLOYEE_JOINED = "EMPLOYEE_JOINED"
    EMPLOYEE_MOVED = "EMPLOYEE_MOVED"
    EMPLOYEE_UPDATED = "EMPLOYEE_UPDATED"
    EMPLOYEE_LEFT = "EMPLOYEE_LEFT"
    QUOTE_PRICED = "QUOTE_PRICED"
    QUOTE_PRICES_REQUESTED = "QUOTE_PRICES_REQUESTED"
    QUOTE_PRICE_OPTIONS_SET = "QUOTE_PRICE_OPTIONS_SET"
    QUOTE_PRICE_OPTION_SELECTED = "QUOTE_PRICE_OPTION_SELECTED"
    WEBHOOK_ENDPOINT_CREATED = "WEBHOOK_ENDPOINT_CREATED"
    WEBHOOK_ENDPOINT_UPDATED = "WEBHOOK_ENDPOINT_UPDATED"
    WEBHOOK_ENDPOINT_DISABLED = "WEBHOOK_ENDPOINT_DISABLED"
    WEBHOOK_ENDPOINT_DELETED = "WEBHOOK_ENDPOINT_DELETED"
    WEBHOOK_ENDPOINT_SECRET_ROTATED = "WEBHOOK_ENDPOINT_SECRET_ROTATED"  # noqa: S105 (no secret)
    MEMBER_INVITED = "MEMBER_INVITED"
    MEMBER_JOINED = "MEMBER_JOINED"
    MEMBER_UPDATED = "MEMBER_UPDATED"
    MEMBER_REMOVED = "MEMBER_REMOVED"
    API_KEY_CREATED = "API_KEY_CREATED"
    API_KEY_UPDATED = "API_KEY_UPDATED"
    API_KEY_ROTATED = "API_KEY_ROTATED"
    API_KEY_REVOKED = "API_KEY_REVOKED"
    ACCESS_TOKEN_CREATED = "ACCESS_TOKEN_CREATED"  # noqa: S105 (no secret)
    ACCESS_TOKEN_REVOKED = "ACCESS_TOKEN_REVOKED"  # noqa: S105 (no secret)
    CONNECTION_CREATED = "CONNECTION_CREATED"
    CONNECTION_UPDATED = "CONNECTION_UPDATED"
    CONNECTION_PROGRESSED = "CONNECTION_PROGRESSED"
    CONNECTION_SYNCED = "CONNECTION_SYNCED"
    CONNECTION_FAILED = "CONNECTION_FAILED"
    CONNECTION_DISCONNECTED = "CONNECTION_DISCONNECTED"


# The scope that a key needs to receive events of a type; other keys' streams omit them.
READ_SCOPES: dict[EventType, Scope] = {
    **dict.fromkeys(EventType, Scope.QUOTES_READ),
    EventType.KIT_CREATED: Scope.KITS_READ,
    EventType.KIT_UPDATED: Scope.KITS_READ,
    EventType.KIT_DELETED: Scope.KITS_READ,
    EventType.ASSET_ADDED: Scope.ASSETS_READ,
    EventType.ASSET_MOVED: Scope.ASSETS_READ,
    EventType.ASSET_UPDATED: Scope.ASSETS_READ,
    EventType.CUSTOMER_CREATED: Scope.CUSTOMERS_READ,
    EventType.CUSTOMER_UPDATED: Scope.CUSTOMERS_READ,
    EventType.COMPANY_UPDATED: Scope.QUOTES_MANAGE,
    **{it: Scope.EMPLOYEES_READ for it in EventType if it.startswith("EMPLOYEE_")},
    **{it: Scope.WEBHOOKS_MANAGE for it in EventType if it.startswith("WEBHOOK_")},
    **{it: Scope.CONNECTIONS_MANAGE for it in EventType if it.startswith("CONNECTION_")},
    **{it: Scope.MEMBERS_MANAGE for it in EventType if it.startswith("MEMBER_")},
    **{it: Scope.KEYS_MANAGE for it in EventType if it.startswith(("API_KEY_", "ACCESS_TOKEN_"))},
    **{it: Scope.DEVICE_ACTIONS_READ for it in EventType if it.startswith(("DEVICE_ACTION_", "MOVEMENT_"))},
}


class StatusField(StrEnum):
    """Which status of a node changed: its overall status, or one of a quote's three statuses."""

    STATUS = "STATUS"
    OFFER_STATUS = "OFFER_STATUS"
    DECISION_STATUS = "DECISION_STATUS"
    FULFILMENT_STATUS = "FULFILMENT_STATUS"


class StatusChange(NamedTuple):
    """A change of one status of a node."""

    node: NodeRef
    from_status: str
    to_status: str
    field: StatusField = StatusField.STATUS

    @property
    def node_id(self) -> str:
        """The global id of the node, also after it was deleted."""
        return global_id(self.node.type, self.node.id)

    @property
    def node_type(self) -> str:
        return self.node.type


class HasStatus(Protocol):
    """A node with one status."""

    @property
    def ref(self) -> NodeRef: ...
    @property
    def status(self) -> str: ...


def status_change(before: HasStatus, after: HasStatus) -> tuple[StatusChange, ...]:
    """The change of the one status of a node; none where it is the same."""
    return () if before.status == after.status else (StatusChange(before.ref, before.status, after.status),)


class FieldChange(NamedTuple):
    """A change of one field of a node. `field` is its name in the graph; values are text, None where empty. `label`
    is the name of the node at that time."""

    node: NodeRef
    field: str
    before: str | None
    after: str | None
    label: str | None = None

    @property
    def node_id(self) -> str:
        """The global id of the node, also after it was deleted."""
        return global_id(self.node.type, self.node.id)

    @property
    def node_type(self) -> str:
        return self.node.type


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to record. `facts` is what its reactions need to know and is not stored with it; `cause` is the event
    that this one follows from, recorded before it in the same unit of work. `subject` is the part of the node that the
    event is about, such as a vendor order of a quote; None for the node as a whole."""

    type: EventType
    tenant_id: int
    node: NodeRef
    actor: Actor
    occurred_at: datetime
    changes: tuple[StatusChange, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    field_changes: tuple[FieldChange, ...] = ()
    cause: "NewEvent | None" = field(default=None, compare=False)
    subject: NodeRef | None = None


class Event(NamedTuple):
    """A recorded event. `number` counts the events of a tenant without gaps, in commit order."""

    id: str
    number: int
    type: EventType
    tenant_id: int
    node_type: str
    node_id: str
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    occurred_at: datetime
    changes: tuple[StatusChange, ...]
    field_changes: tuple[FieldChange, ...] = ()
    cause_id: str | None = None
    subject_id: str | None = None

    @property
    def node_key(self) -> str:
        """The global id of the node, also after it was deleted."""
        return global_id(self.node_type, self.node_id)

    @property
    def node(self) -> NodeRef:
        return NodeRef(self.node_type, self.node_id)

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)
