"""Signatures of customers: who signed which document of a quote, when and from where (docs/domain.md#signatures).

A quote requires one or more signatures, each with a different e-mail address. The last one approves the quote: every
open line is accepted as offered. A signature is for one document: when the quote changes afterwards, the signature no
longer counts, but is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.companies.custom_fields import CustomField, missing_customer_fields
from domain.quotes.aggregate import Decisions, QuoteAggregate
from domain.quotes.edits import check_editable
from domain.quotes.price_option_rows import PriceOption
from domain.quotes.price_options import Selection, approved
from domain.quotes.rows import Quote
from domain.quotes.statuses import DecisionStatus
from domain.shared.access import Actor
from domain.shared.errors import Conflict, ErrorCode, NodeRef

MOST_SIGNATURES = 20
MOST_ATTACHMENTS = 20


class SignaturePurpose(StrEnum):
    """What was signed: the quote, or the completion of its project (docs/domain.md#project-approval)."""

    QUOTE = "QUOTE"
    PROJECT = "PROJECT"


class SignedDocument(NamedTuple):
    """An attachment as it was when it was signed."""

    name: str
    url: str
    sha256: str | None


class Signature(NamedTuple):
    """A signature. `document_hash` is the SHA-256 of the printed quote. A `superseded` signature no longer counts,
    because the quote has changed since.

    `price_option` is the name of the selected price option, `alternatives` are the row ids of the alternatives chosen
    in place of their lines' items.
    """

    id: str
    tenant_id: int
    quote_id: str
    purpose: SignaturePurpose
    name: str
    email: str
    email_key: str
    address: str
    user_agent: str | None
    document_hash: str
    documents: tuple[tuple[str, str, str | None], ...]
    superseded: bool
    signed_at: datetime
    price_option: str | None = None
    alternatives: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        return {"signed_documents": ("documents",), "document_id": ("quote_id", "document_hash")}

    @property
    def signed_documents(self) -> tuple[SignedDocument, ...]:
        return tuple(SignedDocument(*it) for it in self.documents)

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Signature", self.id)


class QuoteAttachment(NamedTuple):
    """A further document of a quote, such as terms of sale. Only the URL is stored; `sha256` identifies the version."""

    id: str
    tenant_id: int
    quote_id: str
    position: int
    name: str
    url: str
    sha256: str | None
    requires_signature: bool
    created_at: datetime
    updated_at: datetime | None = None

    @property
    def ref(self) -> NodeRef:
        return NodeRef("QuoteAttachment", self.id)


class AlreadySigned(Conflict):
    """A signed quote cannot be changed in this way."""

    code = ErrorCode.ALREADY_SIGNED


class DocumentChanged(Conflict):
    """The quote has changed since the customer saw it."""

    code = ErrorCode.DOCUMENT_CHANGED


class NotSigned(Conflict):
    """The project cannot be approved: its quote is not approved, or the company has not requested the approval."""

    code = ErrorCode.NOT_SIGNED


class NotFilledIn(Conflict):
    """A custom field that the customer has to fill in has no value (docs/domain.md#customer-fields)."""

    code = ErrorCode.REQUIRED


class Signed(NamedTuple):
    """The result of a signature: the quote with the signature counted, and the signatures that no longer count.

    `approval` is set by the last required signature. `signature` is None if it was already given.
    """

    quote: QuoteAggregate
    approval: Selection | None = None
    superseded: tuple[Signature, ...] = ()
    signature: Signature | None = None

    @property
    def decisions(self) -> Decisions | None:
        """The decisions on the lines by the last signature."""
        return self.approval.decisions if self.approval else None


def sign(
    quote: QuoteAggregate,
    earlier: Sequence[Signature],
    signature: Signature,
    actor: Actor,
    at: datetime,
    option: PriceOption | None = None,
) -> Signed:
    """Adds a signature to a quote. The last required signature approves the quote, at the price of the option if given.

    If the same person signs the same document again, nothing changes. Lines that cannot be accepted are reported for
    every signature, not only for the last. Raises: AlreadySigned, WrongStatus, Expired, InvalidInput.
    """
    given = given_for(SignaturePurpose.QUOTE, earlier)
    counting = [it for it in given if it.document_hash == signature.document_hash]
    if any(it.email_key == signature.email_key for it in counting):
        return Signed(quote)
    head = quote.quote
    for other in [it for it in counting if it.price_option != signature.price_option]:
        raise _signed_differently(head, f"{other.name} has signed it at the price {other.price_option!r}")
    for other in [it for it in given if it.alternatives != signature.alternatives]:
        raise _signed_differently(head, f"{other.name} has signed it for other devices")
    count = len(counting) + 1
    counted = replace(quote, quote=head._replace(signature_count=count, updated_at=at))
    made = approved(counted, option, actor, at, signature.alternatives)
    if not made.decisions.rule_result.changes:
        message = f"This quote was {head.decision_status} before; there is nothing left to sign."
        raise AlreadySigned(message, head.ref, head.decision_status, DecisionStatus.APPROVED)
    superseded = tuple(it for it in given if it not in counting)
    return Signed(counted, made if counted.quote.is_fully_signed else None, superseded, signature)


def check_filled_in(quote: Quote, fields: Mapping[str, CustomField]) -> None:
    """Check that the customer has filled in the required fields. Raises: NotFilledIn."""
    if names := missing_customer_fields(quote.custom_fields, fields):
        status = quote.decision_status
        message = f"Before this {status} quote is signed, fill in {', '.join(names)} with fillInQuote."
        raise NotFilledIn(message, quote.ref, status, DecisionStatus.APPROVED)


def require_signatures(quote: QuoteAggregate, count: int, at: datetime) -> QuoteAggregate:
    """Sets the number of required signatures. Raises: AlreadySigned, NotEditable."""
    head = quote.quote
    _check_unsigned(head, "how many signatures it takes", at)
    if head.required_signatures == count:
        return quote
    return replace(quote, quote=head._replace(required_signatures=count, updated_at=at))


def check_attachable(quote: Quote, at: datetime) -> None:
    """Check that the attachments of a quote can still be changed. Raises: AlreadySigned, NotEditable."""
    _check_unsigned(quote, "what belongs to it", at)


def request_project_approval(quote: QuoteAggregate, at: datetime) -> QuoteAggregate:
    """Requests the customer's approval of the project. A repeated request changes nothing. Raises: NotSigned."""
    head = quote.quote
    if head.project_approval_requested_at is not None:
        return quote
    if head.decision_status != DecisionStatus.APPROVED:
        message = f"A project is approved once its quote is APPROVED; this one is {head.decision_status}."
        raise NotSigned(message, head.ref, head.decision_status, DecisionStatus.APPROVED)
    return replace(quote, quote=head._replace(project_approval_requested_at=at, updated_at=at))


def approve_project(quote: QuoteAggregate, at: datetime) -> QuoteAggregate:
    """Approves the project for the customer. A repeated approval changes nothing. Raises: NotSigned."""
    head = quote.quote
    if head.project_approved_at is not None:
        return quote
    if head.project_approval_requested_at is None:
        message = (
            f"Nobody has asked for the approval of this project yet: its quote is {head.decision_status}. "
            f"That is asked for once it is {DecisionStatus.APPROVED}."
        )
        raise NotSigned(message, head.ref, head.decision_status, DecisionStatus.APPROVED)
    return replace(quote, quote=head._replace(project_approved_at=at, updated_at=at))


def given_for(purpose: SignaturePurpose, signatures: Sequence[Signature]) -> list[Signature]:
    """Returns the signatures that count for a purpose."""
    return [it for it in signatures if it.purpose == purpose and not it.superseded]


def _signed_differently(quote: Quote, signed: str) -> AlreadySigned:
    status, goal = quote.decision_status, DecisionStatus.APPROVED
    message = f"This quote is {status}: {signed}. It becomes {goal} once everybody has signed for the same."
    return AlreadySigned(message, quote.ref, status, goal)


def _check_unsigned(quote: Quote, what: str, at: datetime) -> None:
    if quote.signature_count:
        message = (
            f"This {quote.decision_status} quote was signed, which settles {what}: that can be changed while it is "
            f"unsigned. No signature counts any more once what is printed of it has changed."
        )
        raise AlreadySigned(message, quote.ref, quote.decision_status)
    check_editable(quote, at)
