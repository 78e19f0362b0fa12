"""Destinations, and what the vendor is told of people, companies and quotes"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TEXTS = {
    "recipients": ("city", "post_code", "address_extra", "government_id"),
    "quotes": ("client_name", "abm_id"),
    "companies": ("legal_number", "contact_email", "phone"),
}


def upgrade() -> None:
    for table, names in TEXTS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Text()))
    op.add_column("companies", sa.Column("country", sa.String(2)))
    op.add_column("quotes", sa.Column("auto_quote", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    employee = sa.text("'EMPLOYEE'")
    op.add_column("recipients", sa.Column("destination", sa.String(10), server_default=employee, nullable=False))
    op.execute("UPDATE recipients SET destination = 'STORAGE' WHERE storage")


def downgrade() -> None:
    op.drop_column("recipients", "destination")
    op.drop_column("quotes", "auto_quote")
    op.drop_column("companies", "country")
    for table, names in TEXTS.items():
        for name in names:
            op.drop_column(table, name)
