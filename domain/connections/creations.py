"""Quotes that are created in a connected system: what it takes with a new quote, and how ours is sent
(docs/domain.md#create-in-a-connected-system)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from domain.connections.connections import Connection
from domain.connections.creation_fields import (
    ARTICLE,
    DEVICE_TYPES,
    ITEM,
    OF_TEMPLATE,
    QUOTE,
    RECIPIENT,
    WITH_RECIPIENTS,
    refused,
)
from domain.connections.origins import PartKey
from domain.connections.records import ForeignItem, ForeignQuote, ForeignRecipient
from domain.connections.systems import NAMES, Capability, System
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.item_details import UNKNOWN_ARTICLE, Article
from domain.quotes.recipients import Destination, Recipient
from domain.quotes.rows import QuoteItem
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem, Problems
from domain.shared.parsers import fold

CONNECTION: Path = ("connectionId",)
_UNTAKEN = "takes no such value with a new quote."

# Where something is refused, and why.
Refusal = tuple[Path, str]


def check_creates(connection: Connection) -> None:
    """Check that the system has a call that creates quotes. Raises: InvalidInput."""
    if Capability.CREATE not in connection.capabilities:
        why = f"has no call for this ({Capability.CREATE}). Create the quote there."
        raise InvalidInput(_unsupported(connection, why, CONNECTION))


def check_creatable(
    quote: QuoteAggregate,
    connection: Connection,
    template_id: str | None,
    items: Sequence[int] | None = None,
    has_attachments: bool = False,
) -> None:
    """Check that a system is sent everything that a new quote has, or that it is kept here. `items` are the numbers of
    the items of the input that the lines are made from; without them, each line is made from one.

    Raises: InvalidInput, with every field of which neither is so.
    """
    found = [*_of_quote(quote, connection, template_id)]
    if has_attachments:
        found.append((("attachments",), "takes no attachments with a new quote."))
    if template_id is None:
        found += _of_lines(quote.lines, System(connection.system), items or range(len(quote.lines)))
    problems = Problems()
    # The devices of a kit share one item.
    problems.found.extend(_unsupported(connection, why, path) for path, why in dict.fromkeys(found))
    problems.raise_if_any()


def _of_quote(quote: QuoteAggregate, connection: Connection, template_id: str | None) -> Iterator[Refusal]:
    system, head = System(connection.system), quote.quote
    for path in refused(QUOTE, head, system):
        yield path, _UNTAKEN
    if head.currency not in (None, connection.currency):
        yield ("currencyCode",), f"has prices in {connection.currency}: that is the currency of the connection."
    if quote.options:
        yield ("priceOptions",), "takes no price options with a new quote."
    if template_id is not None and system != System.SALESBYTE:
        yield ("templateId",), "creates no quotes from templates."
    elif template_id is not None:
        yield from _of_template(quote)
    elif system == System.SALESBYTE and head.title and not quote.lines:
        yield ("title",), "takes a title with lines only: it is theirs."


def _of_template(quote: QuoteAggregate) -> Iterator[Refusal]:
    if quote.lines:
        yield ("items",), "has the lines of a quote in its template. Send none."
    for attribute in OF_TEMPLATE:
        if getattr(quote.quote, attribute):
            yield (QUOTE[attribute].name,), "takes no such value with a quote from a template, which has its own."


def _of_lines(lines: Sequence[Line], system: System, items: Sequence[int]) -> Iterator[Refusal]:
    if system == System.QUIPTEAMS and not lines:
        yield ("items",), "needs at least one line."
    skus = set[str]()
    for line, number in zip(lines, items, strict=True):
        path, article = ("items", str(number)), line.item.article or UNKNOWN_ARTICLE
        yield from ((it, _UNTAKEN) for it in refused(ITEM, line.item, system, path))
        yield from ((it, _UNTAKEN) for it in refused(ARTICLE, article, system, (*path, "article")))
        yield from _of_recipients(line, system, (*path, "recipients"))
        match system:
            case System.QUIPTEAMS:
                yield from _of_device(line.item, path)
            case System.SALESBYTE:
                yield from _of_sku(article, skus, (*path, "article", "sku"))
            case System.QUICK_QUOTE if line.item.price is None:
                yield (*path, "price"), "needs the price of each line."


def _of_recipients(line: Line, system: System, path: Path) -> Iterator[Refusal]:
    if system not in WITH_RECIPIENTS:
        if line.recipients:
            yield path, "takes no recipients of lines."
        return
    if not line.recipients:
        yield path, "needs a recipient of each line."
    for place, person in enumerate(line.recipients):
        # The recipients of a kit are those of each of its devices, and may be repeated.
        here = path if line.item.kit_id else (*path, str(place))
        for field in refused(RECIPIENT, person, system, here):
            if field[-1] != RECIPIENT["destination"].name:
                yield field, f"{_UNTAKEN} It has one line for the whole address: `address`."
            elif person.destination != Destination.STORAGE:
                yield field, "brings devices to people and into its storage only."


def _of_device(item: QuoteItem, path: Path) -> Iterator[Refusal]:
    # What is chosen from the catalogue may be named by its product there.
    if item.product_id is None and item.product_type not in DEVICE_TYPES:
        yield (*path, "device"), f"has no devices of type {item.product_type}."


def _of_sku(article: Article, skus: set[str], path: Path) -> Iterator[Refusal]:
    if not article.sku:
        yield path, "needs the SKU of each line."
    elif (sku := fold(article.sku)) in skus:
        yield path, "has one line for each SKU, and an earlier line has this one."
    else:
        skus.add(sku)


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
        price=None if item.price is None else Decimal(item.price.amount),
        sku=article.sku,
        comments=item.comments,
        recipients=tuple(_recipient(it) for it in line.recipients),
        properties={it.key: it.value for it in article.properties},
        metadata={} if product is None else {"product_id": product},
        article=article,
    )


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


def missing_items(wanted: Sequence[ForeignItem], there: Sequence[ForeignItem]) -> tuple[ForeignItem, ...]:
    """Those of the lines that were to be created which a record does not have. They are compared by what they are
    called: people may have changed prices and quantities since. If the system calls them otherwise, the first ones are
    there: no more are missing than the record has too few."""
    found = _paired(wanted, there)
    missing = tuple(it for it, item in zip(wanted, found, strict=True) if item is None)
    room = max(len(wanted) - len(there), 0)
    return missing[max(len(missing) - room, 0) :]


def ids_of_created(quote: QuoteAggregate, record: ForeignQuote) -> dict[PartKey, str]:
    """The ids of the objects of a record that was created from a quote of ours. Its lines are known by what they are
    called, or, if the system calls them otherwise, by their order, unless there are other ones; so are its
    recipients."""
    ids = {PartKey("Quote", "", record.external_id): quote.quote.id}
    items: Sequence[ForeignItem | None] = _paired(items_to_create(quote, {}), record.items)
    if None in items:
        items = record.items
    if len(items) != len(quote.lines):
        return ids
    for item, line in zip(items, quote.lines, strict=True):
        assert item is not None
        ids[PartKey("QuoteItem", "", item.external_id)] = line.item.id
        if len(item.recipients) == len(line.recipients):
            for it, recipient in zip(item.recipients, line.recipients, strict=True):
                ids[PartKey("Recipient", item.external_id, it.external_id)] = recipient.id
    return ids


def _paired(wanted: Sequence[ForeignItem], there: Sequence[ForeignItem]) -> list[ForeignItem | None]:
    """For each line, the first other one of a record that is called the same; None without one."""
    left: dict[tuple[str, str], list[ForeignItem]] = {}
    for it in reversed(there):
        left.setdefault(_called(it), []).append(it)
    return [others.pop() if (others := left.get(_called(it))) else None for it in wanted]


def _called(item: ForeignItem) -> tuple[str, str]:
    title, sku = (" ".join((it or "").split()) for it in (item.title, item.sku))
    return title, sku
