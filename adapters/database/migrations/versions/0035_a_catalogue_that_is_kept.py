"""SKUs, pictures and unique names of products, and what happened to them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from adapters.database.core.column_types import UtcDateTime

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
UUID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
UNIQUE = (("products", "name_key"), ("products", "sku_key"), ("configurations", "sku_key"))
PRODUCTS = sa.table("products", *(sa.column(name, sa.Text) for name in ("id", "brand", "model", "name_key")))


def upgrade() -> None:
    # Columns and indexes are added, for which SQLite copies no table to which others refer.
    for name, type_ in (("sku", sa.Text()), ("image_url", sa.Text()), ("name_key", KEY), ("sku_key", KEY)):
        op.add_column("products", sa.Column(name, type_))
    for name, type_ in (("sku", sa.Text()), ("sku_key", KEY)):
        op.add_column("configurations", sa.Column(name, type_))
    _name(op.get_bind())
    for table, name in UNIQUE:
        op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=True)
    op.create_table(
        "catalogue_events",
        sa.Column("id", UUID, nullable=False),
        sa.Column("product_id", UUID, nullable=False),
        sa.Column("type", sa.String(30), nullable=False),
        sa.Column("node_type", sa.String(20), nullable=False),
        sa.Column("node_id", UUID, nullable=False),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("field_changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_catalogue_events_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_events")),
    )
    op.create_index(
        op.f("ix_catalogue_events_product_id_occurred_at_id"), "catalogue_events", ["product_id", "occurred_at", "id"]
    )


def _name(connection: sa.Connection) -> None:
    """Products that were written by hand may be there twice: the first has the name, the others keep theirs apart."""
    seen = set[str]()
    for id_, brand, model in connection.execute(sa.select(*(PRODUCTS.c[it] for it in ("id", "brand", "model")))).all():
        key = f"{brand.strip()}\n{model.strip()}".casefold()
        own = f"{key}\n{id_}" if key in seen else key
        seen.add(key)
        connection.execute(sa.update(PRODUCTS).where(PRODUCTS.c.id == id_).values(name_key=own))


def downgrade() -> None:
    op.drop_table("catalogue_events")
    for table, name in UNIQUE:
        op.drop_index(op.f(f"ix_{table}_{name}"), table)
    for name in ("sku", "image_url", "name_key", "sku_key"):
        op.drop_column("products", name)
    for name in ("sku", "sku_key"):
        op.drop_column("configurations", name)
