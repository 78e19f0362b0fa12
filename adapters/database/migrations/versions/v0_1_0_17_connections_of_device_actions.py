"""Which device actions come from connected systems, or are to be created there."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_17"
down_revision: str | None = "v0_1_0_16"
branch_labels: str | None = None
depends_on: str | None = None

ID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("device_actions", sa.Column("connection_id", ID))
    op.execute(
        "UPDATE device_actions "
        "SET connection_id = (SELECT connection_id FROM origins WHERE node_id = device_actions.id) "
        "WHERE id IN (SELECT node_id FROM origins WHERE node_type = 'DeviceAction')"
    )
