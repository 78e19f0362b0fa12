"""A customer's input on its way to a quote: checked value by value, then built (domain-facts A.3.4).

Checking knows no storage: the use case looks up the products an input names and hands them to `build_quote`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.catalogue import (
    UNSPECIFIED,
    Configuration,
    Product,
    ProductType,
    Specification,
    parse_specification,
    require_named,
    specification_of,
)
from domain.employees import person_key
from domain.errors import ErrorCode, Invalid, Path, Problems
from domain.ids import parse_id
from domain.quote_parts import (
    Alternative,
    LineDecision,
    OfferStatus,
    Quote,
    QuoteItem,
    QuoteStatus,
    Recipient,
    RecipientStatus,
)
from domain.quotes import Line, QuoteAggregate
from domain.values import (
    NAME_LENGTH,
    NOTE_LENGTH,
    country,
    email,
    optional_date,
    optional_email,
    optional_text,
    optional_url,
    text,
)

MOST_PARTS = 200
MOST_DEVICES = 1_000


@dataclass(frozen=True, slots=True)
class RecipientDraft:
    """A recipient as typed."""

    name: str
    country: str
    email: str | None = None
    phone_number: str | None = None
    address: str | None = None
    storage: bool = False
    hire_date: str | None = None


@dataclass(frozen=True, slots=True)
class CatalogueDevice:
    """A device chosen from the catalogue, by ids as typed; what `specification` names wins over the configuration."""

    product_id: str
    configuration_id: str | None = None
    specification: Specification = UNSPECIFIED


@dataclass(frozen=True, slots=True)
class CustomDevice:
    """A device the catalogue does not have."""

    product_type: ProductType
    specification: Specification


@dataclass(frozen=True, slots=True)
class KitDevices:
    """The devices of a kit."""

    kit_id: str


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One line as typed."""

    device: CatalogueDevice | CustomDevice | KitDevices
    recipients: tuple[RecipientDraft, ...]
    quantity: int | None = None
    comments: str | None = None


