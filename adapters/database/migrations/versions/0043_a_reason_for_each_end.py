"""Why a quote was declined, cancelled and voided, each by itself"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

REASONS = ("decline_reason", "cancel_reason", "void_reason")
QUOTES = sa.table("quotes", *(sa.column(it) for it in ("offer_status", "decision_status", "closing_reason", *REASONS)))


def upgrade() -> None:
    of = QUOTES.c
    with op.batch_alter_table("quotes") as table:
        for name in REASONS:
            table.add_column(sa.Column(name, sa.Text()))
    # Until now the last one to end a quote was the only one whose reason was kept. Why one was ended that has been
    # deleted since is told by nobody.
    voided, cancelled = of.offer_status == "VOIDED", of.offer_status == "CANCELLED"
    declined = (of.decision_status == "DECLINED") & ~voided & ~cancelled
    for name, ended in zip(REASONS, (declined, cancelled | ~(declined | voided), voided), strict=True):
        op.execute(sa.update(QUOTES).where(ended).values({name: of.closing_reason}))
    with op.batch_alter_table("quotes") as table:
        table.drop_column("closing_reason")


def downgrade() -> None:
    of = QUOTES.c
    with op.batch_alter_table("quotes") as table:
        table.add_column(sa.Column("closing_reason", sa.Text()))
    last = sa.func.coalesce(of.void_reason, of.cancel_reason, of.decline_reason)
    op.execute(sa.update(QUOTES).values(closing_reason=last))
    with op.batch_alter_table("quotes") as table:
        for name in REASONS:
            table.drop_column(name)
