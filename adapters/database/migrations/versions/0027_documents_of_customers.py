"""What customers hand in with a quote"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from adapters.database.core.column_types import UtcDateTime
from adapters.database.core.columns import Uuid

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "quotes", sa.Column("accepts_documents", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_table(
        "customer_documents",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", Uuid, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quotes.id"], name=op.f("fk_customer_documents_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_customer_documents_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_documents")),
    )
    with op.batch_alter_table("customer_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_documents_quote_id_id"), ["quote_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("customer_documents")
    with op.batch_alter_table("quotes") as table:
        table.drop_column("accepts_documents")
