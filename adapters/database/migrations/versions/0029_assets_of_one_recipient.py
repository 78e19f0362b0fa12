"""Several assets may come from one recipient"""

from collections.abc import Sequence

from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("assets") as table:
        table.drop_constraint(op.f("uq_assets_recipient_id"), type_="unique")
        table.create_index(op.f("ix_assets_recipient_id"), ["recipient_id"])


def downgrade() -> None:
    with op.batch_alter_table("assets") as table:
        table.drop_index(op.f("ix_assets_recipient_id"))
        table.create_unique_constraint(op.f("uq_assets_recipient_id"), ["recipient_id"])
