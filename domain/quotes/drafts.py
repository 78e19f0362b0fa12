"""New quotes, lines and alternatives from an input: values are checked, then rows are built
(docs/domain.md#create-quote).

The use case looks up referenced products and passes them in. Devices are resolved in
`domain/catalogue/device_selection.py`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from domain.catalogue.device_selection import CatalogueSelection, NamedDevice, WantedDevice, wanted_devices
from domain.companies.company import TaxRounding
from domain.people.employees import person_key
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.details import Details, with_details
from domain.quotes.item_details import ArticleDraft, parse_article
from domain.quotes.price_options import PriceOptionDraft
from domain.quotes.pricing import GivenItemPrices, GivenQuotePrices
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import Quote, QuoteItem
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.shared.access import Actor
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.limits import MOST_DEVICES, MOST_PARTS, MOST_RECIPIENTS, check_most
from domain.shared.metadata import GivenMetadata, parse_external_id, parse_metadata
from domain.shared.parsers import (
    NAME_LENGTH,
    NOTE_LENGTH,
    country,
    optional_code,
    optional_date,
    optional_email,
    optional_phone,
    optional_text,
    text,
)


@dataclass(frozen=True, slots=True)
class RecipientDraft:
    """A recipient as entered."""

    name: str
    country: str
    email: str | None = None
    phone_number: str | None = None
    address: str | None = None
    storage: bool = False
    hire_date: str | None = None
    destination: Destination | None = None
    city: str | None = None
    postal_code: str | None = None
    address_extra: str | None = None
    government_id: str | None = None
    external_id: str | None = None
    metadata: GivenMetadata = ()


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A line as entered."""

    device: NamedDevice
    recipients: tuple[RecipientDraft, ...] = ()
    quantity: int | None = None
    comments: str | None = None
    article: ArticleDraft | None = None
    internal_notes: str | None = None
    external_id: str | None = None
    metadata: GivenMetadata = ()
    prices: GivenItemPrices = field(default_factory=GivenItemPrices)


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote as entered."""

    requester_email: str
    items: tuple[ItemDraft, ...] = ()
    requester_name: str | None = None
    po_number: str | None = None
    notification_emails: tuple[str, ...] = ()
    details: Details = field(default_factory=Details)
    auto_quote: bool = False
    prices: GivenQuotePrices = field(default_factory=GivenQuotePrices)
    price_options: tuple[PriceOptionDraft, ...] = ()


class NewLines(NamedTuple):
    """New lines, and for each of them the number of the item in the input that it is made from."""

    lines: tuple[Line, ...]
    items: tuple[int, ...]


def start_quote(
    draft: QuoteDraft,
    selection: CatalogueSelection,
    tenant_id: int,
    order_id: str,
    at: datetime,
    new_id: Callable[[], str],
    problems: Problems,
    sandbox: bool,
    tax_rounding: TaxRounding,
    author: Actor | None,
) -> tuple[QuoteAggregate, NewLines]:
    """A new quote, PENDING and unpriced, and its lines; problems are added (docs/domain.md#create-quote).

    `sandbox` is set for test data, whose orders go to the vendor's sandbox; `tax_rounding` is the company's.
    """
    quote = Quote(
        id=new_id(),
        tenant_id=tenant_id,
        order_id=order_id,
        status=QuoteStatus.PENDING,
        po_number=None,
        requester_email="",
        requester_name=None,
        notification_emails=(),
        priced_at=None,
        created_at=at,
        updated_at=at,
        auto_quote=draft.auto_quote,
        tax_rounding=tax_rounding,
        author=author,
    )
    quote = with_details(quote, all_details(draft), problems, at, selection.known)
    if draft.auto_quote and not sandbox:
        problems.add(
            ("isAutoQuoted",), ErrorCode.NOT_ALLOWED, "This works only in the vendor's sandbox. Use a test key."
        )
    made = build_lines(quote, draft.items, selection, problems, new_id)
    return QuoteAggregate(quote, made.lines), made


def build_lines(
    quote: Quote,
    drafts: tuple[ItemDraft, ...],
    selection: CatalogueSelection,
    problems: Problems,
    new_id: Callable[[], str],
    before: Sequence[Line] = (),
) -> NewLines:
    """The lines for items: one for each item, or one for each device of a kit (docs/domain.md#kits).

    Positions continue after the lines in `before`. Problems are added under `items`.
    """
    first_position = len(before)
    check_most(drafts, problems, ("items",), "item")
    lines: list[Line] = []
    items: list[int] = []
    wanted = first_position
    for index, draft in enumerate(drafts[:MOST_PARTS]):
        path, own = ("items", str(index)), Problems()
        devices = wanted_devices(draft.device, selection, own, (*path, "device"))
        wanted += len(devices)
        for device in devices[: MOST_PARTS - first_position - len(lines)]:
            lines.append(_build_line(quote, first_position + len(lines), draft, device, own, path, new_id))
            items.append(index)
        # The devices of a kit share one input, so each problem is reported once.
        problems.found.extend(dict.fromkeys(own.found))
    if wanted > MOST_PARTS >= len(drafts):
        message = f"A quote has at most {MOST_PARTS} lines. With the devices of its kits it would have {wanted}."
        problems.add(("items",), ErrorCode.TOO_MANY, message)
    check_recipients(before, (*before, *lines), problems, ("items",))
    return NewLines(tuple(lines), tuple(items))


def check_recipients(before: Iterable[Line], after: Iterable[Line], problems: Problems, path: Path) -> None:
    """Check the number of recipients of all lines: at most `MOST_RECIPIENTS`, or no more than before."""
    were, count = (sum(len(line.recipients) for line in lines) for lines in (before, after))
    if count > max(MOST_RECIPIENTS, were):
        message = (
            f"A quote has at most {MOST_RECIPIENTS:,} recipients in all its lines, not {count:,}. "
            "Split them into several quotes."
        )
        problems.add(path, ErrorCode.TOO_MANY, message)


def build_recipients(
    drafts: tuple[RecipientDraft, ...], item: QuoteItem, problems: Problems, path: Path, new_id: Callable[[], str]
) -> tuple[Recipient, ...]:
    """The recipients of a line: none, one, or one for each device. Problems are added under `path`."""
    check_most(drafts, problems, path, "recipient")
    if len(drafts) > 1 and len(drafts) != item.quantity:
        each = f", or one for each of the {item.quantity} devices" if item.quantity > 1 else " for one device"
        message = f"Send one recipient{each}, not {len(drafts)}."
        problems.add(path, ErrorCode.RECIPIENT_COUNT, message)
    return tuple(
        _build_recipient(draft, item, position, problems, (*path, str(position)), new_id())
        for position, draft in enumerate(drafts[:MOST_PARTS])
    )


def all_details(draft: QuoteDraft) -> Details:
    """The details of a new quote. Custom fields are always included, so that missing required values are reported."""
    always: Details = {
        "requester_email": draft.requester_email,
        "requester_name": draft.requester_name,
        "po_number": draft.po_number,
        "notification_emails": draft.notification_emails,
        "custom_fields": (),
    }
    return {**always, **draft.details}


def _build_line(
    quote: Quote,
    position: int,
    draft: ItemDraft,
    device: WantedDevice,
    problems: Problems,
    path: Path,
    new_id: Callable[[], str],
) -> Line:
    item = QuoteItem(
        new_id(),
        quote.tenant_id,
        quote.id,
        position,
        OfferStatus.PENDING,
        LineDecision.UNDECIDED,
        device.product_type,
        device.product_id,
        device.configuration_id,
        _quantity(draft, device, problems, (*path, "quantity")),
        problems.check((*path, "comments"), optional_text, draft.comments, NOTE_LENGTH, lines=True),
        *device.specification,
        price_minor=None,
        price_currency=None,
        closing_offer_id=None,
        agreed_price_minor=None,
        agreed_price_currency=None,
        agreed_at=None,
        agreed_by_kind=None,
        agreed_by_id=None,
        agreed_by_name=None,
        created_at=quote.updated_at,
        article=parse_article(draft.article, problems, (*path, "article")),
        internal_notes=problems.check(
            (*path, "internalNotes"), optional_text, draft.internal_notes, NOTE_LENGTH, lines=True
        ),
        kit_id=device.kit_id,
        external_id=parse_external_id(draft.external_id, problems, (*path, "externalId")),
        metadata=parse_metadata(draft.metadata, problems, (*path, "metadata")),
    )
    return Line(item, (), _line_recipients(draft, item, device, problems, (*path, "recipients"), new_id))


def _quantity(draft: ItemDraft, device: WantedDevice, problems: Problems, path: Path) -> int:
    requested = (len(draft.recipients) or 1) if draft.quantity is None else draft.quantity
    quantity = requested * device.each
    if draft.quantity is not None and not 1 <= requested <= MOST_DEVICES:
        problems.add(path, ErrorCode.OUT_OF_RANGE, f"The quantity is 1 to {MOST_DEVICES:,}, not {requested}.")
    elif quantity > MOST_DEVICES:
        message = f"{quantity:,} of {device.specification.title} exceed the limit of {MOST_DEVICES:,} per line."
        problems.add(path, ErrorCode.OUT_OF_RANGE, message)
    return quantity


def _line_recipients(
    draft: ItemDraft, item: QuoteItem, device: WantedDevice, problems: Problems, path: Path, new_id: Callable[[], str]
) -> tuple[Recipient, ...]:
    """The recipients of a line. If each gets several devices of a kit, recipients are repeated accordingly."""
    requested = item._replace(quantity=item.quantity // device.each)
    people = build_recipients(draft.recipients, requested, problems, path, new_id)
    if len(people) < 2 or device.each == 1:
        return people
    if len(people) * device.each > MOST_PARTS:
        message = f"A kit has {device.each} of {device.specification.title}. Send one recipient, or fewer of them."
        problems.add(path, ErrorCode.TOO_MANY, message)
        return people
    each = (person for person in people for _ in range(device.each))
    return tuple(person._replace(id=new_id(), position=position) for position, person in enumerate(each))


def _build_recipient(
    draft: RecipientDraft, item: QuoteItem, position: int, problems: Problems, path: Path, recipient_id: str
) -> Recipient:
    address = problems.check((*path, "email"), optional_email, draft.email)
    destination = _destination(draft, problems, path)
    return Recipient(
        id=recipient_id,
        tenant_id=item.tenant_id,
        quote_id=item.quote_id,
        item_id=item.id,
        position=position,
        status=RecipientStatus.PENDING,
        name=problems.check((*path, "name"), text, draft.name, NAME_LENGTH) or "",
        email=address,
        email_key=person_key(item.tenant_id, address) if address else None,
        country=problems.check((*path, "country"), country, draft.country) or "",
        phone_number=problems.check((*path, "phoneNumber"), optional_phone, draft.phone_number),
        address=problems.check((*path, "address"), optional_text, draft.address),
        storage=destination == Destination.STORAGE,
        hire_date=problems.check((*path, "hireDate"), optional_date, draft.hire_date),
        tracking_code=None,
        tracking_link=None,
        serial_number=None,
        invoice_number=None,
        vendor_order_id=None,
        destination=destination,
        city=problems.check((*path, "city"), optional_text, draft.city, NAME_LENGTH),
        post_code=problems.check((*path, "postalCode"), optional_code, draft.postal_code, 50),
        address_extra=problems.check((*path, "addressExtra"), optional_text, draft.address_extra, NAME_LENGTH),
        government_id=problems.check((*path, "governmentId"), optional_code, draft.government_id, 50),
        external_id=parse_external_id(draft.external_id, problems, (*path, "externalId")),
        metadata=parse_metadata(draft.metadata, problems, (*path, "metadata")),
    )


def _destination(draft: RecipientDraft, problems: Problems, path: Path) -> Destination:
    """The destination of a recipient; `storage` is an older way to request STORAGE (docs/domain.md#destinations)."""
    if draft.storage and draft.destination not in (None, Destination.STORAGE):
        problems.add((*path, "destination"), ErrorCode.NOT_ALLOWED, "With `isForStorage` the destination is STORAGE.")
    return draft.destination or (Destination.STORAGE if draft.storage else Destination.EMPLOYEE)
