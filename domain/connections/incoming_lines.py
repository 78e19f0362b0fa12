"""How the lines of a record become lines of ours, with their alternatives and recipients
(docs/domain.md#incoming-quotes)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from domain.catalogue.products import Specification
from domain.companies.company import TaxRounding
from domain.connections.connections import Connection
from domain.connections.kept_values import is_called_the_same
from domain.connections.origins import PartKey, numbered
from domain.connections.records import ForeignAlternative, ForeignItem, ForeignRecipient
from domain.connections.values import Values, rest_of
from domain.people.employees import person_key
from domain.quotes.aggregate import Line
from domain.quotes.item_details import MOST_PROPERTIES, UNKNOWN_ARTICLE, Article, ItemProperty
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import Alternative, Offer, Quote, QuoteItem
from domain.quotes.statuses import OPEN, LineDecision, OfferStatus
from domain.shared.parsers import NAME_LENGTH, PHONE_LENGTH

Part = TypeVar("Part", QuoteItem, Alternative, Recipient)

# The largest quantity that the graph can answer with.
LARGEST_QUANTITY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a record is put into: its connection, the time, and how ids are made."""

    connection: Connection
    now: datetime
    new_id: Callable[[], str]
    tax_rounding: TaxRounding = TaxRounding.PER_RATE


@dataclass(slots=True)
class Ids:
    """The ids of the objects of a record: known ones, and new ones for parts that were not there before."""

    known: Mapping[PartKey, str]
    new_id: Callable[[], str]
    used: dict[PartKey, str] = field(default_factory=dict)

    def of(self, node_type: str, external_id: str, parent_id: str = "") -> str:
        """The id of a part."""
        key = numbered(PartKey(node_type, parent_id, external_id), self.used)
        self.used[key] = self.known.get(key) or self.new_id()
        return self.used[key]

    def keep_parts(self) -> None:
        """Keep the known ids of lines and what is in them."""
        parts = ("QuoteItem", "Alternative", "Recipient")
        self.used |= {key: known for key, known in self.known.items() if key.node_type in parts}


def incoming_line(
    record: ForeignItem,
    quote: Quote,
    position: int,
    before: Mapping[str, Line],
    ids: Ids,
    values: Values,
    around: Surroundings,
) -> Line:
    """The line of an item; `before` are the lines of the quote as we have them, by item."""
    item_id, path = ids.of("QuoteItem", record.external_id), f"items.{position}"
    known = before.get(item_id)
    at = quote.created_at if known is None else known.item.created_at
    alternatives = tuple(
        _alternative(it, item_id, quote, place, ids.of("Alternative", it.external_id, record.external_id), values, at)
        for place, it in enumerate(record.alternatives)
    )
    recipients = tuple(
        _recipient(it, item_id, quote, place, ids.of("Recipient", it.external_id, record.external_id), values)
        for place, it in enumerate(record.recipients)
    )
    item = _item(record, item_id, quote, position, path, values, at)
    if known is not None:
        ours = ("product_id", "configuration_id", "kit_id", "internal_notes", "external_id")
        item = item._replace(**{name: getattr(known.item, name) for name in ours})
        if is_called_the_same(record, known.item):
            device = known.item.specification._asdict()
            item = item._replace(product_type=known.item.product_type, **device)
        called = {it.id: it.external_id for it in known.recipients}
        recipients = tuple(it._replace(external_id=called.get(it.id)) for it in recipients)
        [item] = _as_before([record], [item], [known.item])
        alternatives = _as_before(record.alternatives, alternatives, known.alternatives)
        recipients = _as_before(record.recipients, recipients, known.recipients)
    return Line(_decided(item, alternatives, known, around), alternatives, recipients)


def _as_before(
    records: Sequence[ForeignItem | ForeignAlternative | ForeignRecipient],
    parts: Sequence[Part],
    before: Sequence[Part],
) -> tuple[Part, ...]:
    """The parts of the records, with the earlier statuses of those whose record does not say a known one."""
    statuses = {it.id: it.status for it in before}
    return tuple(
        part if record.is_status_known else part._replace(status=statuses.get(part.id, part.status))
        for record, part in zip(records, parts, strict=True)
    )


def _item(
    record: ForeignItem, item_id: str, quote: Quote, position: int, path: str, values: Values, at: datetime
) -> QuoteItem:
    minor = values.minor(f"{path}.price", record.price, quote.currency)
    return QuoteItem(
        item_id,
        quote.tenant_id,
        quote.id,
        position,
        record.status,
        LineDecision.UNDECIDED,
        record.product_type,
        None,
        None,
        _quantity(record, path, values),
        values.lines(f"{path}.comments", record.comments),
        *_specification(record.specification, record.title, path, values),
        price_minor=minor,
        price_currency=None if minor is None else quote.currency,
        closing_offer_id=None,
        agreed_price_minor=None,
        agreed_price_currency=None,
        agreed_at=None,
        agreed_by_kind=None,
        agreed_by_id=None,
        agreed_by_name=None,
        created_at=at,
        article=_article(record, path, values),
        metadata=rest_of(record.metadata),
    )


