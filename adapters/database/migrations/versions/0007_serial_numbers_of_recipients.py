"""Serial numbers of recipients with many devices"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    serials: sa.Column[Any] = sa.Column(
        "serial_numbers",
        adapters.database.core.column_types.TextTuple(),
        server_default=sa.text("'[]'"),
        nullable=False,
    )
    op.add_column("recipients", serials)
    op.execute("UPDATE recipients SET serial_numbers = '[\"' || serial_number || '\"]' WHERE serial_number IS NOT NULL")


def downgrade() -> None:
    op.drop_column("recipients", "serial_numbers")
