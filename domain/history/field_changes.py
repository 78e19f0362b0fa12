"""Field changes: the differences between rows, for the history (docs/domain.md#field-changes).

Fields have their names in the graph, values are text: amounts as `1450.00 USD`, times as in the graph, lists with
commas. Derived fields, such as totals, are omitted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from operator import attrgetter
from typing import Any, Protocol

from domain.catalogue.products import PARTS, Specification
from domain.companies.custom_fields import FieldValue
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.discounts import Discount, Shipping
from domain.quotes.item_details import Article
from domain.shared.errors import NodeRef
from domain.shared.events import FieldChange
from domain.shared.metadata import MetadataEntry
from domain.shared.money import Money
from domain.shared.parsers import camel
from domain.shared.rate_limits import RateLimit

# Maximum length of a stored value, in characters.
LONGEST = 1_000


class Part(Protocol):
    """A row of a node."""

    @property
    def ref(self) -> NodeRef: ...


def field_changes(before: Iterable[Part], after: Iterable[Part]) -> tuple[FieldChange, ...]:
    """Every field that differs. Fields of new rows change from None, those of removed rows to None."""
    old, new = {it.ref: it for it in before}, {it.ref: it for it in after}
    return tuple(
        change
        for ref in {**old, **new}
        if old.get(ref) is not new.get(ref)
        for change in _changes_of(new.get(ref) or old[ref], old.get(ref), new.get(ref))
    )


def _changes_of(part: Part, before: Part | None, after: Part | None) -> Iterator[FieldChange]:
    for name, read in FIELDS.get(part.ref.type, {}).items():
        if before is not None and after is not None and read(before) is read(after):
            # Most fields of a changed row are the same objects.
            continue
        was, is_ = _read(read, before), _read(read, after)
        if was != is_:
            yield FieldChange(part.ref, name, _text(was), _text(is_), label_of(part))


def label_of(part: Part) -> str | None:
    """The display name of a row."""
    label = LABELS.get(part.ref.type)
    return _text(label(part) or None) if label else None


def quote_changes(before: QuoteAggregate, after: QuoteAggregate) -> tuple[FieldChange, ...]:
    """Every field of a quote and its parts that differs."""
    return field_changes(_parts(before), _parts(after))


def line_changes(before: Line, after: Line) -> tuple[FieldChange, ...]:
    """Every field of a line and its parts that differs."""
    return field_changes(_parts_of(before), _parts_of(after))


def _parts(quote: QuoteAggregate) -> list[Part]:
    return [quote.quote, *(part for line in quote.lines for part in _parts_of(line))]


def _parts_of(line: Line) -> tuple[Part, ...]:
    return (*line.offers, *line.recipients)


def _read(read: Callable[[Any], Any], part: Part | None) -> Any:
    value = None if part is None else read(part)
    return None if value in ("", ()) else value


def _text(value: Any) -> str | None:
    if value is None:
        return None
    text = _rendered(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _rendered(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Money():
            return f"{value.amount} {value.currency}"
        case Discount():
            terms = f"{value.percentage} %" if value.amount is None else _rendered(value.amount)
            return terms + (f", {value.reason}" if value.reason else "")
        case Shipping():
            return f"{value.name}, {_rendered(value.price)}" if value.name else _rendered(value.price)
        case FieldValue():
            return value.display
        case MetadataEntry():
            return f"{value.key}: {value.value}"
        case Article():
            return ", ".join(f"{name}: {_rendered(it)}" for name, it in value._asdict().items() if it)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case RateLimit():
            return str(value)
        case tuple():
            return ", ".join(_rendered(it) for it in value if it)
    return str(value)


def _named(*attributes: str, **others: str) -> dict[str, Callable[[Any], Any]]:
    """Readers of fields by name: attributes with the same name in the graph, and others under another name."""
    named = {camel(it): attrgetter(it) for it in attributes}
    return named | {name.replace("__", "."): attrgetter(attribute) for name, attribute in others.items()}


def _reference(type_: str, attribute: str) -> Callable[[Any], Any]:
    def read(part: Any) -> str | None:
        id_ = getattr(part, attribute)
        return f"{type_}_{id_}" if id_ else None

    return read


def _of_selected(attribute: str) -> Callable[[Any], Any]:
    return lambda order: getattr(order.selected, attribute) if order.selected is not None else None


_DEVICE = {f"specification.{camel(it)}": attrgetter(it) for it in Specification._fields}

# By type name in the graph.
FIELDS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "Quote": {
        **_named("title", "remarks", "po_number", "project_reference", "notes", "public_notes", "body", "tags"),
        **_named(
            "custom_fields",
            "client_name",
            "abm_id",
            "expires_at",
            "delivery_date",
            "decline_reason",
            "cancel_reason",
            "void_reason",
            "notification_emails",
            "required_signatures",
            "external_id",
            "metadata",
            isAcceptingDocuments="accepts_documents",
        ),
        **_named("discount", "shipping", isTaxIncluded="prices_include_tax"),
        **_named(currencyCode="currency", assignee__email="assignee_email", assignee__name="assignee_name"),
        **_named(requester__email="requester_email", requester__name="requester_name"),
        "customer": _reference("Customer", "customer_id"),
    },
    "QuoteItem": {
        **_named("quantity", "comments", "internal_notes", "article", "price", "discount"),
        **_named("external_id", "metadata"),
        **_named(isTaxable="taxable", taxRate="tax_percentage"),
        "product": _reference("Product", "product_id"),
        **_DEVICE,
    },
    "Alternative": {**_named("description", "is_exact_match", "image_url", "price"), **_DEVICE},
    "Recipient": {
        **_named("name", "email", "country", "phone_number", "address", "address_extra", "city"),
        **_named("external_id", "metadata", postalCode="post_code"),
        **_named("hire_date", "destination", "tracking_code", "tracking_link", "serial_numbers", "invoice_number"),
    },
    "PriceOption": _named("name", "price", "upfront"),
    "QuoteAttachment": _named("name", "url", "sha256", isSignatureRequired="requires_signature"),
    "CustomField": _named(
        *("name", "options"),
        isRequired="required",
        isVisibleToCustomer="customer_sees",
        isEditableByCustomer="customer_edits",
    ),
    "Asset": {
        **_named("serial_number", "device_type", "country", "description", "employee_name", "employee_email"),
        **_named("condition", "price", "purchase_source", "purchase_order", "assigned_date"),
        **_named("external_id", "metadata"),
        "location.type": lambda it: it.location and it.location.kind,
        "location.name": lambda it: it.location and it.location.name,
    },
    "DeviceAction": _named(
        *("tracking_code", "tracking_link", "notes", "override_reason"),
        isWipeCompleted="wipe_completed",
        device__serialNumber="serial_number",
    ),
    "VendorOrder": {
        f"selectedCandidate.{camel(it)}": _of_selected(it)
        for it in ("brand", "model", "cpu", "ram", "storage", "screen_size")
    },
    "Employee": _named("name", "email", "country", "department", "job_title", "hire_date", "termination_date"),
    "Customer": {
        **_named("name", "first_name", "last_name", "company_name", "email", "phone_number", "address"),
        **_named("external_id", "metadata"),
    },
    "Kit": _named("name", "region", "tags"),
    "Product": _named("brand", "model", "sku", "image_url", type="product_type", isActive="active"),
    "Configuration": _named("os", *PARTS, "sku", isActive="active"),
    "Member": _named("email", "name", "role"),
    "Connection": _named("name", "base_url", currencyCode="currency"),
    "WebhookEndpoint": _named("url", "events", "description", "format", "query", isActive="is_active"),
    "ApiKey": _named("name", "scopes", "expires_at", "allowed_addresses", "allowed_origins", "rate_limit"),
    "AccessToken": _named("scopes", "expires_at", person__name="name", person__email="email"),
    "KitDevice": {**_named("quantity"), "product": _reference("Product", "product_id"), **_DEVICE},
}
# Display names in events, which stay readable after an object is deleted.
LABELS: Mapping[str, Callable[[Any], str | None]] = {
    "Quote": attrgetter("order_id"),
    "QuoteItem": attrgetter("title"),
    "Alternative": attrgetter("title"),
    "Recipient": attrgetter("name"),
    "PriceOption": attrgetter("name"),
    "QuoteAttachment": attrgetter("name"),
    "CustomField": attrgetter("name"),
    "Asset": lambda it: it.description or it.serial_number,
    "DeviceAction": lambda it: str(it.action_id),
    "Employee": lambda it: it.name or it.email,
    "Customer": attrgetter("name"),
    "VendorOrder": lambda it: it.order_number or it.vendor_order_id or it.id,
    "Kit": attrgetter("name"),
    "Product": lambda it: f"{it.brand} {it.model}",
    "Configuration": lambda it: it.sku or ", ".join(filter(None, (it.cpu, it.ram, it.storage))),
    "KitDevice": attrgetter("specification.title"),
    "Connection": attrgetter("name"),
    "WebhookEndpoint": attrgetter("url"),
    "Member": lambda it: it.name or it.email,
    "ApiKey": attrgetter("name"),
    "AccessToken": attrgetter("name"),
}
