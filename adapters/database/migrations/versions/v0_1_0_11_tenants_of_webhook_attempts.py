"""Tenants of webhook attempts, which were only known of their deliveries."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_11"
down_revision: str | None = "v0_1_0_10"
branch_labels: str | None = None
depends_on: str | None = None

TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
UUID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
COLUMNS = "tenant_id, delivery_id, number, at, response_status, latency_ms, error, response_body"


def upgrade() -> None:
    # A column that is required cannot be added to a table with rows, so that the table is made anew.
    attempts = ", ".join(f"it.{name}" for name in COLUMNS.split(", ")[1:])
    op.execute(
        f"CREATE TABLE kept_attempts AS SELECT delivery.tenant_id, {attempts} FROM webhook_attempts it "  # noqa: S608
        "JOIN webhook_deliveries delivery ON delivery.id = it.delivery_id"
    )
    op.drop_table("webhook_attempts")
    op.create_table(
        "webhook_attempts",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", UUID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("response_status", sa.Integer()),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("response_body", sa.Text()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_webhook_attempts_tenant_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_deliveries.id"], name=op.f("fk_webhook_attempts_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_webhook_attempts")),
    )
    op.execute(f"INSERT INTO webhook_attempts ({COLUMNS}) SELECT {COLUMNS} FROM kept_attempts")  # noqa: S608
    op.drop_table("kept_attempts")
