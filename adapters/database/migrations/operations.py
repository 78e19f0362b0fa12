"""What migrations do in a way that suits both databases."""

import sqlalchemy as sa
from alembic import op


def widen(table: str, column: str, length: int, nullable: bool = True) -> None:
    """Let a text column take longer words.

    SQLite would have to copy the whole table, to which others refer; a new column takes the old one's place instead.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column(table, column, type_=sa.String(length))
        return
    wider = f"{column}_wider"
    op.add_column(
        table,
        sa.Column(wider, sa.String(length), nullable=nullable, server_default=None if nullable else sa.text("''")),
    )
    op.execute(f"UPDATE {table} SET {wider} = {column}")  # noqa: S608 - names from our own migrations
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {wider} TO {column}")
