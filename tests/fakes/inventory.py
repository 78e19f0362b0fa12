"""Stores in memory for the inventory and for employees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from domain.inventory.assets import Asset
from domain.inventory.device_actions import ACTIVE, Comment, DeviceAction
from domain.inventory.movements import Movement, MovementStatus
from domain.people.employees import Employee
from domain.quotes.statuses import StatusTime
from domain.shared.parsers import fold

if TYPE_CHECKING:
    from tests.fakes.storage import MemoryUnitOfWork


@dataclass
class MemoryAssets:
    work: "MemoryUnitOfWork"

    async def lock(self, asset_id: str) -> Asset | None:
        return next((it for it in self._seen() if it.id == asset_id), None)

    async def by_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        return {it.serial_key: it for it in self._seen() if it.serial_key in keys}

    async def lock_serials(self, keys: Sequence[str]) -> Mapping[str, Asset]:
        return await self.by_serials(keys)

    async def lock_of_recipient(self, recipient_id: str) -> Sequence[Asset]:
        return sorted((it for it in self._seen() if it.recipient_id == recipient_id), key=lambda it: it.id)

    async def add(self, assets: Sequence[Asset]) -> set[str]:
        taken = {it.serial_key for it in self.work.memory.assets.values()}
        free = [it for it in assets if it.serial_key not in taken]
        for asset in free:
            await self.save(asset, asset)
        return {it.id for it in free}

    async def save(self, before: Asset, after: Asset) -> None:
        self.work.at_commit(lambda: self.work.memory.assets.update({before.id: after}))

    def _seen(self) -> list[Asset]:
        return [it for it in self.work.memory.assets.values() if self.work.sees(it.tenant_id)]


@dataclass
class MemoryEmployees:
    work: "MemoryUnitOfWork"

    async def named(self, tenant_id: int, emails: Sequence[str], names: Sequence[str]) -> Sequence[Employee]:
        mine = [it for it in self.work.memory.employees if it.tenant_id == tenant_id and self.work.sees(tenant_id)]
        return [it for it in mine if fold(it.email) in emails or fold(it.name) in names]

    async def synced_until(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError("what HR systems tell is tried on real databases")

    note_synced = lock_syncs = lock_known = lock_of_provider = lock = add = save = move_belongings = synced_until


@dataclass
class MemoryDeviceActions:
    work: "MemoryUnitOfWork"

    async def next_number(self, tenant_id: int, year: int, count: int) -> int:
        numbers = self.work.memory.action_numbers
        last = numbers.get((tenant_id, year), 0) + count
        self.work.at_commit(lambda: numbers.update({(tenant_id, year): last}))
        return last

    async def add(self, actions: Sequence[DeviceAction]) -> set[str]:
        taken = await self.active([it.serial_key for it in actions])
        free = [it for it in actions if it.serial_key not in taken]
        for action in free:
            await self.save(action)
        return {it.id for it in free}

    async def numbered(self, tenant_id: int, numbers: Sequence[str]) -> Mapping[str, str]:
        return {it.action_id: it.id for it in self._seen() if it.action_id in numbers}

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        self.work.at_commit(lambda: self.work.memory.status_times.extend(times))

    async def active(self, keys: Sequence[str]) -> Mapping[str, DeviceAction]:
        return {it.serial_key: it for it in self._seen() if it.serial_key in keys and it.status in ACTIVE}

    async def serial_of(self, action_id: str) -> str | None:
        action = await self.lock(action_id)
        return action.serial_key if action else None

    async def lock(self, action_id: str) -> DeviceAction | None:
        return next((it for it in self._seen() if it.id == action_id), None)

    async def save(self, action: DeviceAction) -> None:
        self.work.at_commit(lambda: self.work.memory.actions.update({action.id: action}))

    async def renumber(self, before: str, after: str, serial_number: str) -> None:
        for action in [it for it in self._seen() if it.serial_key == before]:
            await self.save(action._replace(serial_key=after, serial_number=serial_number))
            asked = await self.work.movements.lock_of_action(action.id)
            if asked is not None and asked.vendor_movement_id is None:
                await self.work.movements.save(asked._replace(serial_number=serial_number))

    async def add_comment(self, comment: Comment) -> None:
        self.work.at_commit(lambda: self.work.memory.comments.append(comment))

    def _seen(self) -> list[DeviceAction]:
        return [it for it in self.work.memory.actions.values() if self.work.sees(it.tenant_id)]


@dataclass
class MemoryMovements:
    work: "MemoryUnitOfWork"

    async def add(self, movements: Sequence[Movement]) -> None:
        for movement in movements:
            await self.save(movement)

    async def action_of(self, movement_id: str) -> str | None:
        return self.work.memory.movements[movement_id].device_action_id

    async def lock(self, movement_id: str) -> Movement | None:
        return self.work.memory.movements.get(movement_id)

    async def lock_of_action(self, action_id: str) -> Movement | None:
        return next((it for it in self.work.memory.movements.values() if it.device_action_id == action_id), None)

    async def ahead(self, movement: Movement) -> bool:
        same = [it for it in self._of(movement) if it.kind == movement.kind and it.status == MovementStatus.QUEUED]
        return any(it.id < movement.id for it in same)

    async def known(self, movement: Movement) -> frozenset[str]:
        return frozenset(it.vendor_movement_id for it in self._of(movement) if it.vendor_movement_id)

    async def save(self, movement: Movement) -> None:
        self.work.at_commit(lambda: self.work.memory.movements.update({movement.id: movement}))

    def _of(self, movement: Movement) -> list[Movement]:
        return [it for it in self.work.memory.movements.values() if it.employee_key == movement.employee_key]
