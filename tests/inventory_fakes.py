"""Stores of assets and employees over `Memory`, as `tests/fakes.py` has them of quotes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.assets import Asset
from domain.employees import Employee
from domain.values import fold

if TYPE_CHECKING:
    from tests.fakes import MemoryUnitOfWork


@dataclass
class MemoryAssets:
    work: "MemoryUnitOfWork"

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        return {it.serial_key: it for it in self._seen() if it.serial_key in keys}

    async def lock_serial(self, key: str) -> Asset | None:
        return next((it for it in self._seen() if it.serial_key == key), None)

    async def lock_of_recipient(self, recipient_id: str) -> Asset | None:
        return next((it for it in self._seen() if it.recipient_id == recipient_id), None)

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        taken = {it.serial_key for it in self.work.memory.assets.values()}
        free = [it for it in assets if it.serial_key not in taken]
        for asset in free:
            await self.save(asset)
        return {it.id for it in free}

    async def save(self, asset: Asset) -> None:
        self.work.at_commit(lambda: self.work.memory.assets.update({asset.id: asset}))

    def _seen(self) -> list[Asset]:
        return [it for it in self.work.memory.assets.values() if self.work.sees(it.tenant_id)]


@dataclass
class MemoryEmployees:
    work: "MemoryUnitOfWork"

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        mine = [it for it in self.work.memory.employees if it.tenant_id == tenant_id and self.work.sees(tenant_id)]
        return [it for it in mine if fold(it.email) in emails or it.name in names]
