"""Inputs for sending and signing quotes, and the checked values."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.companies.customers import Customer
from domain.portal.public_keys import ClientInfo
from domain.portal.signatures import MOST_ATTACHMENTS, MOST_SIGNATURES, QuoteAttachment, Signature, SignaturePurpose
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.price_option_rows import PriceOption, PriceOptionStatus
from domain.quotes.rows import Quote
from domain.quotes.statuses import OfferStatus
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.ids import global_id, parse_id
from domain.shared.limits import MOST_PARTS, MOST_TO_ADDRESSES
from domain.shared.parsers import (
    NAME_LENGTH,
    NOTE_LENGTH,
    email,
    fold,
    optional_text,
    optional_url,
    text,
    with_full_stop,
)

USER_AGENT_LENGTH = 500
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class SendDraft:
    """The addresses and contents for sending a quote, as entered."""

    to: tuple[str, ...] | None = None
    include_link: bool = True
    include_pdf: bool = True
    email_assignee: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SignDraft:
    """A signature as entered. `documents` are the ids of attachments that are signed with the quote, `price_option`
    is the name of the selected price option, `alternatives` are the ids of alternatives chosen in place of their
    items."""

    name: str
    email: str
    documents: tuple[str, ...] = ()
    document_hash: str | None = None
    price_option: str | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentDraft:
    """An attachment of a quote, as entered."""

    name: str
    url: str
    sha256: str | None = None
    requires_signature: bool = True


class Sending(NamedTuple):
    """The checked addresses and message for sending a quote."""

    to: tuple[str, ...]
    message: str | None


class Signer(NamedTuple):
    """The checked signer. `document_hash` is the hash of the document that was shown, if given."""

    name: str
    email: str
    document_hash: str | None


def build_sending(
    draft: SendDraft, quote: Quote, customer: Customer | None, has_key: bool, problems: Problems
) -> Sending | None:
    """The addresses for a quote (docs/domain.md#send-quote): by default its customer or, without an address, its
    requester; and its assignee, if requested."""
    address = customer.email if customer is not None else None
    typed = draft.to if draft.to is not None else (address or quote.requester_email,)
    if len(typed) > MOST_TO_ADDRESSES:
        problems.add(("to",), ErrorCode.TOO_MANY, f"At most {MOST_TO_ADDRESSES} addresses, not {len(typed)}.")
        return None
    addresses = [problems.check(("to", str(index)), email, it) for index, it in enumerate(typed)]
    if draft.email_assignee and quote.assignee_email is None:
        problems.add(("emailAssignee",), ErrorCode.REQUIRED, "This quote has no assignee. Set one with updateQuote.")
    elif draft.email_assignee:
        addresses.append(quote.assignee_email)
    elif not addresses:
        problems.add(("to",), ErrorCode.REQUIRED, "Send at least one address, or leave out `to`.")
    if draft.include_link and not has_key:
        reason = "The public key of this quote was revoked; create one with rotatePublicKey, or leave out the link."
        problems.add(("includeLink",), ErrorCode.REQUIRED, reason)
    message = problems.check(("message",), optional_text, draft.message, NOTE_LENGTH, lines=True)
    unique = {fold(it): it for it in reversed(addresses) if it is not None}
    return Sending(tuple(reversed(unique.values())), message)


def build_signer(draft: SignDraft, problems: Problems) -> Signer | None:
    """The signer, if the input is valid."""
    name = problems.check(("name",), text, draft.name, NAME_LENGTH)
    address = problems.check(("email",), email, draft.email)
    seen = problems.check(("documentHash",), optional_sha256, draft.document_hash)
    problems.check(("priceOption",), optional_text, draft.price_option, NAME_LENGTH)
    return Signer(name, address, seen) if name and address else None


def price_option_of(
    draft: SignDraft, options: Sequence[PriceOption], seen: str | None, problems: Problems
) -> PriceOption | None:
    """The price option of a signature. It must be named, unless there is only one and the signer sends the hash of
    the document, which shows it."""
    offered = [it for it in options if it.status == PriceOptionStatus.OFFERED]
    named = fold(draft.price_option or "")
    if not named and (not offered or (len(offered) == 1 and seen is not None)):
        return offered[0] if offered else None
    chosen = [it for it in offered if named and fold(it.name) == named]
    if chosen:
        return chosen[0]
    names = ", ".join(it.name for it in offered)
    reason = (
        with_full_stop(f"Send the name of one of the price options: {names}")
        if offered
        else "This quote has no price options."
    )
    problems.add(("priceOption",), ErrorCode.UNKNOWN_REFERENCE if named else ErrorCode.REQUIRED, reason)
    return None


def chosen_alternatives(given: Sequence[str], quote: QuoteAggregate, problems: Problems) -> tuple[str, ...]:
    """The row ids of the chosen alternatives, in the order of the lines."""
    # An accepted alternative may be sent again.
    lines = {it.id: line for line in quote.lines for it in line.alternatives if it.status != OfferStatus.REJECTED}
    taken: dict[str, str] = {}
    for index, typed in enumerate(given[: MOST_PARTS + 1]):
        path = ("alternatives", str(index))
        parsed = problems.check(path, parse_id, typed, "Alternative")
        if parsed is None:
            continue
        if (line := lines.get(parsed[1])) is None:
            problems.add(path, ErrorCode.UNKNOWN_REFERENCE, "This quote does not offer this alternative.")
        elif taken.setdefault(line.item.id, parsed[1]) != parsed[1]:
            reason = f"Send only one alternative for line {line.item.position + 1}."
            problems.add(path, ErrorCode.ALREADY_EXISTS, reason)
    return tuple(taken[line.item.id] for line in quote.lines if line.item.id in taken)


def check_documents(draft: SignDraft, attachments: Sequence[QuoteAttachment], problems: Problems) -> None:
    """Check that a signature includes every attachment that requires one; others are optional."""
    known = {it.id for it in attachments}
    named: set[str] = set()
    for index, given in enumerate(draft.documents[: MOST_ATTACHMENTS + 1]):
        path = ("documents", str(index))
        parsed = problems.check(path, parse_id, given, "QuoteAttachment")
        if parsed is not None and parsed[1] not in known:
            problems.add(path, ErrorCode.UNKNOWN_REFERENCE, "This quote has no document with this id.")
        elif parsed is not None:
            named.add(parsed[1])
    for it in attachments:
        if it.requires_signature and it.id not in named:
            reason = f"{it.name!r} has to be signed too. Add {global_id('QuoteAttachment', it.id)}."
            problems.add(("documents",), ErrorCode.REQUIRED, reason)


def build_signature(
    signer: Signer,
    draft: SignDraft,
    client_info: ClientInfo,
    quote: Quote,
    attachments: Sequence[QuoteAttachment],
    purpose: SignaturePurpose,
    document_hash: str,
    at: datetime,
    signature_id: str,
    option: PriceOption | None = None,
    alternatives: tuple[str, ...] = (),
) -> Signature:
    """The signature, with its evidence."""
    named = {parse_id(it, "QuoteAttachment")[1] for it in draft.documents}
    return Signature(
        id=signature_id,
        tenant_id=quote.tenant_id,
        quote_id=quote.id,
        purpose=purpose,
        name=signer.name,
        email=signer.email,
        email_key=fold(signer.email),
        address=client_info.address,
        user_agent=client_info.user_agent[:USER_AGENT_LENGTH] if client_info.user_agent else None,
        document_hash=document_hash,
        documents=tuple((it.name, it.url, it.sha256) for it in attachments if it.id in named),
        superseded=False,
        signed_at=at,
        price_option=option.name if option else None,
        alternatives=alternatives,
    )


def build_attachment(
    draft: AttachmentDraft, quote: Quote, before: Sequence[QuoteAttachment], problems: Problems, at: datetime, id_: str
) -> QuoteAttachment | None:
    """An attachment of a quote, if the input is valid."""
    parsed = _parse_attachment(draft, problems, ())
    if len(before) >= MOST_ATTACHMENTS:
        problems.add(("quoteId",), ErrorCode.TOO_MANY, f"A quote has at most {MOST_ATTACHMENTS} further documents.")
    if parsed is None:
        return None
    return _attachment(parsed, quote, max((it.position for it in before), default=-1) + 1, at, id_)


def parse_attachments(drafts: Sequence[AttachmentDraft], problems: Problems, path: Path) -> tuple[AttachmentDraft, ...]:
    """The attachments of a new quote, checked. Problems are added under `path`."""
    if len(drafts) > MOST_ATTACHMENTS:
        message = f"A quote has at most {MOST_ATTACHMENTS} further documents, not {len(drafts)}."
        problems.add(path, ErrorCode.TOO_MANY, message)
    parsed = [
        _parse_attachment(it, problems, (*path, str(index))) for index, it in enumerate(drafts[:MOST_ATTACHMENTS])
    ]
    return tuple(it for it in parsed if it is not None)


def new_attachments(
    checked: Sequence[AttachmentDraft], quote: Quote, at: datetime, new_id: Callable[[], str]
) -> tuple[QuoteAttachment, ...]:
    """The attachments of a new quote, in the order in which they were entered."""
    return tuple(_attachment(it, quote, position, at, new_id()) for position, it in enumerate(checked))


def _parse_attachment(draft: AttachmentDraft, problems: Problems, path: Path) -> AttachmentDraft | None:
    name = problems.check((*path, "name"), text, draft.name, NAME_LENGTH)
    url = problems.check((*path, "url"), optional_url, draft.url)
    sha256 = problems.check((*path, "sha256"), optional_sha256, draft.sha256)
    if not draft.url.strip():
        problems.add((*path, "url"), ErrorCode.REQUIRED, "Send the URL of the document.")
    return None if name is None or url is None else AttachmentDraft(name, url, sha256, draft.requires_signature)


def _attachment(checked: AttachmentDraft, quote: Quote, position: int, at: datetime, id_: str) -> QuoteAttachment:
    name, url, needed = checked.name, checked.url, checked.requires_signature
    return QuoteAttachment(id_, quote.tenant_id, quote.id, position, name, url, checked.sha256, needed, at)


def signature_count(given: int) -> int:
    """The number of required signatures. Raises: Invalid."""
    if not 1 <= given <= MOST_SIGNATURES:
        raise Invalid(ErrorCode.OUT_OF_RANGE, f"Send a number from 1 to {MOST_SIGNATURES}.")
    return given


def optional_sha256(value: str | None) -> str | None:
    """The SHA-256 of a document, 64 hexadecimal digits. Raises: Invalid."""
    if value is None or not value.strip():
        return None
    if not _SHA256.fullmatch(digest := value.strip().lower()):
        raise Invalid(ErrorCode.INVALID_TEXT, "Send a SHA-256 as 64 hexadecimal digits.")
    return digest
