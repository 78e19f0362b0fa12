"""Times of rows: when each was created and last updated.

Rows that are there get the times that the database knows: those of their quote, kit, signature or event. A product or
employee without an event gets the time of the migration.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_03"
down_revision: str | None = "v0_1_0_02"
branch_labels: str | None = None
depends_on: str | None = None

TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
UPDATED = ("updated_at",)
BOTH = ("created_at", "updated_at")
COLUMNS: dict[str, tuple[str, ...]] = {
    "companies": UPDATED,
    "products": BOTH,
    "configurations": BOTH,
    "kit_devices": BOTH,
    "quote_items": UPDATED,
    "alternatives": UPDATED,
    "recipients": BOTH,
    "price_options": BOTH,
    "signatures": BOTH,
    "quote_attachments": UPDATED,
    "device_action_comments": UPDATED,
    "employees": BOTH,
    "jobs": UPDATED,
}
INDEXES: dict[str, list[tuple[str, ...]]] = {
    "quotes": [("customer_id", "updated_at", "id")],
    "recipients": [("email_key", "created_at", "id")],
    "assets": [("employee_key", "updated_at", "id")],
    "vendor_orders": [("tenant_id", "updated_at", "id"), ("updated_at", "id")],
    "products": [("created_at", "id"), ("updated_at", "id")],
    "employees": [
        ("tenant_id", "created_at", "id"),
        ("tenant_id", "updated_at", "id"),
        ("created_at", "id"),
        ("updated_at", "id"),
    ],
}
KNOWN: dict[str, list[str]] = {
    "companies": ["updated_at = created_at"],
    "products": [
        "created_at = COALESCE((SELECT MIN(occurred_at) FROM catalogue_events WHERE product_id = products.id), :now)",
        "updated_at = COALESCE((SELECT MAX(occurred_at) FROM catalogue_events WHERE product_id = products.id), :now)",
    ],
    "configurations": [
        "created_at = (SELECT p.created_at FROM products p WHERE p.id = configurations.product_id)",
        "updated_at = (SELECT p.updated_at FROM products p WHERE p.id = configurations.product_id)",
    ],
    "kit_devices": [
        "created_at = (SELECT k.created_at FROM kits k WHERE k.id = kit_devices.kit_id)",
        "updated_at = (SELECT k.updated_at FROM kits k WHERE k.id = kit_devices.kit_id)",
    ],
    "quote_items": ["updated_at = (SELECT q.updated_at FROM quotes q WHERE q.id = quote_items.quote_id)"],
    "alternatives": ["updated_at = (SELECT q.updated_at FROM quotes q WHERE q.id = alternatives.quote_id)"],
    "recipients": [
        "created_at = (SELECT i.created_at FROM quote_items i WHERE i.id = recipients.item_id)",
        "updated_at = (SELECT q.updated_at FROM quotes q WHERE q.id = recipients.quote_id)",
    ],
    "price_options": [
        "created_at = (SELECT q.created_at FROM quotes q WHERE q.id = price_options.quote_id)",
        "updated_at = (SELECT q.updated_at FROM quotes q WHERE q.id = price_options.quote_id)",
    ],
    "signatures": ["created_at = signed_at", "updated_at = signed_at"],
    "quote_attachments": ["updated_at = created_at"],
    "device_action_comments": ["updated_at = created_at"],
    "employees": [
        "created_at = COALESCE((SELECT MIN(e.occurred_at) FROM events e WHERE e.node_id = employees.id), :now)",
        "updated_at = COALESCE((SELECT MAX(e.occurred_at) FROM events e WHERE e.node_id = employees.id), :now)",
    ],
    "jobs": ["updated_at = COALESCE(finished_at, created_at)"],
}


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    epoch = sa.text("'1970-01-01 00:00:00+00'" if postgresql else "0")
    moment = datetime.now(UTC)
    now = moment if postgresql else round(moment.timestamp() * 1_000_000)
    for table, names in COLUMNS.items():
        for name in names:
            op.add_column(table, sa.Column(name, TIME, nullable=False, server_default=epoch))
    for table, known in KNOWN.items():
        for value in known:
            statement = sa.text(f"UPDATE {table} SET {value}")  # noqa: S608 - written out above
            op.execute(statement.bindparams(sa.bindparam("now", now, TIME)) if ":now" in value else statement)
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
