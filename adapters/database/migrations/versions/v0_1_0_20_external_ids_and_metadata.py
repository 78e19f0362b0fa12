"""External IDs and metadata of quotes, their lines and recipients, customers and assets."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_20"
down_revision: str | None = "v0_1_0_19"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
IS_GIVEN = sa.text("external_id IS NOT NULL")
# The tables, and what else is in the index of their external IDs.
TABLES = {"quotes": "tenant_id", "quote_items": "quote_id", "recipients": "quote_id", "assets": "tenant_id"}


def upgrade() -> None:
    for table, further in TABLES.items():
        op.add_column(table, sa.Column("external_id", KEY))
        op.create_index(
            op.f(f"ix_{table}_external_id_{further}"),
            table,
            ["external_id", further],
            sqlite_where=IS_GIVEN,
            postgresql_where=IS_GIVEN,
        )
    for table in (*TABLES, "customers"):
        op.add_column(table, sa.Column("metadata", sa.Text(), server_default=sa.text("'[]'"), nullable=False))
    op.create_table(
        "metadata_digests",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_metadata_digests_tenant_id")),
        sa.PrimaryKeyConstraint("node_id", "digest", name=op.f("pk_metadata_digests")),
    )
    op.create_index(op.f("ix_metadata_digests_digest_node_id"), "metadata_digests", ["digest", "node_id"])
