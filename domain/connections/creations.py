"""Quotes that are created in a connected system: what it takes with a new quote, and how ours is sent
(docs/domain.md#create-in-a-connected-system)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from domain.connections.connections import Connection
from domain.connections.origins import PartKey
from domain.connections.records import ForeignItem, ForeignQuote, ForeignRecipient
from domain.connections.systems import NAMES, OURS, Capability, System
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.item_details import UNKNOWN_ARTICLE
from domain.quotes.recipients import Recipient
from domain.quotes.rows import QuoteItem
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem, Problems
from domain.shared.parsers import camel

CONNECTION: Path = ("connectionId",)

# The attributes of a quote that a system is sent with a new one, besides the requester and the lines.
TAKEN = {
    System.QUIPTEAMS: frozenset({"po_number", "notification_emails"}),
    System.SALESBYTE: frozenset({"title", "public_notes"}),
    System.QUICK_QUOTE: frozenset({"title", "po_number", "remarks", "notes", "public_notes", "tags"}),
}
# What a quote can have without being sent, or being ours: it would be lost.
_ELSEWHERE = (
    "title",
    "po_number",
    "remarks",
    "notes",
    "public_notes",
    "body",
    "tags",
    "expires_at",
    "customer_id",
    "project_reference",
    "assignee_email",
    "assignee_name",
    "metadata",
    "notification_emails",
)
_FIELDS = {
    **{name: camel(name) for name in _ELSEWHERE},
    "accepts_documents": "isAcceptingDocuments",
    "auto_quote": "isAutoQuoted",
    "discount_type": "discount",
    "shipping_minor": "shipping",
    "prices_include_tax": "isTaxIncluded",
}


def check_creates(connection: Connection) -> None:
    """Check that the system has a call that creates quotes. Raises: InvalidInput."""
    if Capability.CREATE not in connection.capabilities:
        why = f"has no call for this ({Capability.CREATE}). Create the quote there."
        raise InvalidInput(_unsupported(connection, why, CONNECTION))


def check_creatable(quote: QuoteAggregate, connection: Connection, template_id: str | None) -> None:
    """Check that the system takes everything that a new quote has. Raises: InvalidInput, with every field that it does
    not take."""
    problems, system = Problems(), System(connection.system)
    head, kept = quote.quote, TAKEN[system] | OURS[system]
    for name, field in _FIELDS.items():
        if name not in kept and _is_given(getattr(head, name)):
            problems.found.append(_unsupported(connection, "takes no such value with a new quote.", (field,)))
    if head.currency not in (None, connection.currency):
        why = f"has prices in {connection.currency}: that is the currency of the connection."
        problems.found.append(_unsupported(connection, why, ("currencyCode",)))
    if quote.options:
        problems.found.append(_unsupported(connection, "takes no price options with a new quote.", ("priceOptions",)))
    if template_id is not None and system != System.SALESBYTE:
        problems.found.append(_unsupported(connection, "creates no quotes from templates.", ("templateId",)))
    elif (why_not := _lines_refused(quote.lines, system, template_id)) is not None:
        problems.found.append(_unsupported(connection, why_not, ("items",)))
    problems.raise_if_any()


def _is_given(value: object) -> bool:
    """Whether a value was entered; 0 is one, such as the price of free shipping."""
    return value is not None and value is not False and value not in ("", ())


def _lines_refused(lines: tuple[Line, ...], system: System, template_id: str | None) -> str | None:
    """Why a system cannot take these lines; None if it can."""
    if template_id is not None:
        return "has the lines of a quote in its template. Send none." if lines else None
    if noted := _each(lines, "takes no metadata with a line", (not _has_metadata(it) for it in lines)):
        return noted
    plain = ((it.item.discount_type, it.item.tax_rate, it.item.taxable) == (None, 0, True) for it in lines)
    if untaken := _each(lines, "takes no discounts and taxes of lines", plain):
        return untaken
    if system == System.QUICK_QUOTE:
        return _each(lines, "needs the price of each line", (it.item.price is not None for it in lines))
    if system == System.SALESBYTE:
        known = [bool((it.item.article or UNKNOWN_ARTICLE).sku) for it in lines]
        return _each(lines, "needs the SKU of each line", known) or _unpriced(lines)
    if not lines:
        return "needs at least one line."
    return _each(lines, "needs a recipient of each line", (bool(it.recipients) for it in lines)) or _unpriced(lines)


def _has_metadata(line: Line) -> bool:
    return bool(line.item.metadata) or any(it.metadata for it in line.recipients)


def _unpriced(lines: tuple[Line, ...]) -> str | None:
    return _each(lines, "prices each line itself", (it.item.price is None for it in lines))


def _each(lines: tuple[Line, ...], what: str, kept: Iterable[bool]) -> str | None:
    wrong = [str(number) for number, holds in enumerate(kept, start=1) if not holds]
    return f"{what}; {'lines' if len(wrong) > 1 else 'line'} {', '.join(wrong)}." if wrong else None


def _unsupported(connection: Connection, why: str, path: Path) -> Problem:
    system = System(connection.system)
    return Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, f"{NAMES[system]} ({system}) {why}", path)


def items_to_create(quote: QuoteAggregate, products: Mapping[str, str]) -> tuple[ForeignItem, ...]:
    """The lines of a quote, as they are sent; `products` are the ids of products there, by ours."""
    return tuple(_item(line, products.get(line.item.product_id or "")) for line in quote.lines)


def _item(line: Line, product: str | None) -> ForeignItem:
    item, article = line.item, line.item.article or UNKNOWN_ARTICLE
    return ForeignItem(
        item.id,
        title=item.title,
        product_type=item.product_type,
        specification=item.specification,
        quantity=item.quantity,
        price=_price(item),
        sku=article.sku,
        comments=item.comments,
        recipients=tuple(_recipient(it) for it in line.recipients),
        properties={it.key: it.value for it in article.properties},
        metadata={} if product is None else {"product_id": product},
    )


def _price(item: QuoteItem) -> Decimal | None:
    return None if item.price is None else Decimal(item.price.amount)


def _recipient(person: Recipient) -> ForeignRecipient:
    return ForeignRecipient(
        person.id,
        person.name,
        person.country,
        person.email,
        person.phone_number,
        person.address,
        is_storage=person.storage,
        hire_date=person.hire_date,
    )


def ids_of_created(quote: QuoteAggregate, record: ForeignQuote) -> dict[PartKey, str]:
    """The ids of the objects of a record that was created from a quote of ours: its lines and recipients are in our
    order, unless there are other ones."""
    ids = {PartKey("Quote", "", record.external_id): quote.quote.id}
    if len(record.items) != len(quote.lines):
        return ids
    for item, line in zip(record.items, quote.lines, strict=True):
        ids[PartKey("QuoteItem", "", item.external_id)] = line.item.id
        if len(item.recipients) == len(line.recipients):
            for it, recipient in zip(item.recipients, line.recipients, strict=True):
                ids[PartKey("Recipient", item.external_id, it.external_id)] = recipient.id
    return ids
