"""Why an action moves a device from where it is not"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("device_actions", sa.Column("override_reason", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("device_actions") as table:
        table.drop_column("override_reason")
