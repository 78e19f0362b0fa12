"""Device actions"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

Uuid = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "device_action_numbers",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_device_action_numbers_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "year", name=op.f("pk_device_action_numbers")),
    )
    op.create_table(
        "device_actions",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("action_id", Key, nullable=False),
        sa.Column("action_type", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("serial_number", sa.Text(), nullable=False),
        sa.Column("serial_key", Key, nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("device_type", sa.String(length=20), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("current_name", sa.Text(), nullable=False),
        sa.Column("current_email", sa.Text(), nullable=False),
        sa.Column("current_country", sa.String(length=2), nullable=True),
        sa.Column("current_address", sa.Text(), nullable=True),
        sa.Column("current_phone", sa.Text(), nullable=True),
        sa.Column("current_key", Key, nullable=False),
        sa.Column("new_name", sa.Text(), nullable=True),
        sa.Column("new_email", sa.Text(), nullable=True),
        sa.Column("new_country", sa.String(length=2), nullable=True),
        sa.Column("new_address", sa.Text(), nullable=True),
        sa.Column("new_phone", sa.Text(), nullable=True),
        sa.Column("new_key", Key, nullable=True),
        sa.Column("wipe", sa.Boolean(), nullable=False),
        sa.Column("wipe_completed", sa.Boolean(), nullable=False),
        sa.Column("tracking_code", sa.Text(), nullable=True),
        sa.Column("tracking_link", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("notification_emails", adapters.database.core.column_types.TextTuple(), nullable=False),
        sa.Column("batch_id", Key, nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=True),
        sa.Column("created_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.Column("serial", Key, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_device_actions_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_actions")),
        sa.UniqueConstraint("tenant_id", "action_id", name=op.f("uq_device_actions_tenant_id_action_id")),
    )
    with op.batch_alter_table("device_actions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_actions_action_id"), ["action_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_device_actions_batch_id_created_at_id"), ["batch_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_device_actions_created_at_id"), ["created_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_device_actions_serial_key_created_at_id"), ["serial_key", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_device_actions_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_device_actions_tenant_id_status_created_at_id"),
            ["tenant_id", "status", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_device_actions_tenant_id_updated_at_id"), ["tenant_id", "updated_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_device_actions_updated_at_id"), ["updated_at", "id"], unique=False)
        batch_op.create_index(
            "uq_device_actions_active",
            ["serial_key"],
            unique=True,
            sqlite_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'IN_TRANSIT')"),
            postgresql_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'IN_TRANSIT')"),
        )

    op.create_table(
        "device_action_comments",
        sa.Column("id", Uuid, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("device_action_id", Uuid, nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("user_email", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", adapters.database.core.column_types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_action_id"],
            ["device_actions.id"],
            name=op.f("fk_device_action_comments_device_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_device_action_comments_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_action_comments")),
    )
    with op.batch_alter_table("device_action_comments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_device_action_comments_device_action_id_created_at_id"),
            ["device_action_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "device_action_people",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("person_key", Key, nullable=False),
        sa.Column("device_action_id", Uuid, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_action_id"],
            ["device_actions.id"],
            name=op.f("fk_device_action_people_device_action_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_device_action_people_tenant_id")),
        sa.PrimaryKeyConstraint("person_key", "device_action_id", name=op.f("pk_device_action_people")),
    )
    with op.batch_alter_table("device_action_people", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_device_action_people_device_action_id"), ["device_action_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("device_action_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_action_people_device_action_id"))

    op.drop_table("device_action_people")
    with op.batch_alter_table("device_action_comments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_action_comments_device_action_id_created_at_id"))

    op.drop_table("device_action_comments")
    with op.batch_alter_table("device_actions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_device_actions_active",
            sqlite_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'IN_TRANSIT')"),
            postgresql_where=sa.text("status IN ('PENDING', 'IN_PROGRESS', 'IN_TRANSIT')"),
        )
        batch_op.drop_index(batch_op.f("ix_device_actions_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_tenant_id_updated_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_tenant_id_status_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_tenant_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_serial_key_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_batch_id_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_device_actions_action_id"))

    op.drop_table("device_actions")
    op.drop_table("device_action_numbers")
