"""Internal notes of a quote's lines"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("quote_items") as table:
        table.add_column(sa.Column("internal_notes", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("quote_items") as table:
        table.drop_column("internal_notes")
