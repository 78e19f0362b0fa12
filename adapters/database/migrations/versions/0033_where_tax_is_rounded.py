"""Where tax is rounded: of companies, and of each quote as it was made"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("companies", "quotes"):
        op.add_column(name, sa.Column("tax_rounding", sa.String(8), nullable=False, server_default="PER_RATE"))
    # What was printed and signed keeps its amounts.
    op.execute("UPDATE quotes SET tax_rounding = 'PER_LINE' WHERE total_minor IS NOT NULL")


def downgrade() -> None:
    for name in ("companies", "quotes"):
        with op.batch_alter_table(name) as table:
            table.drop_column("tax_rounding")
