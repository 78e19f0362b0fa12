"""What several use cases look up first: for which company something is done, and what an input's devices name."""

from collections.abc import Iterable, Mapping

from domain.catalogue.device_selection import Chosen, NamedDevice, named_ids
from domain.companies.customers import Customer
from domain.companies.references import NOTHING_KNOWN, Known
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.details import Details
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Problem, Problems
from domain.shared.ids import parse_id
from domain.shared.times import UTC_ZONE


async def tenant_of(work: UnitOfWork, caller: Caller, company_id: str | None) -> int:
    """The tenant something is done for: a company's key has its own, a platform key names it. Raises: InvalidInput."""
    if company_id is None:
        if caller.tenant_id is not None:
            return caller.tenant_id
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "A platform key names the company.", ("companyId",)))
    problems = Problems()
    company = problems.check(("companyId",), parse_id, company_id, "Company")
    problems.raise_if_any()
    tenant = await work.tenants.by_company(company[1]) if company else None
    if tenant is None or caller.tenant_id not in (None, tenant.id):
        raise InvalidInput(Problem(ErrorCode.UNKNOWN_REFERENCE, "There is no such company.", ("companyId",)))
    return tenant.id


async def look_up(
    work: UnitOfWork, tenant_id: int, devices: Iterable[NamedDevice], known: Known = NOTHING_KNOWN
) -> Chosen:
    """The entries of the catalogue, and the tenant's own kits, that devices name, and what is in those kits."""
    named = named_ids(devices)
    kits = await work.kits.of_tenant(tenant_id, named.kits)
    within = [it for kit in kits.values() for it in kit.devices]
    products = await work.catalogue.products(_each(named.products, (it.product_id for it in within)))
    configurations = await work.catalogue.configurations(
        _each(named.configurations, (it.configuration_id for it in within))
    )
    return Chosen(products, configurations, kits, known)


def _each(named: Iterable[str], of_kits: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*named, *(it for it in of_kits if it is not None)]))


async def look_up_details(work: UnitOfWork, tenant_id: int, details: Details, zone: str | None = None) -> Known:
    """The tenant's own customer and custom fields, and its time zone where that is not known, as far as the details of
    a quote need them."""
    if zone is None:
        zone = (await work.tenants.by_id(tenant_id)).time_zone if details.get("expires_at") else UTC_ZONE
    customers = await _customers(work, tenant_id, details.get("customer_id"))
    fields = await work.custom_fields.of_tenant(tenant_id) if "custom_fields" in details else {}
    return Known(customers, fields, zone)


async def _customers(work: UnitOfWork, tenant_id: int, given: str | None) -> Mapping[str, Customer]:
    parsed = Problems().check((), parse_id, given, "Customer") if given else None
    found = await work.customers.of_tenant(tenant_id, parsed[1]) if parsed else None
    return {found.id: found} if found else {}
