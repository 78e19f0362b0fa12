"""Stream tickets: what opens an event stream where no API key can be sent."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_09"
down_revision: str | None = "v0_1_0_08"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "stream_tickets",
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("api_key_id", ID, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_stream_tickets")),
    )
    op.create_index(op.f("ix_stream_tickets_expires_at"), "stream_tickets", ["expires_at"])
