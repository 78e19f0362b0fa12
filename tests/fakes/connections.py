"""The stores of connections in memory."""

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.connections.connections import Connection, ConnectionSecrets, ConnectionStatus
from domain.connections.origins import NODE_TYPES, ForgottenQuote, KnownRecord, Origin
from domain.connections.problems import ConnectionProblem, NewProblem
from domain.connections.systems import Collection, System
from domain.shared.ids import new_id

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork


@dataclass
class MemoryConnections:
    work: "MemoryUnitOfWork"

    @property
    def memory(self) -> "Memory":
        return self.work.memory

    async def count(self, tenant_id: int) -> int:
        mine = (it for it in self.memory.connections.values() if it.tenant_id == tenant_id)
        return sum(it.status != ConnectionStatus.DISCONNECTED for it in mine)

    async def connected(self, tenant_id: int, system: System, base_url: str) -> Sequence[Connection]:
        wanted = (tenant_id, system, base_url)
        mine = (it for it in self.memory.connections.values() if (it.tenant_id, it.system, it.base_url) == wanted)
        return [it for it in mine if it.status != ConnectionStatus.DISCONNECTED]

    async def find(self, connection_id: str) -> Connection | None:
        found = self.memory.connections.get(connection_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def lock(self, connection_id: str) -> Connection | None:
        return await self.find(connection_id)

    async def ended(self, tenant_id: int, system: System, base_url: str, most: int) -> Sequence[Connection]:
        wanted = (tenant_id, system, base_url, ConnectionStatus.DISCONNECTED)
        mine = reversed(self.memory.connections.values())
        return [it for it in mine if (it.tenant_id, it.system, it.base_url, it.status) == wanted][:most]

    async def secrets(self, connection_id: str) -> ConnectionSecrets:
        return self.memory.connection_secrets[connection_id]

    async def add(self, connection: Connection, secrets: ConnectionSecrets) -> None:
        await self.save(connection)
        await self.save_secrets(connection, secrets)

    async def save(self, connection: Connection) -> None:
        self.work.at_commit(lambda: self.memory.connections.update({connection.id: connection}))

    async def save_secrets(self, connection: Connection, secrets: ConnectionSecrets) -> None:
        self.work.at_commit(lambda: self.memory.connection_secrets.update({connection.id: secrets}))


@dataclass
class MemoryOrigins:
    work: "MemoryUnitOfWork"

    @property
    def origins(self) -> dict[str, Origin]:
        return self.work.memory.origins

    async def of_node(self, node_id: str) -> Origin | None:
        return self.origins.get(node_id)

    async def of_nodes(self, tenant_id: int, node_ids: Some[str]) -> Mapping[str, Origin]:
        return {it: found for it in node_ids if (found := self.origins.get(it)) and found.tenant_id == tenant_id}

    async def there(self, connection_id: str, node_ids: Some[str]) -> Mapping[str, Origin]:
        known = {it: self.origins[it] for it in node_ids if it in self.origins}
        return {node_id: it for node_id, it in known.items() if it.connection_id == connection_id}

    async def of_records(self, connection_id: str, node_types: Some[str], record_ids: Some[str]) -> Sequence[Origin]:
        return [it for it in self._of(connection_id, node_types) if it.record_id in record_ids]

    async def sample(self, connection_id: str, most: int) -> Sequence[KnownRecord]:
        quotes = self.work.memory.quotes
        found = [it for it in self._of(connection_id, ("Quote",)) if it.node_id in quotes]
        times = [(it.record_id, quotes[it.node_id].quote.created_at) for it in found]
        return [KnownRecord(Collection.QUOTES, record_id, at, None) for record_id, at in times[:most]]

    async def put(self, origins: Sequence[Origin]) -> None:
        self.work.at_commit(lambda: self.origins.update({it.node_id: it for it in origins}))

    async def seen(self, connection_id: str, node_types: Some[str], record_ids: Some[str], at: datetime) -> None:
        theirs = await self.of_records(connection_id, node_types, record_ids)
        await self.put([it._replace(last_synced_at=at, is_stale=False) for it in theirs])

    async def mark_stale(self, connection_id: str, node_types: Some[str], before: datetime) -> int:
        known = self._of(connection_id, node_types)
        gone = [it for it in known if it.last_synced_at < before and not it.is_stale]
        await self.put([it._replace(is_stale=True) for it in gone])
        return len(gone)

    async def remove(self, connection_id: str, node_ids: Some[str]) -> None:
        self.work.at_commit(lambda: [self.origins.pop(it) for it in node_ids])

    async def forget_quotes(
        self, connection_id: str, at: datetime, limit: int
    ) -> tuple[Sequence[ForgottenQuote], bool]:
        heads = self._of(connection_id, ("Quote",))[:limit]
        quotes = [self.work.memory.quotes[it.node_id].quote for it in heads]
        records = {it.record_id for it in heads}
        parts = [it for it in self._of(connection_id, NODE_TYPES[Collection.QUOTES]) if it.record_id in records]
        self.work.at_commit(lambda: [self.work.memory.quotes.pop(it.id) for it in quotes])
        await self.remove(connection_id, [it.node_id for it in parts])
        return [ForgottenQuote(it.id, it.offer_status, it.status) for it in quotes], len(heads) < limit

    def _of(self, connection_id: str, node_types: Some[str]) -> list[Origin]:
        return [it for it in self.origins.values() if it.connection_id == connection_id and it.node_type in node_types]


@dataclass
class MemoryConnectionProblems:
    work: "MemoryUnitOfWork"

    @property
    def problems(self) -> dict[tuple[str, ...], ConnectionProblem]:
        return self.work.memory.connection_problems

    async def note(self, tenant_id: int, connection_id: str, found: Sequence[NewProblem], at: datetime) -> None:
        for it in found:
            key = (connection_id, it.collection, it.external_id, it.path, it.reason)
            before = self.problems.get(key)
            row = ConnectionProblem(
                before.id if before else new_id(),
                tenant_id,
                connection_id,
                *it,
                last_seen_at=at,
                occurrences=1 + (before.occurrences if before else 0),
                resolved_at=None,
            )
            self.work.at_commit(lambda key=key, row=row: self.problems.update({key: row}))  # type: ignore[misc]

    async def resolve(
        self, connection_id: str, collection: Collection, record_ids: Some[str], before: datetime, at: datetime
    ) -> None:
        for key, it in list(self.problems.items()):
            mine = (it.connection_id, it.collection) == (connection_id, collection) and it.external_id in record_ids
            if mine and it.last_seen_at < before and it.resolved_at is None:
                over = it._replace(resolved_at=at)
                self.work.at_commit(lambda key=key, over=over: self.problems.update({key: over}))  # type: ignore[misc]
