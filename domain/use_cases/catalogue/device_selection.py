"""Looks up the products, configurations and kits that the devices of an input name."""

from collections.abc import Iterable

from domain.catalogue.device_selection import CatalogueSelection, NamedDevice, named_ids
from domain.companies.references import NO_REFERENCES, References
from domain.ports.unit_of_work import UnitOfWork


async def look_up(
    work: UnitOfWork, tenant_id: int, devices: Iterable[NamedDevice], known: References = NO_REFERENCES
) -> CatalogueSelection:
    """The products, configurations and kits of the tenant that devices name, with the contents of those kits."""
    named = named_ids(devices)
    kits = await work.kits.of_tenant(tenant_id, named.kits)
    within = [it for kit in kits.values() for it in kit.devices]
    products = await work.catalogue.products(_each(named.products, (it.product_id for it in within)))
    configurations = await work.catalogue.configurations(
        _each(named.configurations, (it.configuration_id for it in within))
    )
    return CatalogueSelection(products, configurations, kits, known)


def _each(named: Iterable[str], of_kits: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*named, *(it for it in of_kits if it is not None)]))
