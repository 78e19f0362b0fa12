"""The quotes of Quick Quote in our words (docs/concepts.md#w3trends-quick-quote)."""

from dataclasses import replace
from decimal import Decimal

from adapters.connections.fields import Fields, Unusable, as_text, quantity_of, read_record
from adapters.connections.quick_quote.words import STATUSES
from adapters.connections.references import reference_in
from adapters.connections.standing import Standing, standing_of
from domain.catalogue.products import ProductType
from domain.connections.records import ForeignItem, ForeignPerson, ForeignQuote, Unread
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus

# Where a quote is whose status is not known.
UNKNOWN = Standing(QuoteOfferStatus.SENT)
DECIDED = {DecisionStatus.APPROVED: OfferStatus.ACCEPTED, DecisionStatus.DECLINED: OfferStatus.REJECTED}


def quote_of(raw: object) -> ForeignQuote | Unread:
    """Reads a quote. Its times have no zone, and are in UTC."""
    return read_record(_quote, raw, "id")


def _quote(fields: Fields) -> ForeignQuote:
    quote_id = fields.needed("id")
    created_at = fields.time("created_on")
    if created_at is None:
        raise Unusable("created_on is missing.")
    known = standing_of(fields, "status", STATUSES)
    standing = known or UNKNOWN
    person, total = _person(fields), fields.amount("total")
    rows = enumerate(fields.parts("line_items"), start=1)
    items = tuple(_item(row, str(place), known) for place, row in rows)
    notes = fields.text("internal_notes")
    return ForeignQuote(
        external_id=quote_id,
        number=fields.text("quote_number") or quote_id,
        created_at=created_at,
        status_word=fields.text("status") or "",
        offer_status=standing.offer,
        decision_status=standing.decision,
        fulfilment_status=standing.fulfilment,
        is_status_known=known is not None,
        requester=person,
        customer=_customer(person, fields.text("customer_id")),
        assignee=_assignee(fields.part("assignee")),
        tags=tuple(dict.fromkeys(fields.texts("tags"))),
        remarks=fields.text("remarks"),
        notes=notes,
        public_notes=fields.text("public_notes"),
        total=total,
        subtotal=_subtotal(fields, total),
        discount_total=fields.amount("discount_total"),
        shipping_total=_shipping_total(fields.part("shipping")),
        tax_total=fields.amount("total_tax"),
        items=items,
        metadata=_custom_fields(fields) | fields.all_rest(),
        flaws=tuple(fields.flaws),
        reference=reference_in(notes),
    )


def _person(fields: Fields) -> ForeignPerson:
    first, last = fields.text("first_name"), fields.text("last_name")
    return ForeignPerson(
        name=" ".join(it for it in (first, last) if it) or None,
        email=fields.text("email"),
        phone_number=fields.text("phone"),
        first_name=first,
        last_name=last,
    )


def _customer(person: ForeignPerson, customer_id: str | None) -> ForeignPerson | None:
    """The customer at Shopify, if the quote belongs to one."""
    return None if customer_id is None else replace(person, external_id=customer_id)


def _assignee(fields: Fields) -> ForeignPerson | None:
    name, external_id = fields.text("assignee_name"), fields.text("assignee_id")
    return ForeignPerson(name=name, external_id=external_id) if name or external_id else None


def _shipping_total(fields: Fields) -> Decimal | None:
    total, price = fields.amount("shipping_total"), fields.amount("shipping_price")
    return price if total is None else total


def _subtotal(fields: Fields, total: Decimal | None) -> Decimal | None:
    """The subtotal before tax: some answers add the tax, so that the subtotal is the total."""
    subtotal, tax = fields.amount("subtotal"), fields.amount("total_tax")
    if subtotal is None or tax is None:
        return subtotal
    return subtotal - tax if subtotal == total else subtotal


def _item(fields: Fields, place: str, standing: Standing | None) -> ForeignItem:
    """Reads a line. Its status follows from that of the quote."""
    quantity = quantity_of(fields, "quantity")
    price = _unit_price(fields, quantity)
    open_status = OfferStatus.PENDING if price is None else OfferStatus.SOURCED
    return ForeignItem(
        external_id=fields.text("id") or place,
        title=fields.text("title"),
        product_type=ProductType.OTHER,
        quantity=quantity or 1,
        price=price,
        status=DECIDED.get((standing or UNKNOWN).decision, open_status),
        is_status_known=standing is not None,
        sku=fields.text("sku"),
        properties=_properties(fields),
        metadata=fields.taken_rest(),
    )


def _unit_price(fields: Fields, quantity: int | None) -> Decimal | None:
    """The price of one unit after the discount of the line. `line_price` is of one unit; where the total of the line is
    the same for several units, it is of all of them."""
    price, total = fields.amount("line_price"), fields.amount("total")
    if price is None:
        price = fields.amount("original_line_price")
    if price is None or total is None or quantity is None or total == price * quantity:
        return price
    if total == price and quantity > 1:
        each = price / quantity
        if each * quantity == price:
            return each
    fields.flaw("line_price", f"The price of {quantity} units does not make the total of {total}.")
    return price


def _properties(fields: Fields) -> dict[str, str]:
    """The properties of a line: a list of keys and values, a single one, or an object."""
    found: dict[str, str] = {}
    for name in ("item_properties", "properties"):
        given = fields.value(name)
        if isinstance(given, dict) and "key" not in given:
            found |= fields.part(name).taken_rest()
            continue
        for part in [fields.part(name)] if isinstance(given, dict) else fields.parts(name):
            part.skip("id")
            key, value = part.text("key"), part.text("value")
            if key is None or key in found:
                part.flaw("key", "This field is missing." if key is None else "This key occurs twice.")
            else:
                found[key] = value or ""
    return found


def _custom_fields(fields: Fields) -> dict[str, str]:
    """The custom fields by their names."""
    found: dict[str, str] = {}
    for part in fields.parts("custom_fields"):
        part.skip("id")
        name, value = part.text("name"), part.value("value")
        if value in (None, "", [], {}):
            continue
        if name is None or name in found:
            part.flaw("value", "The field has no name." if name is None else "A field of this name occurs twice.")
        else:
            found[name] = as_text(value)
    return found
