"""Statements that are built once: building one takes longer than running it (docs/performance.md)."""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from sqlalchemy import Insert, Table, Update, bindparam, insert, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.shared.access import Environment, TenantScope

T = TypeVar("T")

# Their parameters are those of `rows.parameters`, passed with each execution.
_OF_ONE, _OF_ALL = TenantScope(Environment.LIVE, 0), TenantScope(Environment.LIVE, None)
ROW_ID = "its_id"


class PerScope(Generic[T]):
    """A statement for each kind of tenant scope: one tenant's rows, or those of all tenants of an environment."""

    def __init__(self, build: Callable[[TenantScope], T]) -> None:
        self._one, self._all = build(_OF_ONE), build(_OF_ALL)

    def __call__(self, tenant_scope: TenantScope) -> T:
        return self._all if tenant_scope.tenant_id is None else self._one


@cache
def insert_into(table: Table) -> Insert:
    """Inserts rows into a table."""
    return insert(table)


@cache
def insert_missing(table: Table, dialect: str) -> Any:
    """Inserts rows into a table, except those that exist."""
    return upsert_into(table, dialect).on_conflict_do_nothing()


def upsert_into(table: Table, dialect: str) -> Any:
    """Returns an insert that supports ON CONFLICT."""
    return postgresql_insert(table) if dialect == "postgresql" else sqlite_insert(table)


@cache
def update_by_id(table: Table, names: tuple[str, ...]) -> Update:
    """Updates some columns of one row, by its id. Parameters: `ROW_ID`, and `new_` with the name of each column."""
    changes = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
    return update(table).where(table.c.id == bindparam(ROW_ID)).values(changes)
