"""A quote of Quick Quote is read without loss, whatever has changed of its fields."""

from decimal import Decimal

import pytest

from adapters.connections.exact_json import read_json
from adapters.connections.quick_quote.records import quote_of
from domain.connections.records import ForeignItem, ForeignQuote, Unread
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, OfferStatus, QuoteOfferStatus
from tests.adapters.support.systems import only, reasons

SAMPLE = """{
  "id": 51001, "quote_number": 1001, "status": "Sent", "created_on": "2026-03-02T09:15:00",
  "email": "rosa@shop.example", "first_name": "Rosa", "last_name": "Méndez", "phone": "+598 99 123 456",
  "remarks": "As soon as possible.", "internal_notes": "Margin 12 %", "public_notes": "Free returns",
  "tags": "b2b, office", "customer_id": 7700112233, "assignee": {"assignee_id": 3, "assignee_name": "Luis Vega"},
  "custom_fields": [{"id": 1, "name": "Delivery", "value": "Express"}],
  "discount_amount": 10.0, "discount_reason": "Loyalty", "discount_total": 25.0, "discount_type": "percentage",
  "line_items": [
    {"id": 70001, "product_id": 401, "variant_id": 4001, "variant_title": "White", "title": "Magic Mouse",
     "sku": "MOUSE-1", "barcode": "0194", "quantity": 2, "original_line_price": 79.0, "line_price": 75.05,
     "total": 150.1, "discount_amount": 5.0, "discount_reason": "Sale", "discount_total": 7.9,
     "discount_type": "percentage", "grams": 99, "image": "https://cdn.example/m.png", "custom_image_path": null,
     "url": "https://shop.example/m", "requires_shipping": true, "taxable": true, "custom_product": false,
     "item_properties": [{"id": 1, "key": "Engraving", "value": "R. M."}]},
    {"id": 70002, "product_id": null, "variant_id": null, "variant_title": null, "title": "Set-up", "sku": null,
     "barcode": null, "quantity": 1, "original_line_price": 99.9, "line_price": 99.9, "total": 99.9,
     "discount_amount": 0.0, "discount_reason": null, "discount_total": 0.0, "discount_type": null, "grams": 0,
     "image": null, "custom_image_path": null, "url": null, "requires_shipping": false, "taxable": false,
     "custom_product": true, "item_properties": []}],
  "shipping": {"shipping_handle": "custom", "shipping_name": "Courier", "shipping_price": 15.5, "shipping_total": 15.5},
  "shopify_order_id": null, "shopify_order_number": null, "subtotal": 250.0, "total_tax": 49.5, "total": 290.0}"""
NUMBERS = {"discount_amount", "discount_total", "original_line_price", "grams", "product_id", "variant_id"}


def changed(**fields):
    return {**read_json(SAMPLE.encode()), **fields}


def without(*names):
    return {name: value for name, value in changed().items() if name not in names}


def line(**fields):
    return changed(line_items=[{**changed()["line_items"][0], **fields}])


def plain(name, text):
    """A value of metadata as it was before it became text."""
    if text in ("true", "false"):
        return text == "true"
    return Decimal(text) if name in NUMBERS or name.startswith("shipping_price") else text


def as_quick_quote(quote: ForeignQuote):
    """The quote in the words of Quick Quote again, without what is null."""
    person, customer, assignee, metadata = quote.requester, quote.customer, quote.assignee, dict(quote.metadata)
    assert person is not None
    assert customer is not None
    assert assignee is not None
    shipping = {name.removeprefix("shipping."): it for name, it in metadata.items() if name.startswith("shipping.")}
    return {
        "id": int(quote.external_id),
        "quote_number": int(quote.number),
        "status": quote.status_word,
        "created_on": quote.created_at.replace(tzinfo=None).isoformat(),
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "phone": person.phone_number,
        "remarks": quote.remarks,
        "internal_notes": quote.notes,
        "public_notes": quote.public_notes,
        "tags": ", ".join(quote.tags),
        "customer_id": int(customer.external_id or ""),
        "assignee": {"assignee_id": int(assignee.external_id or ""), "assignee_name": assignee.name},
        "custom_fields": [{"name": "Delivery", "value": metadata["Delivery"]}],
        **{name: plain(name, metadata[name]) for name in ("discount_amount", "discount_reason", "discount_type")},
        "discount_total": quote.discount_total,
        "line_items": [as_line(it) for it in quote.items],
        "shipping": {
            **shipping, "shipping_price": quote.shipping_total, "shipping_total": quote.shipping_total
        },
        "subtotal": quote.subtotal,
        "total_tax": quote.tax_total,
        "total": quote.total,
    }  # fmt: skip


def as_line(item: ForeignItem):
    assert item.price is not None
    return {
        "id": int(item.external_id),
        "title": item.title,
        "quantity": item.quantity,
        "line_price": item.price,
        "total": item.price * item.quantity,
        "item_properties": [{"key": key, "value": value} for key, value in item.properties.items()],
        **({"sku": item.sku} if item.sku else {}),
        **{name: plain(name, it) for name, it in item.metadata.items()},
    }


def present(value):
    """A value without nulls, and without the ids of properties and custom fields, which are replaced as a whole."""
    if isinstance(value, list):
        return [present(it) for it in value]
    if not isinstance(value, dict):
        return value
    is_pair = "value" in value
    return {name: present(it) for name, it in value.items() if it is not None and not (is_pair and name == "id")}


def test_the_sample_of_a_quote_round_trips_without_loss():
    quote = only(quote_of(read_json(SAMPLE.encode())))

    assert as_quick_quote(quote) == present(read_json(SAMPLE.encode()))
    assert quote.flaws == ()


