"""Events of the catalogue. They belong to no company, so they are stored per product and are not part of companies'
event streams."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import CatalogueSnapshot
from domain.history.field_changes import field_changes
from domain.shared.access import Actor, ActorType
from domain.shared.errors import NodeRef
from domain.shared.events import FieldChange


class CatalogueEventType(StrEnum):
    """The type of a catalogue event."""

    PRODUCT_CREATED = "PRODUCT_CREATED"
    PRODUCT_UPDATED = "PRODUCT_UPDATED"
    PRODUCT_ARCHIVED = "PRODUCT_ARCHIVED"
    PRODUCT_UNARCHIVED = "PRODUCT_UNARCHIVED"
    CONFIGURATION_ADDED = "CONFIGURATION_ADDED"
    CONFIGURATION_UPDATED = "CONFIGURATION_UPDATED"
    CONFIGURATION_ARCHIVED = "CONFIGURATION_ARCHIVED"
    CONFIGURATION_UNARCHIVED = "CONFIGURATION_UNARCHIVED"


class CatalogueEvent(NamedTuple):
    """An event of a product or of one of its configurations."""

    id: str
    product_id: str
    type: CatalogueEventType
    node_type: str
    node_id: str
    actor_kind: ActorType
    actor_id: str
    actor_name: str
    occurred_at: datetime
    field_changes: tuple[FieldChange, ...] = ()

    @property
    def node(self) -> NodeRef:
        return NodeRef(self.node_type, self.node_id)

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_kind), self.actor_id, self.actor_name)


def events_of(
    snapshot: CatalogueSnapshot, actor: Actor, at: datetime, new_id: Callable[[], str]
) -> list[CatalogueEvent]:
    """The events for the changes of a snapshot."""
    return [
        *(_event(before, now, now.id, "PRODUCT", actor, at, new_id) for before, now in snapshot.changed_products()),
        *(
            _event(before, now, now.product_id, "CONFIGURATION", actor, at, new_id)
            for before, now in snapshot.changed_configurations()
        ),
    ]


def _event(
    before: Product | Configuration | None,
    now: Product | Configuration,
    product_id: str,
    what: str,
    actor: Actor,
    at: datetime,
    new_id: Callable[[], str],
) -> CatalogueEvent:
    if before is None:
        done = "CREATED" if what == "PRODUCT" else "ADDED"
    elif before.active != now.active:
        done = "UNARCHIVED" if now.active else "ARCHIVED"
    else:
        done = "UPDATED"
    changes = field_changes([] if before is None else [before], [now])
    kind = CatalogueEventType(f"{what}_{done}")
    return CatalogueEvent(new_id(), product_id, kind, now.ref.type, now.id, *actor, at, changes)
