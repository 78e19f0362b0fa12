"""The stores and loaders of connections, of where objects come from, and of what could not be used."""

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import eq
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from adapters.database.connections.tables import connection_problems, connections, origin_changes, origins
from adapters.database.core.column_types import in_keys
from adapters.database.core.loader_specs import Filter, LoaderSpec, compares, many, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, row_mapping, scoped, visible_when
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import upsert_into
from adapters.database.inventory.tables import device_actions
from adapters.database.quotes.tables import quotes
from domain.connections.changes import OriginChangeType
from domain.connections.connections import Connection, ConnectionHook, ConnectionSecrets, ConnectionStatus
from domain.connections.origins import NODE_TYPES, ForgottenQuote, KnownRecord, Origin, lookup_key
from domain.connections.problems import ConnectionProblem, NewProblem
from domain.connections.systems import Collection, System
from domain.quotes.lifecycle import status_of
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus
from domain.shared.access import TenantScope
from domain.shared.ids import new_id

CONNECTIONS = row_mapping(Connection, connections)
ORIGINS = row_mapping(Origin, origins)
PROBLEMS = row_mapping(ConnectionProblem, connection_problems)

_REST = ("fingerprint", "status_word", "metadata", "files")


def _is_first() -> ColumnElement[bool]:
    # Ids are in the order of time.
    other, mine = origins.alias("other"), origins.c
    same = (other.c.node_id == mine.node_id) & (other.c.tenant_id == mine.tenant_id)
    earlier = same & (other.c.connection_id < mine.connection_id)
    return ~select(other.c.node_id).where(earlier).correlate(origins).exists()


def _is_connected() -> ColumnElement[bool]:
    # A literal, because visibility conditions have no parameters.
    return connections.c.status != literal_column(f"'{ConnectionStatus.DISCONNECTED}'")


FIRST_ORIGINS = visible_when(ORIGINS, _is_first())

CONNECTION_LOADERS: dict[str, LoaderSpec] = {
    "connection": one(CONNECTIONS),
    "connection_hook": one(row_mapping(ConnectionHook, connections)),
    "connections_by_tenant": many(CONNECTIONS, key="tenant_id", order=("id",)),
    "connected_by_tenant": many(visible_when(CONNECTIONS, _is_connected()), key="tenant_id", order=("id",)),
    "origin": one(FIRST_ORIGINS, key="node_id"),
    "origins_by_lookup": many(ORIGINS, key="lookup", order=("node_id",)),
    "connection_problem": one(PROBLEMS),
    "connection_problems_by_connection": paged(
        PROBLEMS,
        parent="connection_id",
        orders={"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "collection": one_of(connection_problems.c.collection),
            "external_id": compares(connection_problems.c.external_id, eq),
            "is_resolved": Filter(lambda _name, _dialect: connection_problems.c.resolved_at.is_not(None)),
            "is_open": Filter(lambda _name, _dialect: connection_problems.c.resolved_at.is_(None)),
            **times(connection_problems.c.created_at, connection_problems.c.updated_at),
        },
    ),
}