@pytest.mark.parametrize(
    ("word", "offer", "decision", "fulfilment"),
    [
        ("Created", QuoteOfferStatus.DRAFT, DecisionStatus.PENDING, FulfilmentStatus.NONE),
        ("Viewed", QuoteOfferStatus.VIEWED, DecisionStatus.PENDING, FulfilmentStatus.NONE),
        ("Accepted", QuoteOfferStatus.SENT, DecisionStatus.APPROVED, FulfilmentStatus.NONE),
        ("declined", QuoteOfferStatus.SENT, DecisionStatus.DECLINED, FulfilmentStatus.NONE),
        ("Canceled", QuoteOfferStatus.CANCELLED, DecisionStatus.PENDING, FulfilmentStatus.NONE),
        ("Ordered", QuoteOfferStatus.SENT, DecisionStatus.APPROVED, FulfilmentStatus.ORDERED),
    ],
)
def test_each_status_has_ours(word, offer, decision, fulfilment):
    quote = only(quote_of(changed(status=word)))

    assert (quote.offer_status, quote.decision_status, quote.fulfilment_status) == (offer, decision, fulfilment)
    assert quote.flaws == ()


def test_the_lines_of_a_decided_quote_are_decided():
    quote = only(quote_of(changed(status="Accepted")))

    assert [it.status for it in quote.items] == [OfferStatus.ACCEPTED, OfferStatus.ACCEPTED]


def test_a_subtotal_that_includes_the_tax_is_read_without_it():
    lines = [{**changed()["line_items"][1], "line_price": Decimal("225.00"), "total": Decimal("225.00")}]
    sums = {"subtotal": Decimal("235.25"), "total": Decimal("235.25"), "total_tax": Decimal("10.25")}

    quote = only(quote_of(changed(line_items=lines, discount_total=0, shipping=None, **sums)))

    assert (quote.subtotal, quote.tax_total, quote.total) == (Decimal(225), Decimal("10.25"), Decimal("235.25"))


@pytest.mark.parametrize(
    ("prices", "price"),
    [
        ({"line_price": 10, "total": 20}, 10),
        ({"line_price": 20, "total": 20}, 10),
        ({"line_price": None, "original_line_price": 10, "total": 20}, 10),
        ({"line_price": "10.50", "total": "21"}, Decimal("10.50")),
    ],
)
def test_a_price_is_that_of_one_unit_however_it_is_written(prices, price):
    quote = only(quote_of(line(**prices)))

    assert (quote.items[0].price, quote.flaws) == (price, ())


@pytest.mark.parametrize("record", [changed(status="Paused"), without("status")])
def test_where_the_status_is_not_known_that_of_no_line_is(record):
    quote = only(quote_of(record))
    assert [quote.is_status_known, *(it.is_status_known for it in quote.items)] == [False] * (1 + len(quote.items))


@pytest.mark.parametrize(
    ("record", "flaws"),
    [
        (changed(status="Paused"), {"status": "This value is not known."}),
        (without("status"), {"status": "This field is missing."}),
        (changed(line_items="none"), {"line_items": "This is not a list."}),
        (line(quantity=0, total=None), {"line_items.0.quantity": "This is not a quantity."}),
        (
            line(line_price=30, total=50),
            {"line_items.0.line_price": "The price of 2 units does not make the total of 50."},
        ),
        (line(line_price={}, total=158), {"line_items.0.line_price": "This is not an amount."}),
        (line(item_properties=[{"value": "x"}]), {"line_items.0.item_properties.0.key": "This field is missing."}),
        (
            line(item_properties=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]),
            {"line_items.0.item_properties.1.key": "This key occurs twice."},
        ),
        (changed(total="much"), {"total": "This is not an amount."}),
        (changed(tags=3), {"tags": "This is not a list."}),
        (changed(tags=["b2b", 3]), {"tags.1": "This is not a text."}),
        (changed(shipping=[1]), {"shipping": "This is not an object."}),
        (changed(custom_fields=[{"value": "x"}, {}]), {"custom_fields.0.value": "The field has no name."}),
        (
            changed(custom_fields=[{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]),
            {"custom_fields.1.value": "A field of this name occurs twice."},
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_flaw_and_the_rest_is_read(record, flaws):
    quote = only(quote_of(record))

    assert reasons(quote) == flaws
    assert quote.number == "1001"


def test_properties_may_be_a_single_one():
    quote = only(quote_of(line(item_properties=[], properties={"key": "Engraving", "value": "R. M."})))

    assert (quote.items[0].properties, quote.flaws) == ({"Engraving": "R. M."}, ())


def test_properties_may_be_an_object_too():
    quote = only(quote_of(line(item_properties=None, properties={"Engraving": "R. M.", "Gift": True})))

    assert quote.items[0].properties == {"Engraving": "R. M.", "Gift": "true"}


def test_a_quote_that_is_numbered_anew_is_the_same_quote():
    before, after = only(quote_of(changed())), only(quote_of(changed(quote_number="B-7")))

    assert (before.external_id, after.external_id, after.number) == ("51001", "51001", "B-7")


def test_additional_fields_are_kept_as_metadata():
    quote = only(quote_of({**line(warehouse="B"), "rating": 5, "assignee": {"assignee_id": 3, "team": "North"}}))

    assert (quote.metadata["rating"], quote.metadata["assignee.team"]) == ("5", "North")
    assert quote.items[0].metadata["warehouse"] == "B"


@pytest.mark.parametrize(
    ("record", "external_id"), [(7, ""), (without("id"), ""), (changed(created_on="yesterday"), "51001")]
)
def test_a_record_of_which_nothing_can_be_used_is_kept_as_it_is(record, external_id):
    unread = quote_of(record)

    assert isinstance(unread, Unread)
    assert (unread.external_id, read_json(unread.raw.encode())) == (external_id, record)
