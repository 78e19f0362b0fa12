"""Orders are followed at the vendor"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types
from adapters.database.migrations.operations import widen

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("vendor_status", sa.Text()),
        sa.Column("quoted_price_minor", sa.BigInteger()),
        sa.Column("quoted_price_currency", sa.String(length=3)),
        sa.Column("eta", sa.Date()),
        sa.Column("min_eta", sa.Date()),
        sa.Column("max_eta", sa.Date()),
        sa.Column("delivered_on", sa.Date()),
        sa.Column("tracking_code", sa.Text()),
        sa.Column("tracking_link", sa.Text()),
        sa.Column(
            "serial_numbers",
            adapters.database.core.column_types.TextTuple(),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "alternatives",
            adapters.database.core.column_types.VendorAlternatives(),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("attention", sa.String(length=30)),
        sa.Column("asked", sa.String(length=10)),
        sa.Column("asked_price_minor", sa.BigInteger()),
        sa.Column("asked_price_currency", sa.String(length=3)),
        sa.Column("asked_group_id", sa.Text()),
        sa.Column("asked_candidate_id", sa.Text()),
        sa.Column("employee", adapters.database.core.column_types.VendorEmployee()),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("vendor_orders", column)
    widen("vendor_orders", "hardware_type", 30)


def downgrade() -> None:
    for column in _columns():
        op.drop_column("vendor_orders", column.name)
