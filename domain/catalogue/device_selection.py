"""Devices in an input (of the catalogue, of a kit, or custom), and what they resolve to.

The use case looks up the ids and passes the rows as `CatalogueSelection`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.catalogue.kits import KitAggregate
from domain.catalogue.products import (
    UNSPECIFIED,
    WARRANTIES,
    Configuration,
    Product,
    ProductType,
    Specification,
    parse_specification,
    require_named,
    require_none,
    specification_of,
)
from domain.companies.references import NO_REFERENCES, References
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.ids import parse_id


@dataclass(frozen=True, slots=True)
class CatalogueDevice:
    """A device of the catalogue, by global ids; parts of `specification` override those of the configuration."""

    product_id: str
    configuration_id: str | None = None
    specification: Specification = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class CustomDevice:
    """A device outside the catalogue."""

    product_type: ProductType
    specification: Specification


@dataclass(frozen=True, slots=True)
class KitDevices:
    """The devices of a kit."""

    kit_id: str


NamedDevice = CatalogueDevice | CustomDevice | KitDevices


@dataclass(frozen=True, slots=True)
class CatalogueSelection:
    """The products, configurations and kits that an input refers to, by row id, and the references of its details."""

    products: Mapping[str, Product]
    configurations: Mapping[str, Configuration]
    kits: Mapping[str, KitAggregate] = field(default_factory=dict)
    known: References = NO_REFERENCES


@dataclass(frozen=True, slots=True)
class WantedDevice:
    """A requested device, perhaps one of a kit. `each` is its quantity in one kit, 1 otherwise."""

    product_type: ProductType
    specification: Specification
    product_id: str | None = None
    configuration_id: str | None = None
    each: int = 1
    kit_id: str | None = None


@dataclass(frozen=True, slots=True)
class NamedIds:
    """The valid row ids in an input, without duplicates."""

    products: tuple[str, ...]
    configurations: tuple[str, ...]
    kits: tuple[str, ...]


# Stands in for an invalid device, so that the rest of its line is checked as well.
UNKNOWN_DEVICE = WantedDevice(ProductType.ACCESSORY, UNSPECIFIED)


def named_ids(devices: Iterable[NamedDevice]) -> NamedIds:
    """The ids to look up before `wanted_devices`."""
    given = list(devices)
    selection = [it for it in given if isinstance(it, CatalogueDevice)]
    return NamedIds(
        _ids((it.product_id for it in selection), "Product"),
        _ids((it.configuration_id or "" for it in selection), "Configuration"),
        _ids((it.kit_id for it in given if isinstance(it, KitDevices)), "Kit"),
    )


def wanted_devices(
    device: NamedDevice, selection: CatalogueSelection, problems: Problems, path: Path
) -> tuple[WantedDevice, ...]:
    """The devices that an input device stands for: one, or those of a kit. Problems are added under `path`."""
    if isinstance(device, KitDevices):
        kit = problems.check((*path, "kitId"), _kit, device.kit_id, selection)
        return tuple(_of_kit(kit)) if kit else (UNKNOWN_DEVICE,)
    return (wanted_device(device, selection, problems, path),)


def wanted_device(
    device: CatalogueDevice | CustomDevice, selection: CatalogueSelection, problems: Problems, path: Path
) -> WantedDevice:
    """The device that an input device stands for (docs/domain.md#create-quote). Problems are added under `path`."""
    if isinstance(device, CatalogueDevice):
        return _catalogue_device(device, selection, problems, (*path, "catalogue"))
    where = (*path, "custom", "specification")
    specification = parse_specification(device.specification, problems, where)
    check = require_none if device.product_type in WARRANTIES else require_named
    check(specification, problems, where)
    return WantedDevice(device.product_type, specification)


def _of_kit(kit: KitAggregate) -> Iterable[WantedDevice]:
    for it in kit.devices:
        yield WantedDevice(
            it.product_type, it.specification, it.product_id, it.configuration_id, it.quantity, kit.kit.id
        )


def _catalogue_device(
    device: CatalogueDevice, selection: CatalogueSelection, problems: Problems, path: Path
) -> WantedDevice:
    overrides = parse_specification(device.specification, problems, (*path, "specification"))
    product = problems.check((*path, "productId"), _product, device.product_id, selection)
    if product is None:
        return UNKNOWN_DEVICE
    configuration = None
    if device.configuration_id is not None:
        where = (*path, "configurationId")
        configuration = problems.check(where, _configuration, device.configuration_id, product, selection)
    if product.product_type in WARRANTIES:
        require_none(overrides, problems, (*path, "specification"))
    specification = overrides.over(specification_of(product, configuration))
    return WantedDevice(product.product_type, specification, product.id, configuration.id if configuration else None)


def _product(given: str, selection: CatalogueSelection) -> Product:
    product = selection.products.get(parse_id(given, "Product")[1])
    if product is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The catalogue has no product with this id.")
    if not product.active:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, f"{product.title} is archived and cannot be selected.")
    return product


def _configuration(given: str, product: Product, selection: CatalogueSelection) -> Configuration:
    configuration = selection.configurations.get(parse_id(given, "Configuration")[1])
    if configuration is None or configuration.product_id != product.id:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, f"{product.title} has no configuration with this id.")
    if not configuration.active:
        message = f"This configuration of {product.title} is archived and cannot be selected."
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, message)
    return configuration


def _kit(given: str, selection: CatalogueSelection) -> KitAggregate:
    kit = selection.kits.get(parse_id(given, "Kit")[1])
    if kit is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The company has no kit with this id.")
    if (archived := _archived(kit, selection)) is not None:
        message = f"{archived}, a device of the kit {kit.kit.name}, is archived. Update the kit first."
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, message)
    return kit


def _archived(kit: KitAggregate, selection: CatalogueSelection) -> str | None:
    """The title of a device of the kit that is archived, if there is one."""
    for it in kit.devices:
        product = selection.products.get(it.product_id or "")
        configuration = selection.configurations.get(it.configuration_id or "")
        if (product and not product.active) or (configuration and not configuration.active):
            return it.specification.title
    return None


def _ids(given: Iterable[str], type_name: str) -> tuple[str, ...]:
    ignored = Problems()
    found = (ignored.check((), parse_id, it, type_name) for it in given)
    return tuple(dict.fromkeys(it[1] for it in found if it is not None))
