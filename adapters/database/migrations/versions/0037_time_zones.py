"""In which time zone a company's days are, and how the end of a quote was given"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_UNDECIDED = "decision_status = 'PENDING' AND offer_status IN ('DRAFT', 'SENT', 'VIEWED')"


def upgrade() -> None:
    op.add_column("companies", sa.Column("time_zone", sa.Text(), nullable=False, server_default="UTC"))
    op.add_column("quotes", sa.Column("expires_zone", sa.Text(), nullable=True))
    op.add_column(
        "quotes", sa.Column("expires_whole_day", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
    # A day was kept as its first second, while paper and page said that the quote was valid until that day.
    if op.get_bind().dialect.name == "postgresql":
        midnight = "date_trunc('day', expires_at AT TIME ZONE 'UTC') = expires_at AT TIME ZONE 'UTC'"
        last = "expires_at + interval '24 hours' - interval '1 microsecond'"
    else:
        midnight, last = "expires_at % 86400000000 = 0", "expires_at + 86400000000 - 1"
    op.execute(
        f"UPDATE quotes SET expires_at = {last}, expires_whole_day = true "  # noqa: S608 - words of ours
        f"WHERE expires_at IS NOT NULL AND {midnight} AND {_UNDECIDED}"
    )


def downgrade() -> None:
    for name in ("expires_zone", "expires_whole_day"):
        with op.batch_alter_table("quotes") as table:
            table.drop_column(name)
    with op.batch_alter_table("companies") as table:
        table.drop_column("time_zone")
