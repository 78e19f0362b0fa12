"""The jobs that send e-mails: the content of each. A job sends to one address and can run again."""

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
    """The quote of a job was deleted, so the job has nothing left to do."""


async def send_quote_created(deps: Dependencies, job: Job) -> None:
    """Send one address the lines of a new quote (docs/domain.md#create-quote). Raises: QuoteGone, OutboundFailure."""
    quote, document, company = await _quote(deps, job)
    lines = tuple(email_line(line) for line in quote.lines)
    await _send(deps, job, _email(deps, job, EmailKind.QUOTE_CREATED, document, company, lines=lines))


async def send_item_accepted(deps: Dependencies, job: Job) -> None:
    """Send one address the lines of a quote that one mutation accepted (docs/domain.md#accept-item).

    Raises: QuoteGone, OutboundFailure.
    """
    quote, document, company = await _quote(deps, job)
    lines = [line for line in quote.lines if line.item.id in job.payload["itemIds"]]
    # The totals are those of the whole quote, so only an e-mail that lists every accepted line has them.
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
    """Send a quote to one address (docs/domain.md#send-quote). A quote that was cancelled or has expired since is not
    sent.

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
    """Send one address the customer's reason for declining a quote (docs/domain.md#decline-quote).

    Raises: QuoteGone, OutboundFailure.
    """
    quote, document, company = await _quote(deps, job)
    reason = tuple((quote.quote.decline_reason or "").splitlines())
    email = _email(deps, job, EmailKind.QUOTE_DECLINED, document, company, message=reason)
    await _send(deps, job, email)


async def send_signed_copy(deps: Dependencies, job: Job) -> None:
    """Send the signer of a quote the signed document, byte for byte (docs/domain.md#signed-document).

    Raises: OutboundFailure.
    """
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
    """Send one address the status of a device action (docs/domain.md#action-e-mails). Raises: OutboundFailure."""
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
    """A line as every e-mail shows it, with the agreed price or else the price of the offer."""
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
        line.is_ordered,
        line.awaits_recipients,
    )


def _contact(quote: QuoteAggregate) -> tuple[Fact, ...]:
    """The assignee as the customer's contact, if the quote has one."""
    name = quote.quote.assignee_name or quote.quote.assignee_email
    return (Fact("Your contact", name),) if name else ()


def _sums(document: QuoteDocument) -> tuple[Fact, ...]:
    return tuple(Fact(it.label, it.amount, it.strong) for it in document.amounts)


async def _quote(deps: Dependencies, job: Job) -> tuple[QuoteAggregate, QuoteDocument, str]:
    """The quote of a job, its printed quote and the name of its company. Raises: QuoteGone."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        quote = await locked(work, job)
        return quote, await printed_quote_of(work, quote), (await work.tenants.by_id(job.tenant_id)).company_name


async def locked(work: UnitOfWork, job: Job) -> QuoteAggregate:
    """The quote of a job, locked. Raises: QuoteGone."""
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
    """The facts that every e-mail about a quote lists."""
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
