"""Vendor orders that are placed to learn the vendor's prices, before anyone decides, and the margins on these."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_18"
down_revision: str | None = "v0_1_0_17"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column(
        "vendor_orders", sa.Column("is_price_request", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("vendor_orders", sa.Column("price_basis", sa.String(64)))
    op.add_column("companies", sa.Column("vendor_margin", sa.Text()))
