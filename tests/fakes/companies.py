"""Stores in memory for the catalogue, kits, custom fields and customers, and the check for expired quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.catalogue.kits import Kit, KitAggregate
from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot
from domain.companies.custom_fields import CustomField, FieldNameTaken, field_key
from domain.companies.customers import Customer, ExternalIdTaken
from domain.history.catalogue_events import CatalogueEvent
from domain.quotes.lifecycle import is_over

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork


@dataclass
class MemoryCatalogue:
    work: "MemoryUnitOfWork"

    @property
    def memory(self) -> "Memory":
        return self.work.memory

    async def products(self, ids: Sequence[str]) -> Mapping[str, Product]:
        return {it: self.memory.products[it] for it in ids if it in self.memory.products}

    async def configurations(self, ids: Sequence[str]) -> Mapping[str, Configuration]:
        return {it: self.memory.configurations[it] for it in ids if it in self.memory.configurations}

    async def snapshot(self, keys: CatalogueKeys) -> CatalogueSnapshot:
        return CatalogueSnapshot(self.memory.products.values(), self.memory.configurations.values())

    async def save(
        self,
        products: Sequence[tuple[Product | None, Product]],
        configurations: Sequence[tuple[Configuration | None, Configuration]],
        events: Sequence[CatalogueEvent],
    ) -> None:
        self.work.at_commit(lambda: self.memory.products.update({now.id: now for _, now in products}))
        self.work.at_commit(lambda: self.memory.configurations.update({now.id: now for _, now in configurations}))


@dataclass
class MemoryCalendar:
    memory: "Memory"

    async def overdue(self, now: datetime) -> bool:
        return any(is_over(it.quote, now) for it in self.memory.quotes.values())


@dataclass
class MemoryKits:
    work: "MemoryUnitOfWork"

    async def of_tenant(self, tenant_id: int, ids: Sequence[str]) -> Mapping[str, KitAggregate]:
        kits = self.work.memory.kits
        return {it: kits[it] for it in ids if it in kits and kits[it].kit.tenant_id == tenant_id}

    async def add(self, kit: KitAggregate) -> None:
        self.work.at_commit(lambda: self.work.memory.kits.update({kit.kit.id: kit}))

    async def lock(self, kit_id: str) -> Kit | None:
        found = self.work.memory.kits.get(kit_id)
        return found.kit if found is not None and self.work.sees(found.kit.tenant_id) else None

    async def save(self, before: KitAggregate, after: KitAggregate) -> None:
        await self.add(after)

    async def remove(self, kit: Kit) -> None:
        self.work.at_commit(lambda: self.work.memory.kits.__delitem__(kit.id))


@dataclass
class MemoryCustomFields:
    work: "MemoryUnitOfWork"

    async def lock(self, field_id: str) -> CustomField | None:
        found = self.work.memory.custom_fields.get(field_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def of_tenant(self, tenant_id: int) -> Mapping[str, CustomField]:
        used = (it for it in self.work.memory.custom_fields.values() if it.archived_at is None)
        return {it.id: it for it in used if it.tenant_id == tenant_id}

    async def add(self, definition: CustomField) -> None:
        others = [it for it in self.work.memory.custom_fields.values() if it.id != definition.id]
        mine = (definition.tenant_id, field_key(definition))
        if mine in [(it.tenant_id, field_key(it)) for it in others]:
            raise FieldNameTaken
        self.work.at_commit(lambda: self.work.memory.custom_fields.update({definition.id: definition}))

    async def save(self, definition: CustomField) -> None:
        await self.add(definition)


@dataclass
class MemoryCustomers:
    work: "MemoryUnitOfWork"

    async def lock(self, customer_id: str) -> Customer | None:
        found = self.work.memory.customers.get(customer_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def of_tenant(self, tenant_id: int, customer_id: str) -> Customer | None:
        found = self.work.memory.customers.get(customer_id)
        return found if found is not None and found.tenant_id == tenant_id else None

    async def add(self, customer: Customer) -> None:
        others = [it for it in self.work.memory.customers.values() if it.id != customer.id]
        mine = (customer.tenant_id, customer.external_id)
        if customer.external_id and mine in [(it.tenant_id, it.external_id) for it in others]:
            raise ExternalIdTaken
        self.work.at_commit(lambda: self.work.memory.customers.update({customer.id: customer}))

    async def save(self, before: Customer, after: Customer) -> None:
        await self.add(after)
