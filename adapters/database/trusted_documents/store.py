"""Reads and writes trusted documents. Each change writes a new revision, by which servers notice it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.core.engine import Database
from adapters.database.core.write_statements import upsert_into
from adapters.database.notes.tables import notes
from adapters.database.trusted_documents.tables import trusted_documents

# Servers keep all trusted documents in memory.
MAX_CHARACTERS = 20_000_000
# The name of the note that has the revision.
_REVISION = "trusted_documents"


class TrustedDocument(NamedTuple):
    """A stored document. The identifier is unique for its client; clients with the same one have the same text."""

    client: str
    id: str
    sha256: str
    text: str
    pushed_at: datetime


class IdentifierTaken(Exception):
    """Identifiers of the manifest are stored with another text."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(", ".join(ids))
        self.ids = ids


class TooManyDocuments(Exception):
    """All trusted documents together would be longer than servers can keep."""


class SqlTrustedDocuments:
    """The trusted documents of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def revision(self) -> str | None:
        """Returns the revision of the last change, or None if there never was one."""
        async with self._database.read.connect() as connection:
            statement = select(notes.c.value).where(notes.c.name == _REVISION)
            found: str | None = (await connection.execute(statement)).scalar_one_or_none()
            return found

    async def all(self, client: str | None = None) -> list[TrustedDocument]:
        """Returns the documents of a client, or all."""
        async with self._database.read.connect() as connection:
            return await _documents(connection, client)

    async def push(self, client: str, documents: Mapping[str, str], now: datetime) -> int:
        """Stores the documents of a client by their identifiers, and returns the number of new ones.

        Raises: IdentifierTaken, TooManyDocuments; nothing is stored then.
        """
        async with self._database.write.begin() as connection:
            # The revision is written first, so that concurrent pushes wait for each other.
            await self._write_revision(connection)
            stored = await _documents(connection)
            taken = sorted({it.id for it in stored if documents.get(it.id, it.text) != it.text})
            if taken:
                raise IdentifierTaken(taken)
            mine = {it.id for it in stored if it.client == client}
            new = {id_: text for id_, text in documents.items() if id_ not in mine}
            if sum(len(it.text) for it in stored) + sum(map(len, new.values())) > MAX_CHARACTERS:
                raise TooManyDocuments
            if new:
                rows = [TrustedDocument(client, id_, hash_of(text), text, now)._asdict() for id_, text in new.items()]
                await connection.execute(insert(trusted_documents), rows)
            return len(new)

    async def remove(self, ids: Collection[str], client: str | None = None) -> int:
        """Removes the documents with these identifiers, or all if there are none given, of a client or of every client.
        Returns their number."""
        table = trusted_documents
        statement = delete(table)
        if client is not None:
            statement = statement.where(table.c.client == client)
        if ids:
            statement = statement.where(table.c.id.in_(ids))
        async with self._database.write.begin() as connection:
            await self._write_revision(connection)
            return int((await connection.execute(statement)).rowcount)

    async def _write_revision(self, connection: AsyncConnection) -> None:
        value = str(uuid4())
        note = upsert_into(notes, self._database.dialect).values(name=_REVISION, value=value)
        await connection.execute(note.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def hash_of(text: str) -> str:
    """Returns the SHA-256 hash of a document, as clients calculate it."""
    return sha256(text.encode()).hexdigest()


async def _documents(connection: AsyncConnection, client: str | None = None) -> list[TrustedDocument]:
    columns = trusted_documents.c
    statement: Any = select(*columns).order_by(columns.client, columns.id)
    if client is not None:
        statement = statement.where(columns.client == client)
    return [TrustedDocument(*row) for row in await connection.execute(statement)]
