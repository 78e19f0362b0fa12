"""Rate limits: buckets of points that processes share, and those of single keys."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_13"
down_revision: str | None = "v0_1_0_12"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("payer", name=op.f("pk_rate_limits")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE rate_limits SET UNLOGGED")
    op.add_column("api_keys", sa.Column("rate_limit_points", sa.Integer()))
    op.add_column("api_keys", sa.Column("rate_limit_restore", sa.Integer()))
