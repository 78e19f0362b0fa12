"""Parts of configurations are found however their blanks and inch signs are written"""

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PARTS = sa.table(
    "configuration_parts", *(sa.column(name, sa.Text) for name in ("configuration_id", "name", "value", "key"))
)
WRITTEN = re.compile("[\\s\"'\u2018-\u201f\u2032\u2033]")


def upgrade() -> None:
    _rewrite(lambda value: WRITTEN.sub("", value).casefold())


def downgrade() -> None:
    _rewrite(lambda value: value.strip().casefold())


def _rewrite(form: Callable[[str], str]) -> None:
    connection, of = op.get_bind(), PARTS.c
    for name, value in connection.execute(sa.select(of.name, of.value).distinct()).all():
        same = (of.name == name) & (of.value == value)
        connection.execute(sa.update(PARTS).where(same).values(key=f"{name}={form(value)}"))
