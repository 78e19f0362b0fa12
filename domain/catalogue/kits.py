"""Kits: sets of devices that a company asks for together (docs/domain.md#kits).

A quoted kit becomes one line per device: `domain/quotes/drafts.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.catalogue.products import ProductType, Specification
from domain.shared.errors import NodeRef


class Kit(NamedTuple):
    """A named set of devices. It belongs to one company (docs/domain.md#kits)."""

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
    """One device of a kit, and how many of it one kit has: a snapshot, so that the catalogue may change."""

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
