"""An object may come from several connections of a company."""

from alembic import op

revision: str = "v0_1_0_22"
down_revision: str | None = "v0_1_0_21"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    # SQLite can change the constraints of a table only by copying it. No row of another table refers to this one.
    with op.batch_alter_table("origins") as origins:
        origins.drop_constraint(op.f("uq_origins_node_id_tenant_id"), type_="unique")
        origins.create_unique_constraint(op.f("uq_origins_node_id_connection_id"), ["node_id", "connection_id"])
