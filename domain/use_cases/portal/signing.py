"""Customers view, sign and decline a quote and approve its project; the company configures what has to be signed.

The public key has already been looked up: `customer` is its caller, with the tenant scope of the quote.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.companies.custom_fields import ValueDraft
from domain.connections.systems import Capability
from domain.history.field_changes import field_changes, quote_changes
from domain.portal.drafts import (
    AttachmentDraft,
    SignDraft,
    Signer,
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
from domain.quotes.statuses import DecisionStatus, QuoteMilestone, StatusTime
from domain.quotes.totals import as_chosen
from domain.quotes.transitions import mark_viewed
from domain.shared.access import Caller
from domain.shared.errors import NotFound, Path, Problems
from domain.shared.events import EventType
from domain.shared.ids import parse_reference
from domain.use_cases.connections.origins import is_foreign, refuse_foreign
from domain.use_cases.frame import Command, use_case
from domain.use_cases.portal.printed_quote import printed_quote_of
from domain.use_cases.quotes import closings, edits
from domain.use_cases.quotes.closings import Close
from domain.use_cases.quotes.edits import FillIn
from domain.use_cases.quotes.price_options import take
from domain.use_cases.quotes.steps import QuoteCommand, event_of, locked_quote

KEY: Path = ("key",)
ATTACHMENT: Path = ("attachmentId",)


@dataclass(frozen=True, slots=True)
class CustomerCommand(Command):
    """A command of a quote's customer. The input field `key` contains the public key."""

    quote_id: str

    @property
    def subject(self) -> Path:
        return KEY

    @property
    def customer_name(self) -> str | None:
        """The customer's name, if the input contains it."""
        return None


@dataclass(frozen=True, slots=True)
class ViewQuote(CustomerCommand):
    """Record that the customer has viewed a quote."""


@dataclass(frozen=True, slots=True)
class SignQuote(CustomerCommand):
    """Sign a quote, or approve its project with a signature."""

    client_info: ClientInfo
    draft: SignDraft

    @property
    def customer_name(self) -> str | None:
        return self.draft.name


@dataclass(frozen=True, slots=True)
class _PrintedSigning(SignQuote):
    """A signature command with its signer and the printed quote."""

    signer: Signer
    document: QuoteDocument
    printed: bytes


@dataclass(frozen=True, slots=True)
class DeclineQuote(CustomerCommand):
    """Decline a quote as a whole, with an optional reason."""

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class FillInQuote(CustomerCommand):
    """Set the custom fields that the customer fills in."""

    values: tuple[ValueDraft, ...]


@dataclass(frozen=True, slots=True)
class RequireSignatures(QuoteCommand):
    """Set how many people have to sign a quote."""

    count: int


@dataclass(frozen=True, slots=True)
class AskForProjectApproval(QuoteCommand):
    """Request the customer's approval of a quote's project."""


@dataclass(frozen=True, slots=True)
class AttachDocument(QuoteCommand):
    """Add an attachment to a quote."""

    draft: AttachmentDraft


@dataclass(frozen=True, slots=True)
class DetachDocument(Command):
    """Remove an attachment from its quote."""

    attachment_id: str

    @property
    def subject(self) -> Path:
        return ATTACHMENT


async def view_quote(deps: Dependencies, customer: Caller, command: ViewQuote) -> Outcome:
    """Record that the customer has viewed a quote, the first time only (docs/domain.md#view-quote).

    Raises: UnknownPublicKey, WrongStatus, Expired.
    """
    async with deps.unit_of_work(customer.tenant_scope) as work:
        before, now = await _locked_quote(work, command.quote_id), deps.now()
        rule_result = mark_viewed(before, customer.actor, now)
        if rule_result.changes:
            await work.quotes.save(before, rule_result.quote)
            work.record(event_of(EventType.QUOTE_VIEWED, before.quote, customer.actor, deps, rule_result.changes))
            await work.commit()
        return Outcome((before.quote.ref,), rule_result.changes)


async def sign_quote(deps: Dependencies, customer: Caller, command: SignQuote) -> Outcome:
    """Sign the current printed quote (docs/domain.md#signatures). The last required signature approves the quote.

    Raises: InvalidInput, NotFound, DocumentChanged, AlreadySigned, OtherOptionAccepted, NotFilledIn, WrongStatus,
    Expired.
    """
    return await _sign(deps, customer, await _printed(deps, customer, command, command.draft.alternatives))


