"""Who made each quote."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_21"
down_revision: str | None = "v0_1_0_20"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("quotes", sa.Column("author", sa.Text()))
