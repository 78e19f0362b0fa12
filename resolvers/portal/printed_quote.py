"""Loads complete quotes, with everything that is printed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.companies.custom_fields import CustomField
from domain.companies.customers import Customer
from domain.portal.print_problems import print_problems
from domain.portal.printed_quote import QuoteDocument, document_of
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.price_option_rows import PriceOption
from domain.quotes.rows import Quote
from resolvers.context import Context
from resolvers.loaders import load_together
from resolvers.pages import LARGEST_SIZE, PageArguments, page_key

# The printed data of a quote: the aggregate, the company's name, the customer, the attachments and the price options.
Printed = tuple[QuoteAggregate, str, Customer | None, Sequence[QuoteAttachment], Sequence[PriceOption]]


class FullQuote(NamedTuple):
    """A quote with everything that the printed quote and the public quote show."""

    aggregate: QuoteAggregate
    company: str
    zone: str
    customer: Customer | None
    attachments: Sequence[QuoteAttachment]
    signatures: Sequence[Signature]
    fields: Sequence[CustomField]
    options: Sequence[PriceOption]
    handed_in: Sequence[CustomerDocument]

    @property
    def document(self) -> QuoteDocument:
        return document_of(self.aggregate, self.company, self.customer, self.attachments, self.options, self.zone)


async def full_quote(context: Context, quote_id: str) -> FullQuote | None:
    """Loads a quote in the tenant scope, or None."""
    quote = await context.load("quote", quote_id)
    if quote is None:
        return None
    of_company = page_key(
        "custom_fields", PageArguments(first=LARGEST_SIZE), "NAME", False, quote.tenant_id, [("used", True)]
    )
    printed, details, signatures, fields, handed_in = await load_together(
        _printed(context, quote),
        context.load("company_by_tenant", quote.tenant_id),
        context.load("signatures_by_quote", quote_id),
        context.load("custom_fields", of_company),
        context.load("customer_documents_by_quote", quote_id),
    )
    aggregate, company, customer, attachments, options = printed
    whose = (company, details.time_zone, customer)
    return FullQuote(aggregate, *whose, attachments, signatures, fields.rows, options, handed_in)


async def print_problems_of(context: Context, quote_id: str | None) -> Any:
    """The print problems of a quote in the tenant scope."""
    quote = await context.load("quote", quote_id) if quote_id else None
    if quote is None:
        return ()
    return print_problems(*await _printed(context, quote), context.services.deps.pdf_renderer.unprintable)


async def _printed(context: Context, quote: Quote) -> Printed:
    lines, company, customer, attachments, options = await load_together(
        _lines(context, quote.id),
        context.load("company_by_tenant", quote.tenant_id),
        _customer(context, quote.customer_id),
        context.load("attachments_by_quote", quote.id),
        context.load("price_options_by_quote", quote.id),
    )
    return QuoteAggregate(quote, lines, tuple(options)), company.name, customer, attachments, options


async def _lines(context: Context, quote_id: str) -> tuple[Line, ...]:
    items = await context.load("items_by_quote", quote_id)
    # The loaders batch these keys, so that several quotes together cause one statement for each kind.
    alternatives, recipients = await load_together(
        *(
            load_together(*(context.load(loader, item.id) for item in items))
            for loader in ("alternatives_by_item", "recipients_by_item")
        )
    )
    parts = zip(items, map(tuple, alternatives), map(tuple, recipients), strict=True)
    return tuple(Line(*it) for it in parts)


async def _customer(context: Context, customer_id: str | None) -> Customer | None:
    found: Customer | None = await context.load("customer", customer_id) if customer_id else None
    return found
