"""Subjects of events"""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_07"
down_revision: str | None = "v0_1_0_06"
branch_labels: str | None = None
depends_on: str | None = None

UUID = sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("events", sa.Column("subject_id", UUID, nullable=True))
