"""Movements"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "c2013c01e884"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Uuid = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "movements",
        sa.Column(
            "id", sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column(
            "device_action_id",
            sa.String(length=36).with_variant(sa.String(length=36, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=14), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("employee_email", sa.Text(), nullable=False),
        sa.Column("employee_key", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("factory_reset", sa.Boolean(), nullable=False),
        sa.Column("vendor_movement_id", sa.Text(), nullable=True),
        sa.Column("movement_number", sa.Text(), nullable=True),
        sa.Column("tracking_link", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_action_id"], ["device_actions.id"], name=op.f("fk_movements_device_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_movements_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("device_action_id", name=op.f("uq_movements_device_action_id")),
        sa.UniqueConstraint("tenant_id", "vendor_movement_id", name=op.f("uq_movements_tenant_id_vendor_movement_id")),
    )
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_movements_employee_key_id"), ["employee_key", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_movements_employee_key_id"))

    op.drop_table("movements")
