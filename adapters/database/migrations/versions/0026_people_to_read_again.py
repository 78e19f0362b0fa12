"""Who is to be read again from an HR system, because they could not be taken over"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("hris_syncs") as table:
        table.add_column(sa.Column("again", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("hris_syncs") as table:
        table.alter_column("again", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hris_syncs") as table:
        table.drop_column("again")
