"""What people type when they send, sign and decline quotes, and what becomes of it once it is checked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.companies.customers import Customer
from domain.portal.public_keys import ClientInfo
from domain.portal.signatures import MOST_ATTACHMENTS, MOST_SIGNATURES, QuoteAttachment, Signature, SignaturePurpose
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.price_options import PriceOption, PriceOptionStatus
from domain.quotes.rows import Quote
from domain.quotes.statuses import OfferStatus
from domain.shared.errors import ErrorCode, Invalid, Problems
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
    """To whom a quote is sent, and with what."""

    to: tuple[str, ...] | None = None
    include_link: bool = True
    include_pdf: bool = True
    email_assignee: bool = False
    message: str | None = None


@dataclass(frozen=True, slots=True)
class SignDraft:
    """Who signs what. `documents` are the ids of the further documents that are signed with the quote, `price_option`
    the name of the price at which it is taken, `alternatives` the ids of those taken in place of their lines' items."""

    name: str
    email: str
    documents: tuple[str, ...] = ()
    document_hash: str | None = None
    price_option: str | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentDraft:
    """A further document of a quote."""

    name: str
    url: str
    sha256: str | None = None
    requires_signature: bool = True


class Sending(NamedTuple):
    """One sending of a quote, checked."""

    to: tuple[str, ...]
    message: str | None


class Signer(NamedTuple):
    """Who signs, checked. `document_hash` is of the document that was seen, if that was said."""

    name: str
    email: str
    document_hash: str | None


def build_sending(
    draft: SendDraft, quote: Quote, customer: Customer | None, has_key: bool, problems: Problems
) -> Sending | None:
    """Where a quote goes (docs/domain.md#send-quote): by default to its customer or, where that has no address, its
    requester; and to its assignee if that was asked for."""
    address = customer.email if customer is not None else None
    typed = draft.to if draft.to is not None else (address or quote.requester_email,)
    if len(typed) > MOST_TO_ADDRESSES:
        problems.add(("to",), ErrorCode.TOO_MANY, f"At most {MOST_TO_ADDRESSES} addresses, not {len(typed)}.")
        return None
    addresses = [problems.check(("to", str(index)), email, it) for index, it in enumerate(typed)]
    if draft.email_assignee and quote.assignee_email is None:
        problems.add(("emailAssignee",), ErrorCode.REQUIRED, "This quote has no assignee; name one with updateQuote.")
    elif draft.email_assignee:
        addresses.append(quote.assignee_email)
    elif not addresses:
        problems.add(("to",), ErrorCode.REQUIRED, "Name at least one address, or leave `to` out.")
    if draft.include_link and not has_key:
        told = "The public key of this quote was revoked; make a new one with rotatePublicKey, or leave the link out."
        problems.add(("includeLink",), ErrorCode.REQUIRED, told)
    message = problems.check(("message",), optional_text, draft.message, NOTE_LENGTH, lines=True)
    once = {fold(it): it for it in reversed(addresses) if it is not None}
    return Sending(tuple(reversed(once.values())), message)


def build_signer(draft: SignDraft, problems: Problems) -> Signer | None:
    """Who signs."""
    name = problems.check(("name",), text, draft.name, NAME_LENGTH)
    address = problems.check(("email",), email, draft.email)
    seen = problems.check(("documentHash",), optional_sha256, draft.document_hash)
    problems.check(("priceOption",), optional_text, draft.price_option, NAME_LENGTH)
    return Signer(name, address, seen) if name and address else None


def price_option_of(
    draft: SignDraft, options: Sequence[PriceOption], seen: str | None, problems: Problems
) -> PriceOption | None:
    """The price at which a quote is signed that is offered at several. It is named; the only one need not be, where the
    signer says which paper was seen, on which it stands."""
    offered = [it for it in options if it.status == PriceOptionStatus.OFFERED]
    named = fold(draft.price_option or "")
    if not named and (not offered or (len(offered) == 1 and seen is not None)):
        return offered[0] if offered else None
    chosen = [it for it in offered if named and fold(it.name) == named]
    if chosen:
        return chosen[0]
    names = ", ".join(it.name for it in offered)
    told = (
        with_full_stop(f"Choose one of the prices by its name: {names}")
        if offered
        else "This quote has no prices to choose from."
    )
    problems.add(("priceOption",), ErrorCode.UNKNOWN_REFERENCE if named else ErrorCode.REQUIRED, told)
    return None


def chosen_alternatives(given: Sequence[str], quote: QuoteAggregate, problems: Problems) -> tuple[str, ...]:
    """The row ids, in the order of the lines, of alternatives that are to be taken in place of their lines' items."""
    # One that was accepted meanwhile may be named again.
    lines = {it.id: line for line in quote.lines for it in line.alternatives if it.status != OfferStatus.REJECTED}
    taken: dict[str, str] = {}
    for index, typed in enumerate(given[: MOST_PARTS + 1]):
        path = ("alternatives", str(index))
        parsed = problems.check(path, parse_id, typed, "Alternative")
        if parsed is None:
            continue
        if (line := lines.get(parsed[1])) is None:
            problems.add(path, ErrorCode.UNKNOWN_REFERENCE, "This quote offers no such alternative any more.")
        elif taken.setdefault(line.item.id, parsed[1]) != parsed[1]:
            told = f"Choose one device for line {line.item.position + 1}, not several."
            problems.add(path, ErrorCode.ALREADY_EXISTS, told)
    return tuple(taken[line.item.id] for line in quote.lines if line.item.id in taken)


def check_documents(draft: SignDraft, attachments: Sequence[QuoteAttachment], problems: Problems) -> None:
    """Whoever signs a quote signs every document of it that asks for it, and may sign the others."""
    known = {it.id for it in attachments}
    named: set[str] = set()
    for index, given in enumerate(draft.documents[: MOST_ATTACHMENTS + 1]):
        path = ("documents", str(index))
        parsed = problems.check(path, parse_id, given, "QuoteAttachment")
        if parsed is not None and parsed[1] not in known:
            problems.add(path, ErrorCode.UNKNOWN_REFERENCE, "This quote has no such document.")
        elif parsed is not None:
            named.add(parsed[1])
    for it in attachments:
        if it.requires_signature and it.id not in named:
            told = f"{it.name!r} has to be signed too: add {global_id('QuoteAttachment', it.id)}."
            problems.add(("documents",), ErrorCode.REQUIRED, told)


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
    """The signature of a checked input, with what is kept as evidence."""
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
    """A further document of a quote."""
    name = problems.check(("name",), text, draft.name, NAME_LENGTH)
    url = problems.check(("url",), optional_url, draft.url)
    sha256 = problems.check(("sha256",), optional_sha256, draft.sha256)
    if not draft.url.strip():
        problems.add(("url",), ErrorCode.REQUIRED, "Say where the document is kept.")
    if len(before) >= MOST_ATTACHMENTS:
        problems.add(("quoteId",), ErrorCode.TOO_MANY, f"A quote has at most {MOST_ATTACHMENTS} further documents.")
    if name is None or url is None:
        return None
    position = max((it.position for it in before), default=-1) + 1
    return QuoteAttachment(id_, quote.tenant_id, quote.id, position, name, url, sha256, draft.requires_signature, at)


def signature_count(given: int) -> int:
    """How many signatures a quote takes. Raises: Invalid."""
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
