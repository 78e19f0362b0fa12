"""The letter by which a quote is sent: with its link, its document, and what the sender says in person."""

from domain.jobs import Job
from domain.money import render
from domain.outbound import Enclosure, Letter, LetterKind, LetterLine
from domain.ports import House
from domain.public_keys import may_see
from domain.quote_aggregate import Line, QuoteAggregate
from domain.quote_documents import document_of, printed_date


async def send_quote(house: House, job: Job) -> None:
    """Send a quote to one address (domain-facts E). What was called off or has expired since is not sent any more.

    Raises: OutboundFailure.
    """
    async with house.begin(job.reach) as work:
        quote = await work.quotes.lock(job.payload["quoteId"])
        if quote is None or not may_see(quote.quote, house.now()):
            return
        tenant = await work.tenants.by_id(job.tenant_id)
        key = await work.public_keys.current(quote.quote.id)
        attachments = await work.signatures.attachments(quote.quote.id)
        options = await work.price_options.of_quote(quote.quote.id)
    document = document_of(quote, tenant.company_name, attachments, options)
    enclosures: tuple[Enclosure, ...] = ()
    if job.payload["pdf"]:
        printed = await house.printer.print_quote(document)
        enclosures = (Enclosure(document.name, "application/pdf", printed),)
    link = house.links.page(key.key) if key is not None and job.payload["link"] else None
    await house.outside.mailer(job.environment).send(_letter(house, job, quote, tenant.company_name, link, enclosures))


def _letter(
    house: House, job: Job, quote: QuoteAggregate, company: str, link: str | None, enclosures: tuple[Enclosure, ...]
) -> Letter:
    head = quote.quote
    return Letter(
        kind=LetterKind.QUOTE_SENT,
        message_id=f"<{job.id}@quotegraph>",
        to=job.payload["to"],
        company=company,
        order_id=head.order_id,
        po_number=head.po_number,
        requester=head.requester_name or head.requester_email,
        lines=tuple(letter_line(line) for line in quote.lines),
        written_at=house.now(),
        message=tuple((job.payload["message"] or "").splitlines()),
        link=link,
        valid_until=printed_date(head.expires_at.date()) if head.expires_at else None,
        total=render(head.total) if head.total else None,
        enclosures=enclosures,
    )


def letter_line(line: Line) -> LetterLine:
    """A line as every letter shows it: what was agreed, or the price it is offered at."""
    offer, agreement = line.accepted_offer or line.item, line.item.agreement
    price = agreement.price if agreement else offer.price
    names = tuple(recipient.name for recipient in line.recipients)
    return LetterLine(offer.title, line.item.quantity, render(price) if price else None, names)
