"""From which state of its offer a quote has expired, so that it can be renewed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# What expired before this was written was what it had last reached.
BEFORE = """
    UPDATE quotes SET expired_from = CASE
        WHEN EXISTS (SELECT 1 FROM status_times it WHERE it.node_id = quotes.id AND it.status = 'VIEWED') THEN 'VIEWED'
        WHEN EXISTS (SELECT 1 FROM status_times it WHERE it.node_id = quotes.id AND it.status = 'SENT') THEN 'SENT'
        ELSE 'DRAFT' END
    WHERE offer_status = 'EXPIRED'
"""


def upgrade() -> None:
    with op.batch_alter_table("quotes") as batch_op:
        batch_op.add_column(sa.Column("expired_from", sa.String(length=10), nullable=True))
    op.execute(BEFORE)


def downgrade() -> None:
    with op.batch_alter_table("quotes") as batch_op:
        batch_op.drop_column("expired_from")