@use_case
async def _sign(work: UnitOfWork, deps: Dependencies, customer: Caller, command: _PrintedSigning) -> Outcome:
    before, now, problems = await _locked_quote(work, command.quote_id), deps.now(), Problems()
    signer, draft = command.signer, command.draft
    chosen = chosen_alternatives(draft.alternatives, before, problems)
    attachments = await work.signatures.attachments(command.quote_id)
    check_documents(draft, attachments, problems)
    option = price_option_of(draft, before.options, signer.document_hash, problems)
    problems.raise_if_any()
    printed_hash, purpose = document_hash(command.printed), SignaturePurpose.QUOTE
    signature = build_signature(
        signer,
        draft,
        command.client_info,
        before.quote,
        attachments,
        purpose,
        printed_hash,
        now,
        deps.new_id(),
        option,
        chosen,
    )
    signed = sign(before, await work.signatures.of_quote(command.quote_id), signature, customer.actor, now, option)
    if signed.signature is not None:
        check_filled_in(before.quote, await work.custom_fields.of_tenant(before.quote.tenant_id))
    # Checked last, so that a quote that has been decided meanwhile is reported as decided, not as changed.
    if await printed_quote_of(work, as_chosen(before, chosen)) != command.document or signer.document_hash not in (
        None,
        printed_hash,
    ):
        head = before.quote
        message = "The quote has changed since it was opened. Look at it again before you sign it."
        raise DocumentChanged(message, head.ref, head.decision_status, DecisionStatus.APPROVED)
    if signed.signature is not None:
        await work.signatures.supersede(signed.superseded)
        await _save_signature(work, before, signed.signature, command.printed)
        await work.quotes.note_times(before.quote.tenant_id, [StatusTime(command.quote_id, QuoteMilestone.SIGNED, now)])
        facts: dict[str, object] = {"signatureId": signed.signature.id, "to": signed.signature.email}
        work.record(event_of(EventType.QUOTE_SIGNED, before.quote, customer.actor, deps, (), facts))
        if signed.approval is not None:
            await take(work, before, signed.approval, customer.actor, deps)
        else:
            await work.quotes.save(before, signed.quote)
    return Outcome((before.quote.ref,))


async def decline_quote(deps: Dependencies, customer: Caller, command: DeclineQuote) -> Outcome:
    """Decline a quote as a whole (docs/domain.md#decline-quote). Repeating it changes nothing.

    Raises: InvalidInput, NotFound, WrongStatus, Expired, SomethingAccepted.
    """
    try:
        close = Close(command.quote_id, command.reason, dry_run=command.dry_run)
        return await closings.decline_quote(deps, customer, close)
    except NotFound:
        raise UnknownPublicKey from None


async def fill_in_quote(deps: Dependencies, customer: Caller, command: FillInQuote) -> Outcome:
    """Set the custom fields that the customer fills in (docs/domain.md#customer-fields).

    Raises: InvalidInput, NotFound, NotEditable.
    """
    try:
        return await edits.fill_in(deps, customer, FillIn(command.quote_id, command.values, dry_run=command.dry_run))
    except NotFound:
        raise UnknownPublicKey from None


async def approve_quote_project(deps: Dependencies, customer: Caller, command: SignQuote) -> Outcome:
    """Approve the project of a quote with a signature (docs/domain.md#project-approval).

    Repeating it changes nothing. Raises: InvalidInput, NotFound, NotSigned.
    """
    return await _approve_project(deps, customer, await _printed(deps, customer, command))


@use_case
async def _approve_project(work: UnitOfWork, deps: Dependencies, customer: Caller, command: _PrintedSigning) -> Outcome:
    before, now = await _locked_quote(work, command.quote_id), deps.now()
    after = approve_project(before, now)
    if after is not before:
        printed_hash, purpose, head = document_hash(command.printed), SignaturePurpose.PROJECT, before.quote
        signature = build_signature(
            command.signer, command.draft, command.client_info, head, (), purpose, printed_hash, now, deps.new_id()
        )
        await _save_signature(work, before, signature, command.printed)
        await work.quotes.save(before, after)
        work.record(event_of(EventType.QUOTE_PROJECT_APPROVED, before.quote, customer.actor, deps))
    return Outcome((before.quote.ref,))


@use_case
async def set_required_signatures(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: RequireSignatures
) -> Outcome:
    """Set how many people have to sign a quote. Raises: InvalidInput, NotFound, AlreadySigned."""
    problems = Problems()
    count = problems.check(("count",), signature_count, command.count)
    problems.raise_if_any()
    before = await locked_quote(work, command.quote_id)
    after = require_signatures(before, count or 1, deps.now())
    return await _save_signing(work, deps, caller, EventType.QUOTE_SIGNING_CHANGED, before, after)


