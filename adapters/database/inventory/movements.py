"""The store and loaders of movement requests."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, insert, select, update

from adapters.database.core.loader_specs import LoaderSpec, one
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.inventory import tables
from domain.inventory.movements import Movement, MovementStatus
from domain.shared.access import TenantScope

MOVEMENTS = row_mapping(Movement, tables.movements)

MOVEMENT_LOADERS: dict[str, LoaderSpec] = {"movement_by_device_action": one(MOVEMENTS, key="device_action_id")}


class SqlMovements:
    """Implements the `MovementStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def add(self, movements: Sequence[Movement]) -> None:
        table = tables.movements
        if movements:
            await self._connection.execute(insert(table), [column_values(it, table) for it in movements])

    async def action_of(self, movement_id: str) -> str | None:
        columns = tables.movements.c
        mine = select(columns.device_action_id).where(columns.id == movement_id, self._mine)
        found: str | None = (await self._connection.execute(mine)).scalar_one_or_none()
        return found

    async def lock(self, movement_id: str) -> Movement | None:
        return await self._locked(tables.movements.c.id == movement_id)

    async def lock_of_action(self, action_id: str) -> Movement | None:
        return await self._locked(tables.movements.c.device_action_id == action_id)

    async def ahead(self, movement: Movement) -> bool:
        columns = tables.movements.c
        queued = (columns.kind == str(movement.kind)) & (columns.status == str(MovementStatus.QUEUED))
        mine = select(columns.id).where(
            columns.employee_key == movement.employee_key, queued, columns.id < movement.id, self._mine
        )
        return (await self._connection.execute(mine.limit(1))).first() is not None

    async def known(self, movement: Movement) -> frozenset[str]:
        columns = tables.movements.c
        placed = columns.vendor_movement_id.is_not(None)
        mine = select(columns.vendor_movement_id).where(
            columns.employee_key == movement.employee_key, placed, self._mine
        )
        return frozenset((await self._connection.execute(mine)).scalars())

    async def save(self, movement: Movement) -> None:
        table = tables.movements
        await self._connection.execute(
            update(table).where(table.c.id == movement.id).values(column_values(movement, table))
        )

    @property
    def _mine(self) -> ColumnElement[bool]:
        return in_scope(tables.movements.c.tenant_id, self._tenant_scope)

    async def _locked(self, wanted: ColumnElement[bool]) -> Movement | None:
        locked: Movement | None = await lock_row(self._connection, MOVEMENTS, wanted, self._tenant_scope)
        return locked
