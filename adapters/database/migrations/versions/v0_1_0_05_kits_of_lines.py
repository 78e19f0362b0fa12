"""Kits of lines: the kit that a line of a quote was made from, and indexes to find quotes by their lines."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_05"
down_revision: str | None = "v0_1_0_04"
branch_labels: str | None = None
depends_on: str | None = None

UUID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("quote_items", sa.Column("kit_id", UUID))
    for column in ("product_id", "kit_id"):
        op.create_index(
            op.f(f"ix_quote_items_{column}_tenant_id_quote_id"), "quote_items", [column, "tenant_id", "quote_id"]
        )
