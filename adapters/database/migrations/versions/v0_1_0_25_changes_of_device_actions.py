"""Which device actions were asked of connected systems, and what became of it."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_25"
down_revision: str | None = "v0_1_0_24"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    epoch = sa.text("'1970-01-01 00:00:00+00'" if op.get_bind().dialect.name == "postgresql" else "0")
    op.create_table(
        "device_action_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("type", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, server_default=epoch, nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("sent_at", TIME),
        sa.Column("settled_at", TIME),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_device_action_changes_tenant_id")),
        sa.ForeignKeyConstraint(
            ["id"], ["device_actions.id"], name=op.f("fk_device_action_changes_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_action_changes")),
    )
