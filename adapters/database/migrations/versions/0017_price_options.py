"""Price options"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UUID = sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "price_options",
        sa.Column("id", UUID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", UUID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("upfront_minor", sa.BigInteger(), nullable=False),
        sa.Column("price_currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("accepted_at", adapters.database.core.column_types.UtcDateTime(), nullable=True),
        sa.Column("accepted_by_kind", sa.String(length=10), nullable=True),
        sa.Column("accepted_by_id", sa.Text(), nullable=True),
        sa.Column("accepted_by_name", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quotes.id"], name=op.f("fk_price_options_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_price_options_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_options")),
    )
    op.create_index("ix_price_options_quote_id_position_id", "price_options", ["quote_id", "position", "id"])


def downgrade() -> None:
    op.drop_table("price_options")
