"""Loads the data of a printed quote."""

from domain.portal.printed_quote import QuoteDocument, document_of
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate


async def printed_quote_of(work: UnitOfWork, quote: QuoteAggregate) -> QuoteDocument:
    """The printed quote in its current state."""
    head = quote.quote
    tenant = await work.tenants.by_id(head.tenant_id)
    customer = await work.customers.of_tenant(head.tenant_id, head.customer_id) if head.customer_id else None
    attachments = await work.signatures.attachments(head.id)
    return document_of(quote, tenant.company_name, customer, attachments, quote.options, tenant.time_zone)