def _decided(
    item: QuoteItem, alternatives: tuple[Alternative, ...], before: Line | None, around: Surroundings
) -> QuoteItem:
    """The item with the decision that follows from the statuses of its offers."""
    offers: tuple[Offer, ...] = (item, *alternatives)
    accepted = next((it for it in offers if it.status == OfferStatus.ACCEPTED), None)
    if accepted is None:
        rejected = item.status == OfferStatus.REJECTED and not any(it.status in OPEN for it in alternatives)
        return item._replace(decision=LineDecision.REJECTED) if rejected else item
    own = accepted.id == item.id
    decision = LineDecision.ITEM_ACCEPTED if own else LineDecision.ALTERNATIVE_ACCEPTED
    same = before is not None and before.item.closing_offer_id == accepted.id
    actor, was = around.connection.actor, before.item if same and before is not None else None
    return item._replace(
        decision=decision,
        closing_offer_id=accepted.id,
        agreed_price_minor=accepted.price_minor,
        agreed_price_currency=accepted.price_currency,
        agreed_at=was.agreed_at if was else around.now,
        agreed_by_kind=was.agreed_by_kind if was else str(actor.kind),
        agreed_by_id=was.agreed_by_id if was else actor.id,
        agreed_by_name=was.agreed_by_name if was else actor.name,
    )


def _specification(given: Specification, title: str | None, path: str, values: Values) -> Specification:
    """The specification of a record; without a brand and a model, its title is the model."""
    names = Specification._fields
    found = Specification(
        *(values.line(f"{path}.{name}", it, NAME_LENGTH) for name, it in zip(names, given, strict=True))
    )
    if found.brand is None and found.model is None:
        return found._replace(model=values.line(f"{path}.title", title, NAME_LENGTH))
    return found


def _quantity(record: ForeignItem, path: str, values: Values) -> int:
    if 0 <= record.quantity <= LARGEST_QUANTITY:
        return record.quantity
    values.note(f"{path}.quantity", str(record.quantity), "This is not a number of devices.")
    return 0


def _article(record: ForeignItem, path: str, values: Values) -> Article | None:
    kept = []
    for key, value in list(record.properties.items())[:MOST_PROPERTIES]:
        name = values.line(f"{path}.properties", key, NAME_LENGTH)
        content = values.line(f"{path}.properties.{key}", value)
        if name and content:
            kept.append(ItemProperty(name, content))
    if len(record.properties) > MOST_PROPERTIES:
        values.note(f"{path}.properties", str(len(record.properties)), f"Only {MOST_PROPERTIES} of them are kept.")
    article = Article(sku=values.line(f"{path}.sku", record.sku, NAME_LENGTH), properties=tuple(kept))
    return None if article == UNKNOWN_ARTICLE else article


def _alternative(
    record: ForeignAlternative,
    item_id: str,
    quote: Quote,
    position: int,
    alternative_id: str,
    values: Values,
    at: datetime,
) -> Alternative:
    path = f"alternatives.{record.external_id}"
    minor = values.minor(f"{path}.price", record.price, quote.currency)
    return Alternative(
        alternative_id,
        quote.tenant_id,
        quote.id,
        item_id,
        position,
        record.status,
        values.lines(f"{path}.description", record.description),
        record.is_exact_match,
        values.url(f"{path}.image_url", record.image_url),
        *_specification(record.specification, record.description, path, values),
        price_minor=minor,
        price_currency=None if minor is None else quote.currency,
        created_at=at,
    )


def _recipient(
    record: ForeignRecipient, item_id: str, quote: Quote, position: int, recipient_id: str, values: Values
) -> Recipient:
    path = f"recipients.{record.external_id}"
    address = values.email(f"{path}.email", record.email)
    serial = values.line(f"{path}.serial_number", record.serial_number, NAME_LENGTH)
    return Recipient(
        id=recipient_id,
        tenant_id=quote.tenant_id,
        quote_id=quote.id,
        item_id=item_id,
        position=position,
        status=record.status,
        name=values.line(f"{path}.name", record.name, NAME_LENGTH) or "",
        email=address,
        email_key=person_key(quote.tenant_id, address) if address else None,
        country=values.country(f"{path}.country", record.country),
        phone_number=values.line(f"{path}.phone_number", record.phone_number, PHONE_LENGTH),
        address=values.line(f"{path}.address", record.address),
        storage=record.is_storage,
        hire_date=record.hire_date,
        tracking_code=values.line(f"{path}.tracking_code", record.tracking_code, NAME_LENGTH),
        tracking_link=values.url(f"{path}.tracking_link", record.tracking_link),
        serial_number=serial,
        invoice_number=values.line(f"{path}.invoice_number", record.invoice_number, NAME_LENGTH),
        vendor_order_id=None,
        serial_numbers=(serial,) if serial else (),
        destination=Destination.STORAGE if record.is_storage else Destination.EMPLOYEE,
        metadata=rest_of(record.metadata),
    )
