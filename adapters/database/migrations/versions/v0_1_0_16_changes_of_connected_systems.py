"""Changes that are asked of connected systems, what these send to us, and which quotes come from them."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_16"
down_revision: str | None = "v0_1_0_15"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    epoch = sa.text("'1970-01-01 00:00:00+00'" if op.get_bind().dialect.name == "postgresql" else "0")
    op.add_column("quotes", sa.Column("connection_id", ID))
    op.create_table(
        "origin_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("quote_id", ID, nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, server_default=epoch, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("sent_at", TIME),
        sa.Column("settled_at", TIME),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_origin_changes_tenant_id")),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quotes.id"], name=op.f("fk_origin_changes_quote_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin_changes")),
    )
    op.create_index(op.f("ix_origin_changes_quote_id_id"), "origin_changes", ["quote_id", "id"])
    op.create_index(op.f("ix_origin_changes_connection_id"), "origin_changes", ["connection_id"])
    op.create_table(
        "connection_notices",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("collection", sa.String(20), nullable=False),
        sa.Column("external_id", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("worked_at", TIME),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_connection_notices_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_notices")),
        sa.UniqueConstraint(
            "connection_id", "delivery_id", name=op.f("uq_connection_notices_connection_id_delivery_id")
        ),
    )
    op.create_index(op.f("ix_connection_notices_received_at"), "connection_notices", ["received_at"])
