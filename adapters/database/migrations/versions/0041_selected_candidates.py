"""Which of the vendor's candidates was taken"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("vendor_orders", sa.Column("selected", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("vendor_orders") as table:
        table.drop_column("selected")
