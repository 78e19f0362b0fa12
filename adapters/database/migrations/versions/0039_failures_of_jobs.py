"""How often in a row a job has failed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("failures", sa.Integer(), server_default=sa.text("0"), nullable=False))
    # What waits with an error has failed at least once; of what waits for its turn, the next attempt tells.
    op.execute("UPDATE jobs SET failures = 1 WHERE status = 'WAITING' AND last_error IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        table.drop_column("failures")
