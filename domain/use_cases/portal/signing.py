"""What customers do with a public key: see, sign and decline a quote, and approve its project; and how the company says
what there is to sign. The key was looked up before: the caller stands for it, and reaches the tenant of its quote."""

from collections.abc import Callable, Sequence

from domain.companies.custom_fields import ValueDraft
from domain.history.field_changes import field_changes, quote_changes
from domain.portal.drafts import (
    AttachmentDraft,
    SignDraft,
    build_attachment,
    build_signature,
    build_signer,
    check_documents,
    chosen_alternatives,
    price_option_of,
    signature_count,
)
from domain.portal.printed_quote import QuoteDocument, document_hash
from domain.portal.public_keys import ClientInfo, UnknownPublicKey
from domain.portal.signatures import (
    DocumentChanged,
    Signature,
    SignaturePurpose,
    approve_project,
    check_attachable,
    check_filled_in,
    request_project_approval,
    require_signatures,
    sign,
)
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import DecisionStatus
from domain.quotes.totals import as_chosen
from domain.quotes.transitions import mark_viewed
from domain.shared.access import Caller
from domain.shared.errors import NotFound, Problems
from domain.shared.events import EventType
from domain.shared.ids import parse_id
from domain.use_cases.portal.printing import printed_quote_of
from domain.use_cases.quotes import closings, edits
from domain.use_cases.quotes.closings import Close
from domain.use_cases.quotes.edits import FillIn
from domain.use_cases.quotes.price_options import take
from domain.use_cases.quotes.steps import event_of, locked_quote


async def view_quote(deps: Dependencies, customer: Caller, quote_id: str) -> Outcome:
    """Note that the customer has opened a quote; only the first time is told (docs/domain.md#view-quote).

    Raises: NothingOpened, WrongStatus, Expired.
    """
    async with deps.unit_of_work(customer.tenant_scope) as work:
        before, now = await _opened(work, quote_id), deps.now()
        rule_result = mark_viewed(before, customer.actor, now)
        if rule_result.changes:
            await work.quotes.save(before, rule_result.quote)
            work.record(event_of(EventType.QUOTE_VIEWED, before.quote, customer.actor, deps, rule_result.changes))
            await work.commit()
        return Outcome((before.quote.ref,), rule_result.changes)


