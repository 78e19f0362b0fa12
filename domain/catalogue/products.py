"""The catalogue: products, their configurations, and the specification of a device."""

import re
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from domain.shared.errors import ErrorCode, NodeRef, Path, Problems
from domain.shared.parsers import NAME_LENGTH, fold, optional_text


class ProductType(StrEnum):
    """The kind of a device (docs/domain.md#product-types)."""

    LAPTOP = "LAPTOP"
    MONITOR = "MONITOR"
    MOUSE = "MOUSE"
    KEYBOARD = "KEYBOARD"
    HEADPHONES = "HEADPHONES"
    WEBCAM = "WEBCAM"
    ACCESSORY = "ACCESSORY"
    WARRANTY_MAC = "WARRANTY_MAC"
    WARRANTY_WINDOWS = "WARRANTY_WINDOWS"
    OTHER = "OTHER"
    SERVICE = "SERVICE"


# Extended warranties are sold like devices but have no specification (docs/domain.md#warranties).
WARRANTIES = frozenset({ProductType.WARRANTY_MAC, ProductType.WARRANTY_WINDOWS})
WARRANTY_TITLES = {
    ProductType.WARRANTY_MAC: "Extended warranty for a Mac",
    ProductType.WARRANTY_WINDOWS: "Extended warranty for a Windows laptop",
}
# Nothing of these is delivered as a device (docs/domain.md#product-types).
NOT_DEVICES = WARRANTIES | {ProductType.SERVICE}
# No vendor is asked for these (docs/domain.md#orders-of-a-line).
NOT_ORDERED = frozenset({ProductType.OTHER, ProductType.SERVICE})


class Specification(NamedTuple):
    """The properties of a device, copied to the line, so that the catalogue may change
    (docs/domain.md#specification)."""

    brand: str | None = None
    model: str | None = None
    os: str | None = None
    cpu: str | None = None
    ram: str | None = None
    storage: str | None = None
    screen_size: str | None = None
    keyboard_layout: str | None = None

    @classmethod
    def of(cls, row: object) -> "Specification":
        """The specification of a row that has its parts as columns: an item, an alternative, a device of a kit."""
        return cls._make(_parts(row))

    def over(self, base: "Specification") -> "Specification":
        """This specification with the missing parts taken from `base` (docs/domain.md#catalogue-choice)."""
        return Specification(*(mine if mine is not None else theirs for mine, theirs in zip(self, base, strict=True)))

    @property
    def title(self) -> str:
        """The display name of the device."""
        return " ".join(part for part in (self.brand, self.model) if part) or "Device"


_parts = attrgetter(*Specification._fields)
UNSPECIFIED = Specification()


class CatalogueStatus(StrEnum):
    """Whether an entry of the catalogue can be chosen."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


class Product(NamedTuple):
    """A device model that can be requested. The catalogue is the same for every company. An archived product is not
    `active`."""

    id: str
    product_type: ProductType
    brand: str
    model: str
    active: bool
    sku: str | None = None
    image_url: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Product", self.id)

    @property
    def status(self) -> CatalogueStatus:
        return CatalogueStatus.ACTIVE if self.active else CatalogueStatus.ARCHIVED

    @property
    def title(self) -> str:
        return f"{self.brand} {self.model}"


class Configuration(NamedTuple):
    """A variant of a product, with its processor, memory, storage and so on."""

    id: str
    product_id: str
    position: int
    active: bool
    os: str | None
    cpu: str | None
    ram: str | None
    storage: str | None
    screen_size: str | None
    resolution: str | None
    connection_type: str | None
    sku: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Configuration", self.id)

    @property
    def status(self) -> CatalogueStatus:
        return CatalogueStatus.ACTIVE if self.active else CatalogueStatus.ARCHIVED


class KnownValue(NamedTuple):
    """A value that occurs in the catalogue: `name` is an attribute of a product or one of `PARTS`."""

    name: str
    value: str


_SPACES_AND_INCHES = re.compile("[\\s\"'\u2018-\u201f\u2032\u2033]")
# The parts of a configuration that products can be searched by (docs/domain.md#product-filters).
PARTS = ("cpu", "ram", "storage", "screen_size", "resolution", "connection_type")


def part_form(value: str) -> str:
    """The form in which values of parts are compared: without regard to case, spaces and inch signs."""
    return fold(_SPACES_AND_INCHES.sub("", value))


def specification_of(product: Product, configuration: Configuration | None) -> Specification:
    """The specification of a catalogue device (docs/domain.md#catalogue-choice). A warranty has none."""
    if product.product_type in WARRANTIES:
        return UNSPECIFIED
    base = Specification(brand=product.brand, model=product.model)
    if configuration is None:
        return base
    parts = {name: getattr(configuration, name) for name in ("os", "cpu", "ram", "storage", "screen_size")}
    return base._replace(**parts)


def parse_specification(raw: Specification, problems: Problems, path: Path) -> Specification:
    """The specification as entered, trimmed; problems are added under `path`."""
    names = ("brand", "model", "os", "cpu", "ram", "storage", "screenSize", "keyboardLayout")
    return Specification(
        *(
            problems.check((*path, name), optional_text, value, NAME_LENGTH)
            for name, value in zip(names, raw, strict=True)
        )
    )


def require_none(specification: Specification, problems: Problems, path: Path) -> None:
    """Check that the specification of a warranty is empty; the vendor refuses any part of it
    (docs/domain.md#warranties)."""
    names = ("brand", "model", "os", "cpu", "ram", "storage", "screenSize", "keyboardLayout")
    for name, value in zip(names, specification, strict=True):
        if value is not None:
            problems.add((*path, name), ErrorCode.NOT_ALLOWED, "A warranty has no specification. Leave this out.")


def require_named(specification: Specification, problems: Problems, path: Path) -> None:
    """Check that a device outside the catalogue has a brand or a model (docs/domain.md#custom-devices)."""
    if specification.brand is None and specification.model is None:
        problems.add((*path, "model"), ErrorCode.REQUIRED, "Send the brand or the model of the device.")


# Plural names of the product types.
DEVICES: dict[ProductType, str] = {
    ProductType.LAPTOP: "laptops",
    ProductType.MONITOR: "monitors",
    ProductType.MOUSE: "mice",
    ProductType.KEYBOARD: "keyboards",
    ProductType.HEADPHONES: "headphones",
    ProductType.WEBCAM: "webcams",
    ProductType.ACCESSORY: "accessories",
    ProductType.WARRANTY_MAC: "warranties for Macs",
    ProductType.WARRANTY_WINDOWS: "warranties for Windows laptops",
    ProductType.OTHER: "other goods",
    ProductType.SERVICE: "services",
}
