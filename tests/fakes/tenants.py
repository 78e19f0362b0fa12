"""Stores in memory for companies and stream tickets."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.companies.company import Tenant
from domain.fulfilment.vendor_api import CompanyDetails
from domain.stream_tickets.tickets import StreamTicket

if TYPE_CHECKING:
    from tests.fakes.storage import MemoryUnitOfWork


@dataclass
class MemoryTenants:
    work: "MemoryUnitOfWork"

    async def lock(self, tenant_id: int) -> int:
        return len(self.work.memory.events)

    async def by_company(self, company_id: str) -> Tenant | None:
        tenants = [it for it in self.work.memory.tenants.values() if it.environment == self.work.environment]
        return next((it for it in tenants if it.company_id == company_id), None)

    async def by_id(self, tenant_id: int) -> Tenant:
        return self.work.memory.tenants[tenant_id]

    async def company_details(self, tenant_id: int) -> CompanyDetails | None:
        return self.work.memory.company_details

    async def save_margin(self, company_id: str, margin: str | None, at: datetime) -> None:
        tenants = self.work.memory.tenants
        mine = {id_: it._replace(vendor_margin=margin) for id_, it in tenants.items() if it.company_id == company_id}
        self.work.at_commit(lambda: tenants.update(mine))

    async def contact_email(self, tenant_id: int) -> str | None:
        return self.work.memory.contact_email

    async def next_order_id(self, tenant_id: int, at: datetime) -> str:
        memory = self.work.memory
        memory.last_order_id = max(memory.last_order_id + 1, int(at.timestamp() * 1000))
        return str(memory.last_order_id)


@dataclass
class MemoryStreamTickets:
    work: "MemoryUnitOfWork"

    async def add(self, ticket: StreamTicket) -> None:
        self.work.at_commit(lambda: self.work.memory.stream_tickets.append(ticket))
