"""The e-mails: what each of them tells, and to whom. Each is one job for one address, and may be run again."""

from domain.inventory.device_actions import DeviceAction, DeviceActionStatus, DeviceActionType
from domain.portal.printed_quote import QuoteDocument
from domain.portal.public_keys import may_see
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.statuses import OPEN, DecisionStatus, OfferStatus
from domain.quotes.totals import offered
from domain.shared.jobs import Job
from domain.shared.messages import Email, EmailKind, EmailLine, Enclosure, Fact
from domain.shared.money import Money, render
from domain.shared.times import printed
from domain.use_cases.portal.printed_quote import printed_quote_of

PDF = "application/pdf"


class QuoteGone(Exception):
    """The quote was deleted meanwhile, so there is nothing to do for it any more."""


async def send_quote_created(deps: Dependencies, job: Job) -> None:
    """Tell one address that a quote was asked for (docs/domain.md#create-quote)."""
    quote, document, company = await _quote(deps, job)
    lines = tuple(email_line(line) for line in quote.lines)
    await _send(deps, job, _email(deps, job, EmailKind.QUOTE_CREATED, document, company, lines=lines))


async def send_item_accepted(deps: Dependencies, job: Job) -> None:
    """Tell one address what was accepted of a quote in one go (docs/domain.md#accept-item)."""
    quote, document, company = await _quote(deps, job)
    lines = [line for line in quote.lines if line.item.id in job.payload["itemIds"]]
    # The sums are those of the quote, so they are told by the e-mail that tells of all of it.
    whole = quote.quote.decision_status == DecisionStatus.APPROVED and all(
        line in lines or line.accepted_offer is None for line in quote.lines
    )
    email = _email(
        deps,
        job,
        EmailKind.ITEM_ACCEPTED,
        document,
        company,
        lines=tuple(email_line(line) for line in lines),
        sums=_sums(document) if whole else (),
    )
    await _send(deps, job, email)


async def send_quote(deps: Dependencies, job: Job) -> None:
    """Send a quote to one address (docs/domain.md#send-quote). What was cancelled or has expired since is not sent any
    more.

    Raises: OutboundFailure.
    """
    async with deps.unit_of_work(job.tenant_scope) as work:
        quote = await work.quotes.lock(job.payload["quoteId"])
        if quote is None or not may_see(quote.quote, deps.now()):
            return
        company = (await work.tenants.by_id(job.tenant_id)).company_name
        key = await work.public_keys.current(quote.quote.id)
        document = await printed_quote_of(work, quote)
    enclosures: tuple[Enclosure, ...] = ()
    if job.payload["pdf"]:
        enclosures = (Enclosure(document.name, PDF, await deps.pdf_renderer.print_quote(document)),)
    email = _email(
        deps,
        job,
        EmailKind.QUOTE_SENT,
        document,
        company,
        lines=tuple(email_line(line) for line in quote.lines),
        sums=_sums(document),
        options=tuple(Fact(it.name, it.price) for it in document.options if it.state is None),
        state="was accepted" if quote.quote.decision_status == DecisionStatus.APPROVED else None,
        message=tuple((job.payload["message"] or "").splitlines()),
        more=_contact(quote),
        reply_to=quote.quote.assignee_email,
        link=deps.links.page(key.key) if key is not None and job.payload["link"] else None,
        enclosures=enclosures,
    )
    await _send(deps, job, email)


async def send_quote_declined(deps: Dependencies, job: Job) -> None:
    """Tell one address that the customer has declined a quote, and why (docs/domain.md#decline-quote)."""
    quote, document, company = await _quote(deps, job)
    reason = tuple((quote.quote.decline_reason or "").splitlines())
    email = _email(deps, job, EmailKind.QUOTE_DECLINED, document, company, message=reason)
    await _send(deps, job, email)


