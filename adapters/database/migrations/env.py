"""Configures Alembic, which our code calls with a connection."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from adapters.database.core.column_types import UtcDateTime
from adapters.database.metadata import metadata


def frozen(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Renders our types as database types, so that migrations do not depend on the code."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item, UtcDateTime):
        return 'sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")'
    return f"sa.{item.impl_instance!r}"


# No batch mode by itself: it copies the table on SQLite, and dropping the old one deletes all rows that refer to it.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
    render_item=frozen,
)
with context.begin_transaction():
    context.run_migrations()
