"""Employees are found by their name however it is written"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
EMPLOYEES = sa.table("employees", sa.column("name", sa.Text), sa.column("name_key", sa.Text))


def upgrade() -> None:
    with op.batch_alter_table("employees") as table:
        table.add_column(sa.Column("name_key", KEY, nullable=False, server_default=""))
    connection, of = op.get_bind(), EMPLOYEES.c
    for (name,) in connection.execute(sa.select(of.name).distinct()).all():
        connection.execute(sa.update(EMPLOYEES).where(of.name == name).values(name_key=name.strip().casefold()))
    with op.batch_alter_table("employees") as table:
        table.alter_column("name_key", server_default=None)
        table.create_index(op.f("ix_employees_tenant_id_name_key"), ["tenant_id", "name_key"])


def downgrade() -> None:
    with op.batch_alter_table("employees") as table:
        table.drop_index(op.f("ix_employees_tenant_id_name_key"))
        table.drop_column("name_key")
