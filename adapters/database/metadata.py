"""The metadata of all tables, which migrations compare the database with.

Each package has its tables in a module of its own; one that is not named here would be in no database.
"""

from adapters.database.access import tables as access
from adapters.database.catalogue import tables as catalogue
from adapters.database.companies import tables as companies
from adapters.database.connections import tables as connections
from adapters.database.core.columns import metadata
from adapters.database.fulfilment import tables as fulfilment
from adapters.database.history import tables as history
from adapters.database.idempotency import tables as idempotency
from adapters.database.inventory import tables as inventory
from adapters.database.jobs import tables as jobs
from adapters.database.members import tables as members
from adapters.database.node_metadata import tables as node_metadata
from adapters.database.notes import tables as notes
from adapters.database.people import tables as people
from adapters.database.portal import tables as portal
from adapters.database.quotes import tables as quotes
from adapters.database.rate_limits import tables as rate_limits
from adapters.database.stream_tickets import tables as stream_tickets
from adapters.database.tags import tables as tags
from adapters.database.trusted_documents import tables as trusted_documents
from adapters.database.usage import tables as usage
from adapters.database.webhooks import tables as webhooks

__all__ = ["TABLE_MODULES", "metadata"]

TABLE_MODULES = (
    access,
    catalogue,
    companies,
    connections,
    fulfilment,
    history,
    idempotency,
    inventory,
    jobs,
    members,
    node_metadata,
    notes,
    people,
    portal,
    quotes,
    rate_limits,
    stream_tickets,
    tags,
    trusted_documents,
    usage,
    webhooks,
)
