"""Which price option of a quote was accepted"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ACCEPTED = """
UPDATE quotes SET accepted_option_id = (
    SELECT id FROM price_options WHERE price_options.quote_id = quotes.id AND price_options.status = 'ACCEPTED'
) WHERE id IN (SELECT quote_id FROM price_options WHERE status = 'ACCEPTED')
"""


def upgrade() -> None:
    op.add_column("quotes", sa.Column("accepted_option_id", sa.Text()))
    op.execute(ACCEPTED)


def downgrade() -> None:
    op.drop_column("quotes", "accepted_option_id")
