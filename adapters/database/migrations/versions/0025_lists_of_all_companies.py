"""Lists of all companies' customers, kits and custom fields, and of the products, in their orders"""

from collections.abc import Sequence

from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ORDERS = {
    "customers": ("search", "created_at", "updated_at"),
    "kits": ("search", "created_at", "updated_at"),
    "custom_fields": ("name_key",),
    "products": ("search",),
}


def upgrade() -> None:
    for table, orders in ORDERS.items():
        for order in orders:
            op.create_index(f"ix_{table}_{order}_id", table, [order, "id"])


def downgrade() -> None:
    for table, orders in ORDERS.items():
        for order in orders:
            op.drop_index(f"ix_{table}_{order}_id", table)
