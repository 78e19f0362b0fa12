"""Usage of the schema"""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_04"
down_revision: str | None = "v0_1_0_03"
branch_labels: str | None = None
depends_on: str | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "schema_usage",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("field", KEY, nullable=False),
        sa.Column("client", KEY, nullable=False),
        sa.Column("client_version", KEY, nullable=False),
        sa.Column("operations", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "field", "client", "client_version", name=op.f("pk_schema_usage")),
    )
