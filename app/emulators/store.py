"""The persistent data of an emulator, in one SQLite file, which survives a crash of the process."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS received (number INTEGER PRIMARY KEY, entry TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS made (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL, UNIQUE (kind, id)
);
"""


class Store:
    """The journal of received requests, and the objects created from them, each oldest first."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        # With WAL a commit survives a crash of the process without waiting for the disk.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Runs the block in a transaction."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def receive(self, entry: dict[str, Any]) -> int:
        """Adds an entry to the journal and returns its number."""
        return self._db.execute("INSERT INTO received (entry) VALUES (?)", [json.dumps(entry)]).lastrowid or 0

    def set_status(self, number: int, status: int, shown: Mapping[str, Any] | None = None) -> None:
        """Sets the status of the answer to an entry, and what else is shown of it."""
        known = json.dumps({**(shown or {}), "status": status})
        self._db.execute("UPDATE received SET entry = json_patch(entry, ?) WHERE number = ?", [known, number])

    def received(self) -> list[dict[str, Any]]:
        return [json.loads(entry) for (entry,) in self._db.execute("SELECT entry FROM received ORDER BY number")]

    def put(self, kind: str, id: str, value: dict[str, Any]) -> None:
        """Stores an object. An object with the same kind and id is replaced and keeps its position."""
        self._db.execute(
            "INSERT INTO made (kind, id, value) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value",
            [kind, id, json.dumps(value)],
        )

    def remove(self, kind: str, id: str) -> None:
        """Removes an object, if there is one."""
        self._db.execute("DELETE FROM made WHERE kind = ? AND id = ?", [kind, id])

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        row = self._db.execute("SELECT value FROM made WHERE kind = ? AND id = ?", [kind, id]).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, kind: str) -> list[dict[str, Any]]:
        rows = self._db.execute("SELECT value FROM made WHERE kind = ? ORDER BY number", [kind])
        return [json.loads(value) for (value,) in rows]

    def count(self, kind: str) -> int:
        count: int = self._db.execute("SELECT count(*) FROM made WHERE kind = ?", [kind]).fetchone()[0]
        return count