class SqlConnections:
    """Implements the `ConnectionStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def count(self, tenant_id: int) -> int:
        columns = connections.c
        connected = columns.status != str(ConnectionStatus.DISCONNECTED)
        mine = select(func.count()).where(columns.tenant_id == tenant_id, connected)
        number: int = (await self._connection.execute(mine)).scalar_one()
        return number

    async def connected(self, tenant_id: int, system: System, base_url: str) -> Sequence[Connection]:
        columns = connections.c
        mine = (columns.tenant_id == tenant_id) & _is_connected()
        same = (columns.system == str(system)) & (columns.base_url == base_url)
        statement = CONNECTIONS.select().where(mine, same).order_by(columns.id)
        return CONNECTIONS.read(await self._connection.execute(statement))

    async def find(self, connection_id: str) -> Connection | None:
        mine = scoped(CONNECTIONS.select().where(connections.c.id == connection_id), CONNECTIONS, self._tenant_scope)
        return _connection((await self._connection.execute(mine)).one_or_none())

    async def lock(self, connection_id: str) -> Connection | None:
        condition = connections.c.id == connection_id
        return _connection(await lock_row(self._connection, CONNECTIONS, condition, self._tenant_scope))

    async def ended(self, tenant_id: int, system: System, base_url: str, most: int) -> Sequence[Connection]:
        columns = connections.c
        ended = (columns.tenant_id == tenant_id) & (columns.status == str(ConnectionStatus.DISCONNECTED))
        same = (columns.system == str(system)) & (columns.base_url == base_url)
        last = CONNECTIONS.select().where(ended, same).order_by(columns.id.desc()).limit(most)
        return CONNECTIONS.read(await self._connection.execute(last))

    async def secrets(self, connection_id: str) -> ConnectionSecrets:
        columns = connections.c
        statement = select(*(columns[name] for name in ConnectionSecrets._fields)).where(columns.id == connection_id)
        return ConnectionSecrets._make((await self._connection.execute(statement)).one())

    async def add(self, connection: Connection, secrets: ConnectionSecrets) -> None:
        row = {**column_values(connection, connections), **secrets._asdict()}
        await self._connection.execute(insert(connections), row)

    async def save(self, connection: Connection) -> None:
        await self._change(connection, column_values(connection, connections))

    async def save_secrets(self, connection: Connection, secrets: ConnectionSecrets) -> None:
        await self._change(connection, secrets._asdict())

    async def _change(self, connection: Connection, values: dict[str, Any]) -> None:
        statement = update(connections).where(connections.c.id == connection.id).values(values)
        await self._connection.execute(statement)


def _connection(row: Any) -> Connection | None:
    """The connection of a row. What is kept as JSON may be text still."""
    found: list[Connection] = [] if row is None else CONNECTIONS.read([row])
    return found[0] if found else None


class SqlOrigins:
    """Implements the `OriginStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def of_node(self, node_id: str) -> Origin | None:
        mine = scoped(ORIGINS.select().where(origins.c.node_id == node_id), ORIGINS, self._tenant_scope)
        first = mine.order_by(origins.c.connection_id).limit(1)
        row = (await self._connection.execute(first)).one_or_none()
        return None if row is None else ORIGINS.read([row])[0]

    async def of_nodes(self, tenant_id: int, node_ids: Some[str]) -> Mapping[str, Origin]:
        if not node_ids:
            return {}
        columns = origins.c
        mine = ORIGINS.select().where(columns.tenant_id == tenant_id)
        theirs = mine.where(in_keys(columns.node_id, self._connection.dialect.name))
        last_first = theirs.order_by(columns.connection_id.desc())
        found = ORIGINS.read(await self._connection.execute(last_first, {"keys": sorted(node_ids)}))
        return {it.node_id: it for it in found}

    async def there(self, connection_id: str, node_ids: Some[str]) -> Mapping[str, Origin]:
        if not node_ids:
            return {}
        mine = ORIGINS.select().where(origins.c.connection_id == connection_id)
        theirs = mine.where(in_keys(origins.c.node_id, self._connection.dialect.name))
        found = ORIGINS.read(await self._connection.execute(theirs, {"keys": sorted(node_ids)}))
        return {it.node_id: it for it in found}

    async def of_records(self, connection_id: str, node_types: Some[str], record_ids: Some[str]) -> Sequence[Origin]:
        if not record_ids:
            return []
        columns = origins.c
        mine = (columns.connection_id == connection_id) & columns.node_type.in_(sorted(node_types))
        theirs = ORIGINS.select().where(mine, in_keys(columns.record_id, self._connection.dialect.name))
        return ORIGINS.read(await self._connection.execute(theirs, {"keys": sorted(record_ids)}))

    async def sample(self, connection_id: str, most: int) -> Sequence[KnownRecord]:
        for collection, statement in _SAMPLES.items():
            found = dict[KnownRecord, None]()
            created = statement.selected_columns.created_at
            for order in (created.desc(), created.asc()):
                ordered = statement.order_by(origins.c.is_stale, order, origins.c.record_id).limit(most // 2)
                rows = await self._connection.execute(ordered, {"connection": connection_id})
                found |= dict.fromkeys(KnownRecord(collection, *it) for it in rows)
            if found:
                return list(found)
        return []

    async def put(self, found: Sequence[Origin]) -> None:
        if found:
            statement = upsert_into(origins, self._connection.dialect.name)
            changed = ("node_id", "url", "last_synced_at", "is_stale", *_REST)
            upsert = statement.on_conflict_do_update(
                index_elements=["connection_id", "record_id", "node_type", "parent_id", "external_id"],
                set_={name: statement.excluded[name] for name in changed},
            )
            await self._connection.execute(upsert, [_origin_values(it) for it in found])

    async def seen(self, connection_id: str, node_types: Some[str], record_ids: Some[str], at: datetime) -> None:
        if record_ids:
            columns = origins.c
            mine = (columns.connection_id == connection_id) & columns.node_type.in_(sorted(node_types))
            theirs = update(origins).where(mine, columns.record_id.in_(sorted(record_ids)))
            await self._connection.execute(theirs.values(last_synced_at=at, is_stale=False))

    async def mark_stale(self, connection_id: str, node_types: Some[str], before: datetime) -> int:
        columns = origins.c
        mine = (columns.connection_id == connection_id) & columns.node_type.in_(sorted(node_types))
        gone = mine & (columns.last_synced_at < before) & ~columns.is_stale
        number: int = (await self._connection.execute(select(func.count()).where(gone))).scalar_one()
        if number:
            await self._connection.execute(update(origins).where(gone).values(is_stale=True))
        return number

    async def remove(self, connection_id: str, node_ids: Some[str]) -> None:
        if node_ids:
            gone = origins.c.node_id.in_(sorted(node_ids))
            await self._connection.execute(delete(origins).where(origins.c.connection_id == connection_id, gone))

    async def forget_quotes(
        self, connection_id: str, at: datetime, limit: int
    ) -> tuple[Sequence[ForgottenQuote], bool]:
        columns, deleted = origins.c, QuoteOfferStatus.DELETED
        mine = columns.connection_id == connection_id
        heads = select(columns.record_id, columns.node_id).where(mine, columns.node_type == "Quote")
        some = list(await self._connection.execute(heads.order_by(columns.record_id).limit(limit)))
        there = quotes.c.id.in_([it.node_id for it in some]) & (quotes.c.offer_status != str(deleted))
        rows = select(*(quotes.c[it] for it in ForgottenQuote._fields)).where(there).order_by(quotes.c.id)
        found = [ForgottenQuote._make(it) for it in await self._connection.execute(rows.with_for_update())]
        status = status_of(deleted, DecisionStatus.PENDING, FulfilmentStatus.NONE)
        gone = update(quotes).where(there).values(offer_status=str(deleted), status=str(status), updated_at=at)
        await self._connection.execute(gone)
        parts = columns.node_type.in_(NODE_TYPES[Collection.QUOTES])
        theirs = columns.record_id.in_([it.record_id for it in some])
        await self._connection.execute(delete(origins).where(mine, parts, theirs))
        return found, len(some) < limit


def _sample_of(node_type: str, rows: Table, reference: ColumnElement[str]) -> Select[Any]:
    read = select(origins.c.record_id, rows.c.created_at, reference).join_from(
        origins, rows, origins.c.node_id == rows.c.id
    )
    mine = (origins.c.connection_id == bindparam("connection")) & (origins.c.node_type == node_type)
    return read.where(mine)


_created = (origin_changes.c.quote_id == quotes.c.id) & (origin_changes.c.type == str(OriginChangeType.CREATE))
_creation = select(func.min(origin_changes.c.id)).where(_created).correlate(quotes).scalar_subquery()
_SAMPLES = {
    Collection.QUOTES: _sample_of("Quote", quotes, _creation),
    Collection.DEVICE_ACTIONS: _sample_of("DeviceAction", device_actions, device_actions.c.id),
}


def _origin_values(origin: Origin) -> dict[str, Any]:
    key = lookup_key(origin.system, origin.node_type, origin.external_id)
    return {**column_values(origin, origins), "lookup": key}


class SqlConnectionProblems:
    """Implements the `ConnectionProblemStore` port in one unit of work."""

    def __init__(self, connection: Transaction) -> None:
        self._connection = connection

    async def note(self, tenant_id: int, connection_id: str, found: Sequence[NewProblem], at: datetime) -> None:
        if not found:
            return
        statement = upsert_into(connection_problems, self._connection.dialect.name)
        again = statement.on_conflict_do_update(
            index_elements=["connection_id", "collection", "external_id", "path", "reason"],
            set_={
                "value": statement.excluded.value,
                "raw": statement.excluded.raw,
                "last_seen_at": at,
                "updated_at": at,
                "occurrences": connection_problems.c.occurrences + 1,
                "resolved_at": None,
            },
        )
        known = {(it.collection, it.external_id, it.path, it.reason): it for it in found}
        common = {"tenant_id": tenant_id, "connection_id": connection_id, "last_seen_at": at, "occurrences": 1}
        rows = [{"id": new_id(), **common, "resolved_at": None, **it._asdict()} for it in known.values()]
        await self._connection.execute(again, rows)

    async def resolve(
        self, connection_id: str, collection: Collection, record_ids: Some[str], before: datetime, at: datetime
    ) -> None:
        if not record_ids:
            return
        columns = connection_problems.c
        mine = (columns.connection_id == connection_id) & (columns.collection == str(collection))
        theirs = mine & columns.external_id.in_(sorted(record_ids))
        over = theirs & (columns.last_seen_at < before) & columns.resolved_at.is_(None)
        await self._connection.execute(update(connection_problems).where(over).values(resolved_at=at))
