"""Parts in their order: an index that a page's parts can be read from without sorting"""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PARTS = (
    ("quote_items", "quote_id"),
    ("alternatives", "item_id"),
    ("recipients", "item_id"),
    ("recipients", "vendor_order_id"),
)


def upgrade() -> None:
    for table, whole in PARTS:
        op.create_index(f"ix_{table}_{whole}_position_id", table, [whole, "position", "id"])
        op.drop_index(f"ix_{table}_{whole}_position", table)


def downgrade() -> None:
    for table, whole in PARTS:
        op.create_index(f"ix_{table}_{whole}_position", table, [whole, "position"])
        op.drop_index(f"ix_{table}_{whole}_position_id", table)
