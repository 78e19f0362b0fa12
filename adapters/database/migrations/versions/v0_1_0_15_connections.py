"""Connections to other systems, where objects come from, and what could not be used."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_15"
down_revision: str | None = "v0_1_0_14"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    epoch = sa.text("'1970-01-01 00:00:00+00'" if op.get_bind().dialect.name == "postgresql" else "0")

    def times() -> list[sa.Column[int]]:
        return [sa.Column(it, TIME, server_default=epoch, nullable=False) for it in ("created_at", "updated_at")]

    op.create_table(
        "connections",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("sealed_credentials", sa.Text(), nullable=False),
        sa.Column("hook_token_hash", sa.String(64), nullable=False),
        sa.Column("hook_token_sealed", sa.Text(), nullable=False),
        sa.Column("last_synced_at", TIME),
        sa.Column("sync_phase", sa.String(20), nullable=False),
        sa.Column("sync_full", sa.Boolean(), nullable=False),
        sa.Column("sync_collection", sa.String(20)),
        sa.Column("sync_cursor", sa.Text()),
        sa.Column("sync_marks", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("sync_highest", TIME),
        sa.Column("sync_collection_at", TIME),
        sa.Column("sync_read", sa.Integer(), nullable=False),
        sa.Column("sync_total", sa.Integer()),
        sa.Column("sync_changed", sa.Integer(), nullable=False),
        sa.Column("sync_started_at", TIME),
        sa.Column("sync_error", sa.Text()),
        sa.Column("sync_failures", sa.Integer(), nullable=False),
        *times(),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_connections_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("hook_token_hash", name=op.f("uq_connections_hook_token_hash")),
    )
    op.create_index(op.f("ix_connections_tenant_id_id"), "connections", ["tenant_id", "id"])
    op.create_table(
        "origins",
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("node_type", sa.String(20), nullable=False),
        sa.Column("parent_id", KEY, nullable=False),
        sa.Column("external_id", KEY, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(20), nullable=False),
        sa.Column("node_id", ID, nullable=False),
        sa.Column("lookup", KEY, nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("last_synced_at", TIME, nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("status_word", sa.Text()),
        sa.Column("metadata", sa.Text(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("files", sa.Text(), nullable=False, server_default=sa.text("'[]'")),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_origins_connection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_origins_tenant_id")),
        sa.PrimaryKeyConstraint(
            "connection_id", "record_id", "node_type", "parent_id", "external_id", name=op.f("pk_origins")
        ),
        sa.UniqueConstraint("node_id", "tenant_id", name=op.f("uq_origins_node_id_tenant_id")),
    )
    for columns in (["lookup", "tenant_id"], ["connection_id", "node_type", "last_synced_at"]):
        op.create_index(op.f("ix_origins_" + "_".join(columns)), "origins", columns)
    op.create_table(
        "connection_problems",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("connection_id", ID, nullable=False),
        sa.Column("collection", sa.String(20), nullable=False),
        sa.Column("external_id", KEY, nullable=False),
        sa.Column("path", KEY, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", KEY, nullable=False),
        sa.Column("raw", sa.Text()),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        sa.Column("resolved_at", TIME),
        *times(),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_connection_problems_connection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_connection_problems_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_problems")),
        sa.UniqueConstraint(
            "connection_id",
            "collection",
            "external_id",
            "path",
            "reason",
            name=op.f("uq_connection_problems_of_a_record"),
        ),
    )
    for columns in (["connection_id", "created_at", "id"], ["connection_id", "updated_at", "id"]):
        op.create_index(op.f("ix_connection_problems_" + "_".join(columns)), "connection_problems", columns)
