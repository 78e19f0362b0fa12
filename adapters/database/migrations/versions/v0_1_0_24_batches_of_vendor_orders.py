"""Vendor orders that are one order at the vendor."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_24"
down_revision: str | None = "v0_1_0_23"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("vendor_orders", sa.Column("batch_id", ID))
