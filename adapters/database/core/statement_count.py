"""Counts the SQL statements that an operation causes, if somebody asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from sqlalchemy import event

if TYPE_CHECKING:
    from adapters.database.core.engine import Database


class StatementCount:
    """A number of statements. One for many rows counts once."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements = 0


_asked: ContextVar[StatementCount | None] = ContextVar("statement_count", default=None)


@contextmanager
def counted_statements() -> Iterator[StatementCount]:
    """Counts the statements that are executed inside, also by tasks that are started there."""
    count = StatementCount()
    token = _asked.set(count)
    try:
        yield count
    finally:
        _asked.reset(token)


def count_statements_of(database: "Database") -> None:
    """Lets the statements of a database be counted."""
    for engine in (database.read, database.write):
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *_: _note())
    if database.dialect == "postgresql":
        # There, reads do not pass through SQLAlchemy.
        database.reads.listeners.append(lambda _sql: _note())
    database.transactions.listeners.append(lambda _sql: _note())


def _note() -> None:
    count = _asked.get()
    if count is not None:
        count.statements += 1