async def sign_quote(
    deps: Dependencies,
    customer: Caller,
    quote_id: str,
    client_info: ClientInfo,
    draft: SignDraft,
    dry_run: bool = False,
) -> Outcome:
    """Sign a quote as it is printed now (docs/domain.md#signatures); the last signature asked for approves it.

    Raises: InvalidInput, NotFound, DocumentChanged, AlreadySigned, OtherOptionAccepted, NotFilledIn, WrongStatus,
    Expired.
    """
    problems = Problems()
    signer = build_signer(draft, problems)
    problems.raise_if_any()
    assert signer is not None
    document = await _document(deps, customer, quote_id, draft.alternatives)
    printed = await deps.pdf_renderer.print_quote(document)
    async with deps.unit_of_work(customer.tenant_scope, customer.key_id, customer.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, now = await _opened(work, quote_id), deps.now()
        chosen = chosen_alternatives(draft.alternatives, before, problems)
        attachments = await work.signatures.attachments(quote_id)
        check_documents(draft, attachments, problems)
        option = price_option_of(draft, before.options, signer.document_hash, problems)
        problems.raise_if_any()
        seen, purpose = document_hash(printed), SignaturePurpose.QUOTE
        signature = build_signature(
            signer, draft, client_info, before.quote, attachments, purpose, seen, now, deps.new_id(), option, chosen
        )
        signed = sign(before, await work.signatures.of_quote(quote_id), signature, customer.actor, now, option)
        if signed.signature is not None:
            check_filled_in(before.quote, await work.custom_fields.of_tenant(before.quote.tenant_id))
        # Last, since whoever comes after the decision is told of that rather than of the paper.
        if await printed_quote_of(work, as_chosen(before, chosen)) != document or signer.document_hash not in (
            None,
            seen,
        ):
            head = before.quote
            message = "The quote has changed since it was opened. Look at it again before you sign it."
            raise DocumentChanged(message, head.ref, head.decision_status, DecisionStatus.APPROVED)
        outcome = Outcome((before.quote.ref,))
        if dry_run:
            return outcome
        if signed.signature is not None:
            await work.signatures.supersede(signed.superseded)
            await _keep(work, before, signed.signature, printed)
            facts: dict[str, object] = {"signatureId": signed.signature.id, "to": signed.signature.email}
            work.record(event_of(EventType.QUOTE_SIGNED, before.quote, customer.actor, deps, (), facts))
            if signed.approval is not None:
                await take(work, before, signed.approval, customer.actor, deps)
            else:
                await work.quotes.save(before, signed.quote)
        await work.commit(outcome)
        return outcome


async def decline_quote(
    deps: Dependencies, customer: Caller, quote_id: str, reason: str | None, dry_run: bool = False
) -> Outcome:
    """Decline a quote as a whole (docs/domain.md#decline-quote). Declined before, nothing changes.

    Raises: InvalidInput, NotFound, WrongStatus, Expired, SomethingAccepted.
    """
    try:
        return await closings.decline_quote(deps, customer, Close(quote_id, reason, dry_run=dry_run))
    except NotFound:
        raise UnknownPublicKey from None


async def fill_in_quote(deps: Dependencies, customer: Caller, quote_id: str, values: tuple[ValueDraft, ...]) -> Outcome:
    """Note what the customer says to the fields that customers fill in (docs/domain.md#customer-fields).

    Raises: InvalidInput, NotFound, NotEditable.
    """
    try:
        return await edits.fill_in(deps, customer, FillIn(quote_id, values))
    except NotFound:
        raise UnknownPublicKey from None


async def approve_quote_project(
    deps: Dependencies, customer: Caller, quote_id: str, client_info: ClientInfo, draft: SignDraft
) -> Outcome:
    """Sign that the project of a quote was carried out (docs/domain.md#project-approval). Signed before, nothing
    changes.

    Raises: InvalidInput, NotFound, NotSigned.
    """
    problems = Problems()
    signer = build_signer(draft, problems)
    problems.raise_if_any()
    assert signer is not None
    printed = await deps.pdf_renderer.print_quote(await _document(deps, customer, quote_id))
    async with deps.unit_of_work(customer.tenant_scope, customer.key_id, customer.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before, now = await _opened(work, quote_id), deps.now()
        after = approve_project(before, now)
        if after is not before:
            seen = document_hash(printed)
            signature = build_signature(
                signer, draft, client_info, before.quote, (), SignaturePurpose.PROJECT, seen, now, deps.new_id()
            )
            await _keep(work, before, signature, printed)
            await work.quotes.save(before, after)
            work.record(event_of(EventType.QUOTE_PROJECT_APPROVED, before.quote, customer.actor, deps))
        outcome = Outcome((before.quote.ref,))
        await work.commit(outcome)
        return outcome


async def set_required_signatures(deps: Dependencies, caller: Caller, quote_id: str, count: int) -> Outcome:
    """Say how many people have to sign a quote. Raises: InvalidInput, NotFound, AlreadySigned."""
    problems = Problems()
    checked = problems.check(("count",), signature_count, count)
    problems.raise_if_any()
    return await _change(
        deps,
        caller,
        quote_id,
        EventType.QUOTE_SIGNING_CHANGED,
        lambda quote: require_signatures(quote, checked or 1, deps.now()),
    )


async def ask_for_project_approval(deps: Dependencies, caller: Caller, quote_id: str) -> Outcome:
    """Ask the customer to approve the project of a quote. Raises: InvalidInput, NotFound, NotSigned."""
    kind = EventType.QUOTE_PROJECT_APPROVAL_REQUESTED
    return await _change(deps, caller, quote_id, kind, lambda quote: request_project_approval(quote, deps.now()))


async def attach_document(deps: Dependencies, caller: Caller, quote_id: str, draft: AttachmentDraft) -> Outcome:
    """Add a further document to a quote that nobody has signed. Raises: InvalidInput, NotFound, AlreadySigned."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        quote, now, problems = await locked_quote(work, quote_id), deps.now(), Problems()
        before = await work.signatures.attachments(quote.quote.id)
        attachment = build_attachment(draft, quote.quote, before, problems, now, deps.new_id())
        problems.raise_if_any()
        assert attachment is not None
        check_attachable(quote.quote, now)
        await work.signatures.attach(attachment)
        fields = field_changes([], [attachment])
        work.record(event_of(EventType.QUOTE_SIGNING_CHANGED, quote.quote, caller.actor, deps, fields=fields))
        outcome = Outcome((quote.quote.ref, attachment.ref))
        await work.commit(outcome)
        return outcome


async def detach_document(deps: Dependencies, caller: Caller, attachment_id: str) -> Outcome:
    """Take a further document off a quote that nobody has signed. Raises: InvalidInput, NotFound, AlreadySigned."""
    problems = Problems()
    parsed = problems.check(("attachmentId",), parse_id, attachment_id, "QuoteAttachment")
    problems.raise_if_any()
    assert parsed is not None
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        quote_id = await work.signatures.quote_of_attachment(parsed[1])
        quote = await work.quotes.lock(quote_id) if quote_id else None
        if quote is None:
            raise NotFound("document", ("attachmentId",))
        check_attachable(quote.quote, deps.now())
        gone = [it for it in await work.signatures.attachments(quote.quote.id) if it.id == parsed[1]]
        await work.signatures.detach(parsed[1])
        fields = field_changes(gone, [])
        work.record(event_of(EventType.QUOTE_SIGNING_CHANGED, quote.quote, caller.actor, deps, fields=fields))
        outcome = Outcome((quote.quote.ref,))
        await work.commit(outcome)
        return outcome


async def _change(
    deps: Dependencies,
    caller: Caller,
    quote_id: str,
    kind: EventType,
    change: Callable[[QuoteAggregate], QuoteAggregate],
) -> Outcome:
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = await locked_quote(work, quote_id)
        after = change(before)
        if after is not before:
            await work.quotes.save(before, after)
            fields = quote_changes(before, after)
            work.record(event_of(kind, before.quote, caller.actor, deps, fields=fields))
        outcome = Outcome((before.quote.ref,))
        await work.commit(outcome)
        return outcome


async def _opened(work: UnitOfWork, quote_id: str) -> QuoteAggregate:
    """The quote that a public key opens, locked. Raises: NothingOpened, when it is gone."""
    quote = await work.quotes.lock(quote_id)
    if quote is None:
        raise UnknownPublicKey
    return quote


async def _document(
    deps: Dependencies, customer: Caller, quote_id: str, alternatives: Sequence[str] = ()
) -> QuoteDocument:
    """What is signed, printed outside of the transaction that records the signature and says what is wrong with it."""
    async with deps.unit_of_work(customer.tenant_scope) as work:
        quote = await _opened(work, quote_id)
        return await printed_quote_of(work, as_chosen(quote, chosen_alternatives(alternatives, quote, Problems())))


async def _keep(work: UnitOfWork, quote: QuoteAggregate, signature: Signature, printed: bytes) -> None:
    await work.signatures.add(signature)
    await work.signatures.keep_document(quote.quote, printed, signature.signed_at)
