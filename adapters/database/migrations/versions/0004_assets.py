"""Assets"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Uuid = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "assets",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("serial_key", Key, nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("device_type", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("employee_name", sa.Text(), nullable=True),
        sa.Column("employee_email", sa.Text(), nullable=True),
        sa.Column("employee_key", Key, nullable=True),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.Column("price_currency", sa.String(length=3), nullable=True),
        sa.Column("purchase_source", sa.Text(), nullable=True),
        sa.Column("purchase_order", sa.Text(), nullable=True),
        sa.Column("assigned_date", sa.Date(), nullable=True),
        sa.Column("completion_date", adapters.database.core.column_types.UtcDateTime(), nullable=True),
        sa.Column("recipient_id", Uuid, nullable=True),
        sa.Column("created_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.Column("serial", Key, nullable=False),
        sa.Column("search", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_assets_recipient_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_assets_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
        sa.UniqueConstraint("recipient_id", name=op.f("uq_assets_recipient_id")),
        sa.UniqueConstraint("serial_key", name=op.f("uq_assets_serial_key")),
    )
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assets_created_at_id"), ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assets_employee_key_created_at_id"), ["employee_key", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assets_serial"), ["serial"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assets_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assets_tenant_id_status_created_at_id"),
            ["tenant_id", "status", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_assets_tenant_id_updated_at_id"), ["tenant_id", "updated_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assets_updated_at_id"), ["updated_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assets_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_assets_tenant_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_assets_tenant_id_status_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_assets_tenant_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_assets_serial"))
        batch_op.drop_index(batch_op.f("ix_assets_employee_key_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_assets_created_at_id"))

    op.drop_table("assets")
