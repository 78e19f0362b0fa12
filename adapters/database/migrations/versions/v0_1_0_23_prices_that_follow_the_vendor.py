"""Which prices of offers follow the vendor, and the vendor's price that was taken over last.

Items with an open price request follow the vendor: one with a price as if the price that is quoted had been taken over,
so that the upgrade changes no price. Alternatives keep theirs, as it is not known which of them the vendor priced.
"""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_23"
down_revision: str | None = "v0_1_0_22"
branch_labels: str | None = None
depends_on: str | None = None


OPEN_REQUESTS = (
    "FROM vendor_orders WHERE item_id = quote_items.id AND is_price_request"
    " AND vendor_orders.status NOT IN ('CANCELLED', 'NOT_ORDERABLE')"
    " AND coalesce(attention, '') <> 'LOST' AND coalesce(asked, '') <> 'CANCEL'"
)


def upgrade() -> None:
    for table in ("quote_items", "alternatives"):
        op.add_column(table, sa.Column("follows_vendor", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        op.add_column(table, sa.Column("vendor_price_minor", sa.BigInteger()))
    open_items = f"quote_items.status IN ('PENDING', 'SOURCED') AND EXISTS (SELECT 1 {OPEN_REQUESTS})"
    taken_over = (
        f"SELECT max(quoted_price_minor) {OPEN_REQUESTS} AND quoted_price_currency = quote_items.price_currency"
    )
    values = f"follows_vendor = true, vendor_price_minor = ({taken_over})"
    op.execute(f"UPDATE quote_items SET {values} WHERE {open_items}")  # noqa: S608
