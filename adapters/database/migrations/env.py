"""How alembic runs here: always from our own code, on a connection it is handed."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from adapters.database.core.column_types import UtcDateTime
from adapters.database.metadata import metadata


def frozen(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own types as the database knows them: what a migration does must not change with the code."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    if isinstance(item, UtcDateTime):
        return 'sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")'
    return f"sa.{item.impl_instance!r}"


# No batches: they copy the table on SQLite, and deleting the old one deletes every row that refers to it.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
    render_item=frozen,
)
with context.begin_transaction():
    context.run_migrations()
