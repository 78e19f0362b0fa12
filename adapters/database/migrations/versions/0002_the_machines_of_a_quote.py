"""The machines of a quote, its time, and what is noted of it"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UtcDateTime, TextTuple = adapters.database.core.column_types.UtcDateTime, adapters.database.core.column_types.TextTuple


def upgrade() -> None:
    with op.batch_alter_table("quotes") as batch_op:
        batch_op.add_column(sa.Column("offer_status", sa.String(10), server_default="DRAFT", nullable=False))
        batch_op.add_column(sa.Column("decision_status", sa.String(10), server_default="PENDING", nullable=False))
        batch_op.add_column(sa.Column("fulfilment_status", sa.String(12), server_default="NONE", nullable=False))
        batch_op.add_column(sa.Column("expires_at", UtcDateTime()))
        batch_op.add_column(sa.Column("closing_reason", sa.Text()))
        batch_op.add_column(sa.Column("notes", sa.Text()))
        batch_op.add_column(sa.Column("public_notes", sa.Text()))
        batch_op.add_column(sa.Column("body", sa.Text()))
        batch_op.add_column(sa.Column("project_reference", sa.Text()))
        batch_op.add_column(sa.Column("assignee_email", sa.Text()))
        batch_op.add_column(sa.Column("assignee_name", sa.Text()))
        batch_op.add_column(sa.Column("tags", TextTuple(), server_default="[]", nullable=False))
        batch_op.create_index(
            batch_op.f("ix_quotes_decision_status_offer_status_expires_at"),
            ["decision_status", "offer_status", "expires_at"],
        )
    # What the status of an older quote says of its machines.
    op.execute("UPDATE quotes SET decision_status = status WHERE status IN ('APPROVED', 'REJECTED')")
    op.execute("UPDATE quotes SET offer_status = 'CANCELLED' WHERE status = 'CANCELLED'")
    op.execute(
        "UPDATE quotes SET decision_status = 'APPROVED', fulfilment_status = status "
        "WHERE status IN ('IN_PROGRESS', 'DELIVERED', 'COMPLETED')"
    )
    op.execute(
        "UPDATE quotes SET fulfilment_status = 'ORDERED' WHERE fulfilment_status = 'NONE' AND EXISTS "
        "(SELECT 1 FROM vendor_orders WHERE vendor_orders.quote_id = quotes.id AND vendor_orders.status IN "
        "('PENDING', 'QUOTED', 'ACCEPTED', 'IN_PROGRESS', 'DELIVERED'))"
    )


def downgrade() -> None:
    with op.batch_alter_table("quotes") as batch_op:
        batch_op.drop_index(batch_op.f("ix_quotes_decision_status_offer_status_expires_at"))
        for name in (
            "tags",
            "assignee_name",
            "assignee_email",
            "project_reference",
            "body",
            "public_notes",
            "notes",
            "closing_reason",
            "expires_at",
            "fulfilment_status",
            "decision_status",
            "offer_status",
        ):
            batch_op.drop_column(name)
