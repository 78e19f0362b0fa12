"""What customers see and sign: public keys, signatures, further documents"""

import hashlib
import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import adapters.database.core.column_types
from domain.shared.ids import new_id

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

UtcDateTime, Json = adapters.database.core.column_types.UtcDateTime, adapters.database.core.column_types.Json
UUID = sa.String(36).with_variant(sa.String(36, collation="C"), "postgresql")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("quotes") as batch_op:
        batch_op.add_column(sa.Column("required_signatures", sa.Integer(), server_default=sa.text("1"), nullable=False))
        batch_op.add_column(sa.Column("signature_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
        batch_op.add_column(sa.Column("project_approval_requested_at", UtcDateTime()))
        batch_op.add_column(sa.Column("project_approved_at", UtcDateTime()))
    keys = op.create_table(
        "public_keys",
        sa.Column("id", UUID, nullable=False),
        *_owned("public_keys"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_public_keys_hash")),
    )
    op.create_index(op.f("ix_public_keys_quote_id_id"), "public_keys", ["quote_id", "id"])
    op.create_table(
        "signatures",
        sa.Column("id", UUID, nullable=False),
        *_owned("signatures"),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", KEY, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text()),
        sa.Column("document_hash", sa.String(64), nullable=False),
        sa.Column("documents", Json(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
    )
    op.create_index(op.f("ix_signatures_quote_id_id"), "signatures", ["quote_id", "id"])
    op.create_table(
        "quote_attachments",
        sa.Column("id", UUID, nullable=False),
        *_owned("quote_attachments"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("requires_signature", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_attachments")),
    )
    op.create_index(op.f("ix_quote_attachments_quote_id_position"), "quote_attachments", ["quote_id", "position"])
    op.create_table(
        "signed_documents",
        *_owned("signed_documents"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("quote_id", "sha256", name=op.f("pk_signed_documents")),
    )
    _make_keys(keys)


def downgrade() -> None:
    for table in ("signed_documents", "quote_attachments", "signatures", "public_keys"):
        op.drop_table(table)
    with op.batch_alter_table("quotes") as batch_op:
        for name in (
            "project_approved_at",
            "project_approval_requested_at",
            "signature_count",
            "required_signatures",
        ):
            batch_op.drop_column(name)


def _owned(table: str) -> tuple[sa.Column[object] | sa.ForeignKeyConstraint, ...]:
    tenant, quote = op.f(f"fk_{table}_tenant_id"), op.f(f"fk_{table}_quote_id")
    return (
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("quote_id", UUID, nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=tenant),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=quote, ondelete="CASCADE"),
    )


def _make_keys(keys: sa.Table) -> None:
    """Every quote has a key, also those from before there were any."""
    quotes = sa.table("quotes", sa.column("id"), sa.column("tenant_id"), sa.column("created_at", UtcDateTime()))
    connection = op.get_bind()
    for quote in connection.execute(sa.select(quotes)).all():
        key = secrets.token_urlsafe(24)
        made = {"id": new_id(), "key": key, "hash": hashlib.sha256(key.encode()).hexdigest()}
        owner = {"tenant_id": quote.tenant_id, "quote_id": quote.id, "created_at": quote.created_at}
        connection.execute(keys.insert().values(**made, **owner))
