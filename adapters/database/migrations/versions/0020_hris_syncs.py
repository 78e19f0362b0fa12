"""From where HR systems are read on"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "hris_syncs",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("synced_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_hris_syncs_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "provider", name=op.f("pk_hris_syncs")),
    )
    columns = ["tenant_id", "hris_provider", "hris_id"]
    op.create_index(op.f("ix_employees_tenant_id_hris_provider_hris_id"), "employees", columns)


def downgrade() -> None:
    op.drop_index(op.f("ix_employees_tenant_id_hris_provider_hris_id"), "employees")
    op.drop_table("hris_syncs")
