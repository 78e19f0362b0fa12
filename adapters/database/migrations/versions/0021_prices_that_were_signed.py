"""At which price a quote was taken and signed"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ACCEPTED = """
UPDATE quotes SET option_price_minor = (
    SELECT price_minor FROM price_options WHERE price_options.quote_id = quotes.id AND price_options.status = 'ACCEPTED'
) WHERE id IN (SELECT quote_id FROM price_options WHERE status = 'ACCEPTED')
"""


def upgrade() -> None:
    op.add_column("quotes", sa.Column("option_price_minor", sa.BigInteger()))
    op.add_column("signatures", sa.Column("price_option", sa.Text()))
    op.execute(ACCEPTED)


def downgrade() -> None:
    op.drop_column("signatures", "price_option")
    op.drop_column("quotes", "option_price_minor")
