"""Lists of vendor orders"""

from collections.abc import Sequence

from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_vendor_orders_tenant_id_created_at_id", "vendor_orders", ["tenant_id", "created_at", "id"])
    op.create_index("ix_vendor_orders_created_at_id", "vendor_orders", ["created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_vendor_orders_created_at_id", "vendor_orders")
    op.drop_index("ix_vendor_orders_tenant_id_created_at_id", "vendor_orders")
