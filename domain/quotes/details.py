"""Details of a quote other than its lines: requester, addresses, expiry, notes, tags and so on.

`DETAILS` lists all of them; createQuote and updateQuote share it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from domain.companies.custom_fields import FieldValue, ValueDraft, changed_values
from domain.companies.customers import known_customer
from domain.companies.references import NO_REFERENCES, References
from domain.quotes.rows import Quote
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.limits import MOST_ADDRESSES
from domain.shared.metadata import GivenMetadata, MetadataEntry, parse_external_id, parse_metadata
from domain.shared.money import parse_currency
from domain.shared.parsers import NAME_LENGTH, NOTE_LENGTH, email, optional_email, optional_text
from domain.shared.tags import parse_tags
from domain.shared.times import End, end

BODY_LENGTH = 50_000


class Details(TypedDict, total=False):
    """Values as entered, by attribute of the quote. Attributes that are not given keep their values; None clears."""

    requester_email: str | None
    requester_name: str | None
    notification_emails: Sequence[str] | None
    po_number: str | None
    project_reference: str | None
    client_name: str | None
    abm_id: str | None
    assignee_email: str | None
    assignee_name: str | None
    tags: Sequence[str] | None
    notes: str | None
    public_notes: str | None
    body: str | None
    title: str | None
    remarks: str | None
    expires_at: str | None
    customer_id: str | None
    custom_fields: Sequence[ValueDraft] | None
    currency: str | None
    accepts_documents: bool | None
    external_id: str | None
    metadata: GivenMetadata | None


class ParseContext(NamedTuple):
    """The context in which a detail is parsed: the quote, the time, and the objects it can refer to."""

    quote: Quote
    at: datetime
    known: References


def with_details(
    quote: Quote, details: Details, problems: Problems, at: datetime, known: References = NO_REFERENCES
) -> Quote:
    """The quote with the given details changed; problems are added under the fields' names."""
    changed: dict[str, Any] = {}
    for attribute, given in details.items():
        name, parse = DETAILS[attribute]
        value = parse(given, problems, (name,), ParseContext(quote, at, known))
        changed |= _columns(value) if attribute == "expires_at" else {attribute: value}
    return quote._replace(**changed)


Parse = Callable[[Any, Problems, Path, ParseContext], Any]


def _text(longest: int, lines: bool = False) -> Parse:
    def parse(given: str | None, problems: Problems, path: Path, _context: ParseContext) -> str | None:
        return problems.check(path, optional_text, given, longest, lines)

    return parse


def _address(given: str | None, problems: Problems, path: Path, _context: ParseContext) -> str | None:
    return problems.check(path, optional_email, given)


def _requester(given: str | None, problems: Problems, path: Path, _context: ParseContext) -> str:
    return problems.check(path, email, given or "") or ""


def _addresses(given: Sequence[str] | None, problems: Problems, path: Path, _context: ParseContext) -> tuple[str, ...]:
    addresses = given or ()
    if len(addresses) > MOST_ADDRESSES:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_ADDRESSES} addresses.")
    found = [
        problems.check((*path, str(index)), email, address) for index, address in enumerate(addresses[:MOST_ADDRESSES])
    ]
    return tuple(dict.fromkeys(address for address in found if address is not None))


def _tags(given: Sequence[str] | None, problems: Problems, path: Path, _context: ParseContext) -> tuple[str, ...]:
    return parse_tags(given or (), problems, path)


def _expiry(given: str | None, problems: Problems, path: Path, context: ParseContext) -> End | None:
    return None if given is None else problems.check(path, _future, given, context)


def _future(given: str, context: ParseContext) -> End:
    until = end(given, context.known.zone)
    if until.at <= context.at:
        raise Invalid(ErrorCode.OUT_OF_RANGE, "A quote expires in the future. Send a later time.")
    return until


def _columns(until: End | None) -> dict[str, Any]:
    at, zone, whole_day = until or (None, None, False)
    return {"expires_at": at, "expires_zone": zone, "expires_whole_day": whole_day}


def _customer(given: str | None, problems: Problems, path: Path, context: ParseContext) -> str | None:
    return None if given is None else problems.check(path, known_customer, given, context.known.customers)


def _custom_fields(
    given: Sequence[ValueDraft] | None, problems: Problems, path: Path, context: ParseContext
) -> tuple[FieldValue, ...]:
    before = () if given is None else context.quote.custom_fields
    return changed_values(before, given or (), context.known.fields, problems, path)


def _currency(given: str | None, problems: Problems, path: Path, _context: ParseContext) -> str | None:
    return None if given is None else problems.check(path, parse_currency, given)


def _external_id(given: str | None, problems: Problems, path: Path, _context: ParseContext) -> str | None:
    return parse_external_id(given, problems, path)


def _metadata(
    given: GivenMetadata | None, problems: Problems, path: Path, _context: ParseContext
) -> tuple[MetadataEntry, ...]:
    return parse_metadata(given or (), problems, path)


def _flag(given: bool | None, _problems: Problems, _path: Path, _context: ParseContext) -> bool:
    return bool(given)


DETAILS: dict[str, tuple[str, Parse]] = {
    "requester_email": ("requesterEmail", _requester),
    "requester_name": ("requesterName", _text(NAME_LENGTH)),
    "notification_emails": ("notificationEmails", _addresses),
    "po_number": ("poNumber", _text(NAME_LENGTH)),
    "project_reference": ("projectReference", _text(NAME_LENGTH)),
    "client_name": ("clientName", _text(NAME_LENGTH)),
    "abm_id": ("abmId", _text(NAME_LENGTH)),
    "assignee_email": ("assigneeEmail", _address),
    "assignee_name": ("assigneeName", _text(NAME_LENGTH)),
    "tags": ("tags", _tags),
    "notes": ("notes", _text(NOTE_LENGTH, lines=True)),
    "public_notes": ("publicNotes", _text(NOTE_LENGTH, lines=True)),
    "body": ("body", _text(BODY_LENGTH, lines=True)),
    "title": ("title", _text(NAME_LENGTH)),
    "remarks": ("remarks", _text(NOTE_LENGTH, lines=True)),
    "expires_at": ("expiresAt", _expiry),
    "customer_id": ("customerId", _customer),
    "custom_fields": ("customFields", _custom_fields),
    "currency": ("currencyCode", _currency),
    "accepts_documents": ("isAcceptingDocuments", _flag),
    "external_id": ("externalId", _external_id),
    "metadata": ("metadata", _metadata),
}
