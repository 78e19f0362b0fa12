"""The table of members."""

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from adapters.database.core.column_types import UtcDateTime, Word
from adapters.database.core.columns import Key, created_at, identity, metadata, tenant, updated_at
from domain.members.members import MemberStatus
from domain.members.roles import Role
from domain.shared.access import ActorType

# `email_key` is the folded address, and `search` the name and address in the form of searches.
members = Table(
    "members",
    metadata,
    identity(),
    tenant(),
    Column("email", Text, nullable=False),
    Column("email_key", Key, nullable=False),
    Column("name", Text),
    Column("role", Word(Role, 12), nullable=False),
    Column("status", Word(MemberStatus, 10), nullable=False),
    # Who the person is to the identity provider; both are known since the first sign-in.
    Column("issuer", Key),
    Column("subject", Key),
    # Who invited the person last.
    Column("actor_kind", Word(ActorType, 10), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("invited_at", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime),
    Column("removed_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("search", Key, nullable=False),
    created_at(),
    updated_at(),
    UniqueConstraint("tenant_id", "email_key"),
    Index(None, "tenant_id", "search", "id"),
    Index(None, "tenant_id", "created_at", "id"),
    Index(None, "tenant_id", "updated_at", "id"),
    Index(None, "search", "id"),
    Index(None, "created_at", "id"),
    Index(None, "updated_at", "id"),
    Index(None, "email_key"),
    Index(None, "subject"),
)
