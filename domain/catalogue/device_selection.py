"""Devices as an input names them (from the catalogue, by a kit, or in the customer's own words), and what they are.

Looking up what an input names is the use case's work; it hands over what it found as `CatalogueSelection`.
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
    """A device chosen from the catalogue, by ids as typed; what `specification` names wins over the configuration."""

    product_id: str
    configuration_id: str | None = None
    specification: Specification = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class CustomDevice:
    """A device the catalogue does not have."""

    product_type: ProductType
    specification: Specification


@dataclass(frozen=True, slots=True)
class KitDevices:
    """The devices of a kit."""

    kit_id: str


NamedDevice = CatalogueDevice | CustomDevice | KitDevices


@dataclass(frozen=True, slots=True)
class CatalogueSelection:
    """The entries of the catalogue, and the company's own kits, that devices name, by id; and what details name."""

    products: Mapping[str, Product]
    configurations: Mapping[str, Configuration]
    kits: Mapping[str, KitAggregate] = field(default_factory=dict)
    known: References = NO_REFERENCES


@dataclass(frozen=True, slots=True)
class WantedDevice:
    """One device that an input stands for. `each` is how many of it there are for one that is asked for."""

    product_type: ProductType
    specification: Specification
    product_id: str | None = None
    configuration_id: str | None = None
    each: int = 1


@dataclass(frozen=True, slots=True)
class NamedIds:
    """The row ids that devices name, each once, as far as they are ids at all."""

    products: tuple[str, ...]
    configurations: tuple[str, ...]
    kits: tuple[str, ...]


# What stands in for a device that could not be made out, so that the rest of its line is looked at as well.
UNKNOWN_DEVICE = WantedDevice(ProductType.ACCESSORY, UNSPECIFIED)


def named_ids(devices: Iterable[NamedDevice]) -> NamedIds:
    """What has to be looked up before `wanted_devices` can answer."""
    given = list(devices)
    chosen = [it for it in given if isinstance(it, CatalogueDevice)]
    return NamedIds(
        _ids((it.product_id for it in chosen), "Product"),
        _ids((it.configuration_id or "" for it in chosen), "Configuration"),
        _ids((it.kit_id for it in given if isinstance(it, KitDevices)), "Kit"),
    )


def wanted_devices(
    device: NamedDevice, chosen: CatalogueSelection, problems: Problems, path: Path
) -> tuple[WantedDevice, ...]:
    """What a named device stands for: one device, or those of a kit. What is wrong is noted under `path`."""
    if isinstance(device, KitDevices):
        kit = problems.check((*path, "kitId"), _kit, device.kit_id, chosen)
        return tuple(_of_kit(kit)) if kit else (UNKNOWN_DEVICE,)
    return (wanted_device(device, chosen, problems, path),)


def wanted_device(
    device: CatalogueDevice | CustomDevice, chosen: CatalogueSelection, problems: Problems, path: Path
) -> WantedDevice:
    """What a single device is (docs/domain.md#create-quote). What is wrong is noted under `path`."""
    if isinstance(device, CatalogueDevice):
        return _catalogue_device(device, chosen, problems, (*path, "catalogue"))
    where = (*path, "custom", "specification")
    specification = parse_specification(device.specification, problems, where)
    check = require_none if device.product_type in WARRANTIES else require_named
    check(specification, problems, where)
    return WantedDevice(device.product_type, specification)


def _of_kit(kit: KitAggregate) -> Iterable[WantedDevice]:
    for it in kit.devices:
        yield WantedDevice(it.product_type, it.specification, it.product_id, it.configuration_id, it.quantity)


def _catalogue_device(
    device: CatalogueDevice, chosen: CatalogueSelection, problems: Problems, path: Path
) -> WantedDevice:
    overrides = parse_specification(device.specification, problems, (*path, "specification"))
    product = problems.check((*path, "productId"), _product, device.product_id, chosen)
    if product is None:
        return UNKNOWN_DEVICE
    configuration = None
    if device.configuration_id is not None:
        where = (*path, "configurationId")
        configuration = problems.check(where, _configuration, device.configuration_id, product, chosen)
    if product.product_type in WARRANTIES:
        require_none(overrides, problems, (*path, "specification"))
    specification = overrides.over(specification_of(product, configuration))
    return WantedDevice(product.product_type, specification, product.id, configuration.id if configuration else None)


def _product(given: str, chosen: CatalogueSelection) -> Product:
    product = chosen.products.get(parse_id(given, "Product")[1])
    if product is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "There is no such product in the catalogue.")
    if not product.active:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, f"{product.title} is archived and can no longer be chosen.")
    return product


def _configuration(given: str, product: Product, chosen: CatalogueSelection) -> Configuration:
    configuration = chosen.configurations.get(parse_id(given, "Configuration")[1])
    if configuration is None or configuration.product_id != product.id:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, f"{product.title} has no such configuration.")
    if not configuration.active:
        message = f"This configuration of {product.title} is archived and can no longer be chosen."
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, message)
    return configuration


def _kit(given: str, chosen: CatalogueSelection) -> KitAggregate:
    kit = chosen.kits.get(parse_id(given, "Kit")[1])
    if kit is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The company has no such kit.")
    if (archived := _archived(kit, chosen)) is not None:
        message = f"{archived}, a device of the kit {kit.kit.name}, is archived; change the kit first."
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, message)
    return kit


def _archived(kit: KitAggregate, chosen: CatalogueSelection) -> str | None:
    """A device of a kit that can no longer be chosen, if there is one."""
    for it in kit.devices:
        product = chosen.products.get(it.product_id or "")
        configuration = chosen.configurations.get(it.configuration_id or "")
        if (product and not product.active) or (configuration and not configuration.active):
            return it.specification.title
    return None


def _ids(given: Iterable[str], type_name: str) -> tuple[str, ...]:
    ignored = Problems()
    found = (ignored.check((), parse_id, it, type_name) for it in given)
    return tuple(dict.fromkeys(it[1] for it in found if it is not None))
