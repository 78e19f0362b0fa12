"""Which prices of offers follow the vendor, and the vendor's price that was taken over last."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_23"
down_revision: str | None = "v0_1_0_22"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    for table in ("quote_items", "alternatives"):
        op.add_column(table, sa.Column("follows_vendor", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        op.add_column(table, sa.Column("vendor_price_minor", sa.BigInteger()))
