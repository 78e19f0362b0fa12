"""Turns and alarms of jobs: an index of the waiting jobs by tenant, and the kinds that have nothing but failures."""

import sqlalchemy as sa
from alembic import op

revision: str = "v0_1_0_08"
down_revision: str | None = "v0_1_0_07"
branch_labels: str | None = None
depends_on: str | None = None

TIME = sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")
IS_WAITING = sa.text("status = 'WAITING'")


def upgrade() -> None:
    op.create_table(
        "job_alarms",
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("failing_since", TIME, nullable=False),
        sa.Column("last_failed_at", TIME, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("lease_until", TIME),
        sa.Column("mailed_at", TIME),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_job_alarms")),
    )
    op.create_index(
        "ix_jobs_waiting",
        "jobs",
        ["kind", "tenant_id", "run_at", "id"],
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
