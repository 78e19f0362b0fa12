"""Last writes of keys: where in PostgreSQL's log the last commit of each API key is."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_10"
down_revision: str | None = "v0_1_0_09"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("last_write", sa.BigInteger()))