@dataclass(frozen=True, slots=True)
class QuoteDraft:
    """A quote as typed."""

    requester_email: str
    items: tuple[ItemDraft, ...]
    requester_name: str | None = None
    po_number: str | None = None
    notification_emails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlternativeDraft:
    """An alternative as typed, its price apart."""

    specification: Specification
    description: str | None = None
    is_exact_match: bool = False
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The catalogue entries that an input names, by id."""

    products: Mapping[str, Product]
    configurations: Mapping[str, Configuration]


def build_quote(
    draft: QuoteDraft, chosen: Chosen, tenant_id: int, order_id: str, at: datetime, new_id: Callable[[], str]
) -> QuoteAggregate:
    """The quote a customer asks for, PENDING and unpriced (domain-facts A.3.4).

    Raises: InvalidInput, with every problem of the input.
    """
    problems = Problems()
    quote = Quote(
        id=new_id(),
        tenant_id=tenant_id,
        order_id=order_id,
        status=QuoteStatus.PENDING,
        po_number=problems.check(("poNumber",), optional_text, draft.po_number, NAME_LENGTH),
        requester_email=problems.check(("requesterEmail",), email, draft.requester_email) or "",
        requester_name=problems.check(("requesterName",), optional_text, draft.requester_name, NAME_LENGTH),
        notification_emails=_notification_emails(draft, problems),
        priced_at=None,
        created_at=at,
        updated_at=at,
    )
    check_count(draft.items, problems, ("items",), "item")
    lines = tuple(
        _build_line(quote, position, item, chosen, problems, at, new_id)
        for position, item in enumerate(draft.items[:MOST_PARTS])
    )
    problems.raise_if_any()
    return QuoteAggregate(quote, lines)


def named_ids(device: CatalogueDevice | CustomDevice | KitDevices) -> tuple[str | None, str | None]:
    """The row ids of the product and the configuration a device names, as far as they are ids at all."""
    if not isinstance(device, CatalogueDevice):
        return None, None
    ignored = Problems()
    product = ignored.check((), parse_id, device.product_id, "Product")
    configuration = ignored.check((), parse_id, device.configuration_id or "", "Configuration")
    return (product[1] if product else None), (configuration[1] if configuration else None)


def build_recipients(
    drafts: tuple[RecipientDraft, ...], item: QuoteItem, problems: Problems, path: Path, new_id: Callable[[], str]
) -> tuple[Recipient, ...]:
    """The recipients of a line: one, or exactly one for each device. What is wrong is noted under `path`."""
    check_count(drafts, problems, path, "recipient")
    if len(drafts) > 1 and len(drafts) != item.quantity:
        message = f"Name one recipient, or one for each of the {item.quantity} devices; there are {len(drafts)}."
        problems.add(path, ErrorCode.RECIPIENT_COUNT, message)
    return tuple(
        _build_recipient(draft, item, position, problems, (*path, str(position)), new_id())
        for position, draft in enumerate(drafts[:MOST_PARTS])
    )


def build_alternative(
    draft: AlternativeDraft, item: QuoteItem, position: int, problems: Problems, at: datetime, alternative_id: str
) -> Alternative:
    """An alternative without a price, open for a decision once it has one (domain-facts A.3.1)."""
    specification = parse_specification(draft.specification, problems, ("specification",))
    require_named(specification, problems, ("specification",))
    return Alternative(
        alternative_id,
        item.tenant_id,
        item.quote_id,
        item.id,
        position,
        OfferStatus.PENDING,
        problems.check(("description",), optional_text, draft.description, NOTE_LENGTH, lines=True),
        draft.is_exact_match,
        problems.check(("imageUrl",), optional_url, draft.image_url),
        *specification,
        price_minor=None,
        price_currency=None,
        created_at=at,
    )


def check_count(parts: tuple[object, ...], problems: Problems, path: Path, noun: str) -> None:
    """A list of parts has from one to 200 members (design: The graph)."""
    if not parts:
        problems.add(path, ErrorCode.REQUIRED, f"Name at least one {noun}.")
    if len(parts) > MOST_PARTS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_PARTS} {noun}s, not {len(parts)}.")


def _notification_emails(draft: QuoteDraft, problems: Problems) -> tuple[str, ...]:
    if len(draft.notification_emails) > MOST_PARTS:
        problems.add(("notificationEmails",), ErrorCode.TOO_MANY, f"At most {MOST_PARTS} addresses.")
    found = (
        problems.check(("notificationEmails", str(index)), email, address)
        for index, address in enumerate(draft.notification_emails[:MOST_PARTS])
    )
    return tuple(dict.fromkeys(address for address in found if address is not None))


def _build_line(
    quote: Quote,
    position: int,
    draft: ItemDraft,
    chosen: Chosen,
    problems: Problems,
    at: datetime,
    new_id: Callable[[], str],
) -> Line:
    path = ("items", str(position))
    product_type, specification = _device(draft.device, chosen, problems, (*path, "device"))
    product_id, configuration_id = named_ids(draft.device)
    item = QuoteItem(
        new_id(),
        quote.tenant_id,
        quote.id,
        position,
        OfferStatus.PENDING,
        LineDecision.UNDECIDED,
        product_type,
        product_id,
        configuration_id,
        _quantity(draft, problems, (*path, "quantity")),
        problems.check((*path, "comments"), optional_text, draft.comments, NOTE_LENGTH, lines=True),
        *specification,
        price_minor=None,
        price_currency=None,
        closing_offer_id=None,
        agreed_price_minor=None,
        agreed_price_currency=None,
        agreed_at=None,
        agreed_by_kind=None,
        agreed_by_id=None,
        agreed_by_name=None,
        created_at=at,
    )
    return Line(item, (), build_recipients(draft.recipients, item, problems, (*path, "recipients"), new_id))


def _quantity(draft: ItemDraft, problems: Problems, path: Path) -> int:
    quantity = len(draft.recipients) if draft.quantity is None else draft.quantity
    if draft.quantity is not None and not 1 <= quantity <= MOST_DEVICES:
        problems.add(path, ErrorCode.OUT_OF_RANGE, f"Ask for 1 to {MOST_DEVICES:,} devices, not {quantity}.")
    return quantity


def _device(
    device: CatalogueDevice | CustomDevice | KitDevices, chosen: Chosen, problems: Problems, path: Path
) -> tuple[ProductType, Specification]:
    match device:
        case KitDevices():
            problems.add((*path, "kitId"), ErrorCode.NOT_SUPPORTED, "Kits cannot be quoted yet; name each device.")
            return ProductType.ACCESSORY, Specification()
        case CustomDevice():
            where = (*path, "custom", "specification")
            specification = parse_specification(device.specification, problems, where)
            require_named(specification, problems, where)
            return device.product_type, specification
        case CatalogueDevice():
            return _catalogue_device(device, chosen, problems, (*path, "catalogue"))


def _catalogue_device(
    device: CatalogueDevice, chosen: Chosen, problems: Problems, path: Path
) -> tuple[ProductType, Specification]:
    overrides = parse_specification(device.specification, problems, (*path, "specification"))
    product = problems.check((*path, "productId"), _product, device.product_id, chosen)
    if product is None:
        return ProductType.ACCESSORY, overrides
    configuration = None
    if device.configuration_id is not None:
        where = (*path, "configurationId")
        configuration = problems.check(where, _configuration, device.configuration_id, product, chosen)
    return product.product_type, overrides.over(specification_of(product, configuration))


def _product(given: str, chosen: Chosen) -> Product:
    product = chosen.products.get(parse_id(given, "Product")[1])
    if product is None or not product.active:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "There is no such product in the catalogue.")
    return product


def _configuration(given: str, product: Product, chosen: Chosen) -> Configuration:
    configuration = chosen.configurations.get(parse_id(given, "Configuration")[1])
    if configuration is None or not configuration.active or configuration.product_id != product.id:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, f"{product.brand} {product.model} has no such configuration.")
    return configuration


def _build_recipient(
    draft: RecipientDraft, item: QuoteItem, position: int, problems: Problems, path: Path, recipient_id: str
) -> Recipient:
    address = problems.check((*path, "email"), optional_email, draft.email)
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
        phone_number=problems.check((*path, "phoneNumber"), optional_text, draft.phone_number, 50),
        address=problems.check((*path, "address"), optional_text, draft.address),
        storage=draft.storage,
        hire_date=problems.check((*path, "hireDate"), optional_date, draft.hire_date),
        tracking_code=None,
        tracking_link=None,
        serial_number=None,
        invoice_number=None,
        vendor_order_id=None,
    )
