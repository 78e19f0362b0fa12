"""Searches forgive accents, apostrophes and the like

What is found by is written anew in the form of searches, a slice of the rows at a time.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from domain.catalogue.products import part_form
from domain.shared.parsers import fold
from domain.shared.search import search_form

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SLICE = 1_000
# What the rows of each table are found by.
FOUND_BY = {
    "assets": ("serial_number", "description", "employee_name", "employee_email", "place_name"),
    "customers": ("name", "company_name", "email", "external_id"),
    "employees": ("name", "email"),
    "kits": ("name",),
    "products": ("brand", "model"),
}
PARTS = sa.table("configuration_parts", *(sa.column(it, sa.Text) for it in ("name", "value", "key")))


def upgrade() -> None:
    _search_by(search_form)
    _parts_by(part_form)


def downgrade() -> None:
    _search_by(fold)
    _parts_by(lambda value: part_form(value).casefold())


def _search_by(form: Callable[[str], str]) -> None:
    connection = op.get_bind()
    for name, columns in FOUND_BY.items():
        table = sa.table(name, *(sa.column(it, sa.Text) for it in ("id", "search", *columns)))
        changed = sa.update(table).where(table.c.id == sa.bindparam("row")).values(search=sa.bindparam("found_by"))
        for rows in _slices(connection, table, columns):
            found = [{"row": id_, "found_by": form(" ".join(filter(None, told)))} for id_, *told in rows]
            connection.execute(changed, found)


def _slices(connection: sa.Connection, table: sa.TableClause, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    of, last = table.c, ""
    while True:
        after = sa.select(of.id, *(of[it] for it in columns)).where(of.id > last).order_by(of.id).limit(SLICE)
        if not (rows := connection.execute(after).all()):
            return
        yield rows
        last = rows[-1][0]


def _parts_by(form: Callable[[str], str]) -> None:
    connection, of = op.get_bind(), PARTS.c
    for name, value in connection.execute(sa.select(of.name, of.value).distinct()).all():
        same = (of.name == name) & (of.value == value)
        connection.execute(sa.update(PARTS).where(same).values(key=f"{name}={form(value)}"))
