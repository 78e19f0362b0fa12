"""When quotes are to be delivered."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_19"
down_revision: str | None = "v0_1_0_18"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("quotes", sa.Column("delivery_date", sa.Date()))
