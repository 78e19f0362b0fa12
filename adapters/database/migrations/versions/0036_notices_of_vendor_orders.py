"""What of the recipients the vendor is not sent"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("vendor_orders") as table:
        table.add_column(sa.Column("notice", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("vendor_orders") as table:
        table.drop_column("notice")
