"""Prices: one currency for each quote, discounts, shipping, tax, and what they add up to"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

DISCOUNT = (
    ("discount_type", sa.String(length=12)),
    ("discount_value", sa.BigInteger()),
    ("discount_reason", sa.Text()),
)
QUOTE_SUMS = ("subtotal", "discount_total", "shipping_total", "tax_total", "total")
ITEM_SUMS = ("subtotal", "discount_total", "tax_total", "total")

# What was priced before had neither discounts nor tax; mixed currencies do not add up and stay without sums.
CURRENCY = """
UPDATE quotes SET currency = (SELECT min(price_currency) FROM quote_items WHERE quote_id = quotes.id)
WHERE (SELECT min(price_currency) = max(price_currency) FROM quote_items WHERE quote_id = quotes.id)
AND NOT EXISTS (
    SELECT 1 FROM alternatives JOIN quote_items ON quote_items.id = alternatives.item_id
    WHERE alternatives.quote_id = quotes.id AND alternatives.price_currency <> quote_items.price_currency
)
"""
PRICED = """
currency IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM quote_items AS it WHERE it.quote_id = quotes.id AND it.decision <> 'REJECTED'
    AND it.agreed_price_minor IS NULL AND (it.status <> 'SOURCED' OR it.price_minor IS NULL)
)
"""
ITEMS = f"""
UPDATE quote_items SET
    subtotal_minor = coalesce(agreed_price_minor, price_minor) * quantity,
    discount_total_minor = 0, tax_total_minor = 0,
    total_minor = coalesce(agreed_price_minor, price_minor) * quantity,
    total_currency = coalesce(agreed_price_currency, price_currency)
WHERE decision <> 'REJECTED' AND quote_id IN (SELECT id FROM quotes WHERE {PRICED})
"""  # noqa: S608 - made of the constants above
SUM = "(SELECT coalesce(sum(total_minor), 0) FROM quote_items WHERE quote_id = quotes.id)"
QUOTES = f"""
UPDATE quotes SET subtotal_minor = {SUM}, discount_total_minor = 0, shipping_total_minor = 0, tax_total_minor = 0,
    total_minor = {SUM}
WHERE {PRICED}
"""  # noqa: S608 - made of the constants above


def upgrade() -> None:
    op.add_column("quotes", sa.Column("currency", sa.String(length=3)))
    op.add_column(
        "quotes", sa.Column("prices_include_tax", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    op.add_column("quotes", sa.Column("shipping_name", sa.Text()))
    op.add_column("quotes", sa.Column("shipping_minor", sa.BigInteger()))
    op.add_column("quote_items", sa.Column("taxable", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("quote_items", sa.Column("tax_rate", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("quote_items", sa.Column("discount_currency", sa.String(length=3)))
    op.add_column("quote_items", sa.Column("total_currency", sa.String(length=3)))
    for table, sums in (("quotes", QUOTE_SUMS), ("quote_items", ITEM_SUMS)):
        for name, type_ in DISCOUNT:
            op.add_column(table, sa.Column(name, type_))
        for name in sums:
            op.add_column(table, sa.Column(f"{name}_minor", sa.BigInteger()))
    for statement in (CURRENCY, ITEMS, QUOTES):
        op.execute(statement)


def downgrade() -> None:
    for table, sums in (("quotes", QUOTE_SUMS), ("quote_items", ITEM_SUMS)):
        for name in (*(f"{name}_minor" for name in sums), *(name for name, _ in DISCOUNT)):
            op.drop_column(table, name)
    for name in ("currency", "prices_include_tax", "shipping_name", "shipping_minor"):
        op.drop_column("quotes", name)
    for name in ("taxable", "tax_rate", "discount_currency", "total_currency"):
        op.drop_column("quote_items", name)