async def send_signed_copy(deps: Dependencies, job: Job) -> None:
    """Give whoever has signed a quote what they have signed, byte for byte (docs/domain.md#signed-document)."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        quote = await work.quotes.lock(job.payload["quoteId"])
        if quote is None:
            return
        tenant = await work.tenants.by_id(job.tenant_id)
        document = await printed_quote_of(work, quote)
        signatures = await work.signatures.of_quote(quote.quote.id)
        [signature] = [it for it in signatures if it.id == job.payload["signatureId"]]
        content = await work.signatures.document(quote.quote.id, signature.document_hash)
    signed = (Fact("Signed by", signature.name), Fact("Signed on", printed(signature.signed_at, tenant.time_zone)))
    hashed = (Fact("SHA-256", signature.document_hash),)
    email = _email(
        deps,
        job,
        EmailKind.QUOTE_SIGNED,
        document,
        tenant.company_name,
        more=(*_contact(quote), *signed, *hashed),
        reply_to=quote.quote.assignee_email,
        enclosures=(Enclosure(f"signed-{document.name}", PDF, content),),
    )
    await _send(deps, job, email)


async def send_device_action(deps: Dependencies, job: Job) -> None:
    """Tell one address how an action stands (docs/domain.md#action-e-mails)."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        action = await work.device_actions.lock(job.payload["deviceActionId"])
        company = (await work.tenants.by_id(job.tenant_id)).company_name
    assert action is not None, f"job {job.id} names an action that was never written"
    email = Email(
        kind=EmailKind.DEVICE_ACTION,
        message_id=f"<{job.id}@quotegraph>",
        to=job.payload["to"],
        company=company,
        number=action.action_id,
        written_at=deps.now(),
        facts=tuple(_facts_of(action, company)),
        state=STATES[DeviceActionStatus(job.payload["status"])],
    )
    await _send(deps, job, email)


STATES = {
    DeviceActionStatus.PENDING: "was asked for",
    DeviceActionStatus.IN_PROGRESS: "has begun",
    DeviceActionStatus.IN_TRANSIT: "is on its way",
    DeviceActionStatus.COMPLETED: "is done",
    DeviceActionStatus.CANCELLED: "was called off",
}
KINDS = {
    DeviceActionType.STORE: "Store",
    DeviceActionType.ASSIGN: "Assign",
    DeviceActionType.REASSIGN: "Reassign",
    DeviceActionType.RETRIEVAL: "Retrieval",
    DeviceActionType.DISPOSE: "Dispose",
}


def email_line(line: Line) -> EmailLine:
    """A line as every e-mail shows it: what was agreed, or the price it is offered at."""
    item, offer = line.item, line.accepted_offer or offered(line)
    names = tuple(recipient.name for recipient in line.recipients)
    if line.accepted_offer is None and offer.status == OfferStatus.REJECTED:
        return EmailLine(offer.title, item.quantity, "declined", names)
    price = item.agreement.price if item.agreement else offer.price
    others = [it for it in line.offers if it.status in OPEN and it.id != offer.id]
    return EmailLine(
        offer.title,
        item.quantity,
        render(price) if price else None,
        names,
        render(Money(price.minor * item.quantity, price.currency)) if price else None,
        tuple(", ".join(filter(None, (it.title, it.price and render(it.price)))) for it in others),
    )


def _contact(quote: QuoteAggregate) -> tuple[Fact, ...]:
    """Whom a customer may ask, who also gets what they answer."""
    name = quote.quote.assignee_name or quote.quote.assignee_email
    return (Fact("Your contact", name),) if name else ()


def _sums(document: QuoteDocument) -> tuple[Fact, ...]:
    return tuple(Fact(it.label, it.amount, it.strong) for it in document.amounts)


async def _quote(deps: Dependencies, job: Job) -> tuple[QuoteAggregate, QuoteDocument, str]:
    """The quote of a job, its paper and the name of its company. Raises: QuoteGone."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        quote = await locked(work, job)
        return quote, await printed_quote_of(work, quote), (await work.tenants.by_id(job.tenant_id)).company_name


async def locked(work: UnitOfWork, job: Job) -> QuoteAggregate:
    """The quote that a job is about, locked. Raises: QuoteGone."""
    quote = await work.quotes.lock(job.payload["quoteId"])
    if quote is None:
        raise QuoteGone
    return quote


async def _send(deps: Dependencies, job: Job, email: Email) -> None:
    await deps.external.mailer(job.environment).send(email)


def _email(
    deps: Dependencies,
    job: Job,
    kind: EmailKind,
    document: QuoteDocument,
    company: str,
    *,
    lines: tuple[EmailLine, ...] = (),
    sums: tuple[Fact, ...] = (),
    options: tuple[Fact, ...] = (),
    more: tuple[Fact, ...] = (),
    state: str | None = None,
    message: tuple[str, ...] = (),
    reply_to: str | None = None,
    link: str | None = None,
    enclosures: tuple[Enclosure, ...] = (),
) -> Email:
    return Email(
        kind=kind,
        message_id=f"<{job.id}@quotegraph>",
        to=job.payload["to"],
        company=company,
        number=document.order_id,
        written_at=deps.now(),
        facts=(*_facts(document, company), *more),
        lines=lines,
        sums=sums,
        options=options,
        state=state,
        message=message,
        reply_to=reply_to,
        link=link,
        enclosures=enclosures,
    )


def _facts(document: QuoteDocument, company: str) -> tuple[Fact, ...]:
    """What every e-mail about a quote tells of it."""
    facts = (
        ("Quote", document.order_id),
        ("Title", document.title),
        ("From" if document.seller else "Company", company),
        ("Prepared for", document.prepared_for[0] if document.seller else None),
        ("Requested by", document.requester_name or document.requester_email),
        ("PO number", document.po_number),
        ("Valid until", document.valid_until),
    )
    return tuple(Fact(label, value) for label, value in facts if value)


def _facts_of(action: DeviceAction, company: str) -> tuple[Fact, ...]:
    device = " · ".join(filter(None, (action.model, action.serial_number)))
    facts = (
        ("Action", f"{action.action_id}, {KINDS[action.action_type]}"),
        ("Company", company),
        ("Device", device),
        ("With", action.current_name),
        ("Goes to", action.new_name),
        ("Wipe", action.wipe and ("done" if action.wipe_completed else "asked for")),
        ("Tracking", action.tracking_link or action.tracking_code),
    )
    return tuple(Fact(label, value) for label, value in facts if value)