@use_case
async def ask_for_project_approval(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: AskForProjectApproval
) -> Outcome:
    """Request the customer's approval of a quote's project. Raises: InvalidInput, NotFound, NotSigned."""
    before = await locked_quote(work, command.quote_id)
    after = request_project_approval(before, deps.now())
    return await _save_signing(work, deps, caller, EventType.QUOTE_PROJECT_APPROVAL_REQUESTED, before, after)


@use_case
async def attach_document(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AttachDocument) -> Outcome:
    """Add an attachment to a quote without signatures. Raises: InvalidInput, NotFound, AlreadySigned."""
    quote, now, problems = await locked_quote(work, command.quote_id), deps.now(), Problems()
    before = await work.signatures.attachments(quote.quote.id)
    attachment = build_attachment(command.draft, quote.quote, before, problems, now, deps.new_id())
    problems.raise_if_any()
    assert attachment is not None
    check_attachable(quote.quote, now)
    await work.signatures.attach(attachment)
    fields = field_changes([], [attachment])
    work.record(event_of(EventType.QUOTE_SIGNING_CHANGED, quote.quote, caller.actor, deps, fields=fields))
    return Outcome((quote.quote.ref, attachment.ref))


@use_case
async def detach_document(work: UnitOfWork, deps: Dependencies, caller: Caller, command: DetachDocument) -> Outcome:
    """Remove an attachment from a quote without signatures. Raises: InvalidInput, NotFound, AlreadySigned."""
    attachment_id = parse_reference(ATTACHMENT, command.attachment_id, "QuoteAttachment")
    quote_id = await work.signatures.quote_of_attachment(attachment_id)
    quote = await work.quotes.lock(quote_id) if quote_id else None
    if quote is None:
        raise NotFound("document", ATTACHMENT)
    await refuse_foreign(work, quote, Capability.EDIT)
    check_attachable(quote.quote, deps.now())
    removed = [it for it in await work.signatures.attachments(quote.quote.id) if it.id == attachment_id]
    await work.signatures.detach(attachment_id)
    fields = field_changes(removed, [])
    work.record(event_of(EventType.QUOTE_SIGNING_CHANGED, quote.quote, caller.actor, deps, fields=fields))
    return Outcome((quote.quote.ref,))


async def _save_signing(
    work: UnitOfWork,
    deps: Dependencies,
    caller: Caller,
    kind: EventType,
    before: QuoteAggregate,
    after: QuoteAggregate,
) -> Outcome:
    """Save and record a change to what has to be signed, if there is one."""
    if after is not before:
        await work.quotes.save(before, after)
        fields = quote_changes(before, after)
        work.record(event_of(kind, before.quote, caller.actor, deps, fields=fields))
    return Outcome((before.quote.ref,))


async def _printed(
    deps: Dependencies, customer: Caller, command: SignQuote, alternatives: Sequence[str] = ()
) -> _PrintedSigning:
    """The command with the printed quote. Raises: InvalidInput for the signer, UnknownPublicKey.

    Printing takes place outside of a transaction, so that the quote is not locked meanwhile. The transaction that
    records the signature reports invalid alternatives and a quote that has changed.
    """
    problems = Problems()
    signer = build_signer(command.draft, problems)
    problems.raise_if_any()
    assert signer is not None
    async with deps.unit_of_work(customer.tenant_scope) as work:
        quote = await _locked_quote(work, command.quote_id)
        chosen = chosen_alternatives(alternatives, quote, Problems())
        document = await printed_quote_of(work, as_chosen(quote, chosen))
    printed = await deps.pdf_renderer.print_quote(document)
    fields = (command.quote_id, command.client_info, command.draft)
    return _PrintedSigning(*fields, signer, document, printed, dry_run=command.dry_run)


async def _locked_quote(work: UnitOfWork, quote_id: str) -> QuoteAggregate:
    """The quote of a public key, locked. Raises: UnknownPublicKey, if the quote no longer exists, or comes from a
    connected system, which has a page of its own for it."""
    quote = await work.quotes.lock(quote_id)
    if quote is None or is_foreign(quote):
        raise UnknownPublicKey
    return quote


async def _save_signature(work: UnitOfWork, quote: QuoteAggregate, signature: Signature, printed: bytes) -> None:
    await work.signatures.add(signature)
    await work.signatures.keep_document(quote.quote, printed, signature.signed_at)
