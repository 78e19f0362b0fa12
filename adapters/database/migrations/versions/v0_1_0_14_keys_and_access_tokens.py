"""Keys and access tokens: where keys may be used and who made them, and the tokens that they make for people."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_14"
down_revision: str | None = "v0_1_0_13"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    epoch = sa.text("'1970-01-01 00:00:00+00'" if op.get_bind().dialect.name == "postgresql" else "0")
    op.add_column("api_keys", sa.Column("tenant_id", sa.Integer()))
    op.add_column("api_keys", sa.Column("allowed_addresses", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("api_keys", sa.Column("allowed_origins", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("api_keys", sa.Column("previous_hash", sa.String(64)))
    op.add_column("api_keys", sa.Column("previous_until", TIME))
    op.add_column("api_keys", sa.Column("actor_kind", sa.String(10)))
    op.add_column("api_keys", sa.Column("actor_id", sa.Text()))
    op.add_column("api_keys", sa.Column("actor_name", sa.Text()))
    op.add_column("api_keys", sa.Column("updated_at", TIME, nullable=False, server_default=epoch))
    op.execute(
        "UPDATE api_keys SET updated_at = created_at, tenant_id = (SELECT tenants.id FROM tenants "
        "WHERE tenants.company_id = api_keys.company_id AND tenants.environment = api_keys.environment)"
    )
    for columns in (
        ["previous_hash"],
        ["tenant_id", "created_at", "id"],
        ["tenant_id", "updated_at", "id"],
        ["created_at", "id"],
        ["updated_at", "id"],
    ):
        op.create_index(op.f(f"ix_api_keys_{'_'.join(columns)}"), "api_keys", columns)
    op.create_table(
        "access_tokens",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", ID, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False, server_default=epoch),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME),
        sa.Column("last_used_at", TIME),
        sa.Column("updated_at", TIME, nullable=False, server_default=epoch),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_access_tokens_tenant_id")),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_access_tokens_api_key_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_access_tokens_hash")),
    )
    for columns in (
        ["expires_at"],
        ["api_key_id", "created_at", "id"],
        ["api_key_id", "updated_at", "id"],
        ["tenant_id", "created_at", "id"],
        ["tenant_id", "updated_at", "id"],
        ["created_at", "id"],
        ["updated_at", "id"],
    ):
        op.create_index(op.f(f"ix_access_tokens_{'_'.join(columns)}"), "access_tokens", columns)
    op.add_column("stream_tickets", sa.Column("caller", sa.Text()))
