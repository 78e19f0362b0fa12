"""Reads the own selections of all webhook endpoints, to compare them with the schema."""

from typing import NamedTuple

from sqlalchemy import select

from adapters.database.companies.tables import companies, tenants
from adapters.database.core.engine import Database
from adapters.database.webhooks.tables import webhook_endpoints


class SavedSelection(NamedTuple):
    """The document of an endpoint, with the scopes that it was saved with."""

    endpoint_id: str
    company: str
    environment: str
    url: str
    is_active: bool
    query: str
    scopes: tuple[str, ...]


async def saved_selections(database: Database) -> list[SavedSelection]:
    """Returns the documents of all endpoints that have one, by company."""
    of = webhook_endpoints.c
    statement = (
        select(of.id, companies.c.code, tenants.c.environment, of.url, of.is_active, of.query, of.scopes)
        .select_from(webhook_endpoints.join(tenants, tenants.c.id == of.tenant_id).join(companies))
        .where(of.query.is_not(None))
        .order_by(companies.c.code, of.id)
    )
    async with database.read.connect() as connection:
        return [SavedSelection._make(row) for row in await connection.execute(statement)]
