"""Quotes read whole, with all that is printed of them."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from domain.custom_fields import CustomField
from domain.customer_documents import CustomerDocument
from domain.customers import Customer
from domain.price_options import PriceOption
from domain.quote_aggregate import Line, QuoteAggregate
from domain.quote_documents import QuoteDocument, document_of
from domain.signatures import QuoteAttachment, Signature
from resolvers.connections import LARGEST_SIZE, PageArguments
from resolvers.context import Context
from resolvers.custom_fields import custom_fields_key


class Whole(NamedTuple):
    """A quote with all its parts."""

    aggregate: QuoteAggregate
    company: str
    customer: Customer | None
    attachments: Sequence[QuoteAttachment]
    signatures: Sequence[Signature]
    fields: Sequence[CustomField]
    options: Sequence[PriceOption]
    handed_in: Sequence[CustomerDocument]

    @property
    def document(self) -> QuoteDocument:
        return document_of(self.aggregate, self.company, self.customer, self.attachments, self.options)


async def whole_quote(context: Context, quote_id: str) -> Whole | None:
    """A quote within the caller's reach, or None."""
    quote = await context.load("quote", quote_id)
    if quote is None:
        return None
    of_company = custom_fields_key(quote.tenant_id, PageArguments(first=LARGEST_SIZE))
    items, company, customer, attachments, signatures, fields, options, handed_in = await asyncio.gather(
        context.load("items_by_quote", quote_id),
        context.load("company_by_tenant", quote.tenant_id),
        _customer(context, quote.customer_id),
        context.load("attachments_by_quote", quote_id),
        context.load("signatures_by_quote", quote_id),
        context.load("custom_fields", of_company),
        context.load("price_options_by_quote", quote_id),
        context.load("customer_documents_by_quote", quote_id),
    )
    ids = [item.id for item in items]
    alternatives, recipients = await asyncio.gather(
        context.load_bulk("alternatives_by_item", ids), context.load_bulk("recipients_by_item", ids)
    )
    lines = (Line(*parts) for parts in zip(items, map(tuple, alternatives), map(tuple, recipients), strict=True))
    aggregate = QuoteAggregate(quote, tuple(lines), tuple(options))
    return Whole(aggregate, company.name, customer, attachments, signatures, fields.rows, options, handed_in)


async def _customer(context: Context, customer_id: str | None) -> Customer | None:
    found: Customer | None = await context.load("customer", customer_id) if customer_id else None
    return found
