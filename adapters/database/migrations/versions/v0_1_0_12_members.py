"""Members: people of companies who sign in themselves."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_12"
down_revision: str | None = "v0_1_0_11"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
INDEXES = (
    ("tenant_id", "search", "id"),
    ("tenant_id", "created_at", "id"),
    ("tenant_id", "updated_at", "id"),
    ("search", "id"),
    ("created_at", "id"),
    ("updated_at", "id"),
    ("email_key",),
    ("subject",),
)


def upgrade() -> None:
    epoch = sa.text("'1970-01-01 00:00:00+00'" if op.get_bind().dialect.name == "postgresql" else "0")
    op.create_table(
        "members",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", KEY, nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("issuer", KEY),
        sa.Column("subject", KEY),
        sa.Column("actor_kind", sa.String(10), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("invited_at", TIME, nullable=False),
        sa.Column("joined_at", TIME),
        sa.Column("removed_at", TIME),
        sa.Column("last_seen_at", TIME),
        sa.Column("search", KEY, nullable=False),
        sa.Column("created_at", TIME, nullable=False, server_default=epoch),
        sa.Column("updated_at", TIME, nullable=False, server_default=epoch),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_members_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("tenant_id", "email_key", name=op.f("uq_members_tenant_id_email_key")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_members_{'_'.join(columns)}"), "members", list(columns))
