"""Looks up the customer and the custom fields that the details of a quote refer to."""

from collections.abc import Mapping

from domain.companies.customers import Customer
from domain.companies.references import References
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.details import Details
from domain.shared.errors import Problems
from domain.shared.ids import parse_id
from domain.shared.times import UTC_ZONE


async def look_up_details(work: UnitOfWork, tenant_id: int, details: Details, zone: str | None = None) -> References:
    """The tenant's customer and custom fields that the details of a quote refer to, and the time zone of its dates.

    `zone` is the time zone of the company, if the caller knows it.
    """
    if zone is None:
        zone = (await work.tenants.by_id(tenant_id)).time_zone if details.get("expires_at") else UTC_ZONE
    customers = await _customers(work, tenant_id, details.get("customer_id"))
    fields = await work.custom_fields.of_tenant(tenant_id) if "custom_fields" in details else {}
    return References(customers, fields, zone)


async def _customers(work: UnitOfWork, tenant_id: int, given: str | None) -> Mapping[str, Customer]:
    parsed = Problems().check((), parse_id, given, "Customer") if given else None
    found = await work.customers.of_tenant(tenant_id, parsed[1]) if parsed else None
    return {found.id: found} if found else {}
