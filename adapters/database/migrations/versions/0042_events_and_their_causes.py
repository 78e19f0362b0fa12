"""Of which event another is a consequence"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from adapters.database.core.columns import Uuid

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.add_column(sa.Column("cause_id", Uuid))


def downgrade() -> None:
    with op.batch_alter_table("events") as table:
        table.drop_column("cause_id")
