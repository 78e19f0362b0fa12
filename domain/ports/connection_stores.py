"""The stores of connections, in a unit of work. Whoever writes what comes from a connection has locked it."""

from collections.abc import Collection as Some
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.connections.connections import Connection, ConnectionSecrets
from domain.connections.origins import ForgottenQuote, KnownRecord, Origin
from domain.connections.problems import NewProblem
from domain.connections.systems import Collection, System
from domain.shared.ids import RowId


class ConnectionStore(Protocol):
    """Connections in the tenant scope."""

    async def count(self, tenant_id: int) -> int:
        """How many systems the company has connected."""

    async def connected(self, tenant_id: int, system: System, base_url: str) -> Sequence[Connection]:
        """The company's connections to this system at this address that have not ended."""

    async def find(self, connection_id: RowId) -> Connection | None:
        """The connection, not locked."""

    async def lock(self, connection_id: RowId) -> Connection | None: ...

    async def ended(self, tenant_id: int, system: System, base_url: str, most: int) -> Sequence[Connection]:
        """The company's connections to this system at this address that have ended, the newest first."""

    async def secrets(self, connection_id: str) -> ConnectionSecrets: ...

    async def add(self, connection: Connection, secrets: ConnectionSecrets) -> None: ...

    async def save(self, connection: Connection) -> None: ...

    async def save_secrets(self, connection: Connection, secrets: ConnectionSecrets) -> None: ...


class OriginStore(Protocol):
    """Where the objects in the tenant scope come from."""

    async def of_node(self, node_id: RowId) -> Origin | None:
        """The origin of an object, by the first connection that has it."""

    async def of_nodes(self, tenant_id: int, node_ids: Some[str]) -> Mapping[str, Origin]:
        """The origins of these objects of a company, by object, each by the first connection that has it."""

    async def there(self, connection_id: str, node_ids: Some[str]) -> Mapping[str, Origin]:
        """The origins that these objects have in a connection, by object."""

    async def of_records(self, connection_id: str, node_types: Some[str], record_ids: Some[str]) -> Sequence[Origin]:
        """The origins of these types in these records, with those of the parts of the records."""

    async def sample(self, connection_id: str, most: int) -> Sequence[KnownRecord]:
        """The newest and the oldest quotes, or device actions, if there are no quotes; those that are stale last."""

    async def put(self, origins: Sequence[Origin]) -> None:
        """Add new origins, and replace those of the same objects."""

    async def seen(self, connection_id: str, node_types: Some[str], record_ids: Some[str], at: datetime) -> None:
        """Note that these records were read, and have not changed."""

    async def mark_stale(self, connection_id: str, node_types: Some[str], before: datetime) -> int:
        """Mark as stale what was read before that time only. Returns how many objects are stale now that were not."""

    async def remove(self, connection_id: str, node_ids: Some[str]) -> None: ...

    async def forget_quotes(
        self, connection_id: str, at: datetime, limit: int
    ) -> tuple[Sequence[ForgottenQuote], bool]:
        """Delete some of the quotes that come from a connection, and forget where they came from. Returns those that
        were not deleted before, and whether there are no others."""


class ConnectionProblemStore(Protocol):
    """What of the records of a connection could not be used."""

    async def note(self, tenant_id: int, connection_id: str, found: Sequence[NewProblem], at: datetime) -> None:
        """Add problems, or count those that are known once more."""

    async def resolve(
        self, connection_id: str, collection: Collection, record_ids: Some[str], before: datetime, at: datetime
    ) -> None:
        """Resolve the problems of these records that were last seen before that time."""
