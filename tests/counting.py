"""Counting what is done, where a clock would tell how busy the machine is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.database.core.engine import Database


def calls_of(work: Callable[[], object]) -> int:
    """How many functions a piece of work enters, those of C too."""
    counted = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


@contextmanager
def written(database: "Database") -> Iterator[list[str]]:
    """The statements that units of work execute inside; one for many rows counts once."""
    # The rules are counted without any library of databases (test_fast_tests).
    from sqlalchemy import event

    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("PRAGMA"):
            seen.append(statement)

    event.listen(database.write.sync_engine, "before_cursor_execute", note)
    database.transactions.listeners.append(seen.append)
    try:
        yield seen
    finally:
        event.remove(database.write.sync_engine, "before_cursor_execute", note)
        database.transactions.listeners.remove(seen.append)
