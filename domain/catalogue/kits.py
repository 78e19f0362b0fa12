"""Kits: sets of devices that a company requests together (docs/domain.md#kits).

A kit in a quote becomes one line for each of its devices: `domain/quotes/drafts.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.catalogue.products import ProductType, Specification
from domain.shared.errors import NodeRef


class Kit(NamedTuple):
    """A named set of devices of one company (docs/domain.md#kits)."""

    id: str
    tenant_id: int
    name: str
    region: str | None
    tags: tuple[str, ...]
    created_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Kit", self.id)


class KitDevice(NamedTuple):
    """A device of a kit with its quantity. The specification is a copy, independent of later changes of the
    catalogue."""

    id: str
    tenant_id: int
    kit_id: str
    position: int
    product_type: ProductType
    product_id: str | None
    configuration_id: str | None
    quantity: int
    brand: str | None
    model: str | None
    os: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    keyboard_layout: str | None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def specification(self) -> Specification:
        return Specification.of(self)

    @property
    def ref(self) -> NodeRef:
        return NodeRef("KitDevice", self.id)


@dataclass(frozen=True, slots=True)
class KitAggregate:
    """A kit with its devices, in order."""

    kit: Kit
    devices: Sequence[KitDevice]
