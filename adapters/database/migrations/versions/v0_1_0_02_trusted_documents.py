"""Trusted documents"""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_02"
down_revision: str | None = "v0_1_0_01"
branch_labels: str | None = None
depends_on: str | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "trusted_documents",
        sa.Column("client", KEY, nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("pushed_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("client", "id", name=op.f("pk_trusted_documents")),
    )
