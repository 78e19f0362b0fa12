"""Quotes of all systems with any values are read without loss: written back, they are what was received."""

import json
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.connections.exact_json import read_json
from adapters.connections.kitchen import records as kitchen
from adapters.connections.quick_quote import records as quick_quote
from adapters.connections.quipteams import quotes as quipteams
from adapters.connections.salesbyte import records as salesbyte
from app.emulators.http import format_time
from tests.adapters.connections.kitchen import test_records as of_kitchen
from tests.adapters.connections.quick_quote import test_records as of_quick_quote
from tests.adapters.connections.quipteams.samples import QUOTE
from tests.adapters.connections.quipteams.written_back import quote_as_received
from tests.adapters.connections.salesbyte import test_records as of_salesbyte
from tests.adapters.support.systems import only

# Whatever can be printed, with single spaces inside.
TEXTS = (
    st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30)
    .map(lambda it: " ".join(it.split()))
    .filter(bool)
)
MAYBE = st.none() | TEXTS
IDS = st.uuids().map(str)
NUMBERS = st.integers(1, 10**9)
# Seconds and days after the beginning of 2001.
FIRST = datetime(2001, 1, 1)  # noqa: DTZ001 - each system writes its zone in its own way
SECONDS = st.integers(0, 10**9).map(lambda it: FIRST + timedelta(seconds=it))
DAYS = SECONDS.map(lambda it: it.date().isoformat())
# As systems send amounts: floats with up to two digits after the point.
MINOR = st.integers(0, 10**10)
PRICES = MINOR.map(lambda it: it / 100)


def received(record: Any) -> Any:
    """A record as it arrives: its amounts are exact."""
    return read_json(json.dumps(record).encode())


# ---- quipteams


def _at() -> st.SearchStrategy[str]:
    return SECONDS.map(lambda it: format_time(it) + "Z")


def _stamps(*words: str) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(words), _at(), max_size=len(words))


RECIPIENTS = st.fixed_dictionaries(
    {
        **dict.fromkeys(("email", "phone_number", "address", "serial_number", "tracking_code"), MAYBE),
        **dict.fromkeys(("tracking_link", "invoice_number"), MAYBE),
        **dict.fromkeys(("name", "country"), TEXTS),
        "id": IDS,
        "status": st.sampled_from(["Pending", "Approved", "Shipped", "Delivered", "Rejected"]),
        "status_timestamps": _stamps("Pending", "Approved", "Shipped", "Delivered", "Rejected"),
        "storage": st.booleans(),
        "hire_date": st.none() | DAYS,
    }
)
SPECIFICATIONS = st.dictionaries(st.sampled_from(list(QUOTE["items"][0]["specification"])), TEXTS)
ALTERNATIVES = st.fixed_dictionaries(
    {
        **dict.fromkeys(("brand", "model", "description", "image_url"), MAYBE),
        "id": IDS,
        "price": st.none() | PRICES,
        "status": st.sampled_from(["Pending", "Sourced", "Rejected"]),
        "is_exact_match": st.booleans(),
    }
)
ITEMS = st.fixed_dictionaries(
    {
        "id": IDS,
        "product_type": st.sampled_from(
            ["Laptop", "Monitor", "Mouse", "Keyboard", "Headphones", "Webcam", "Accessory"]
        ),
        "quantity": NUMBERS,
        "price": st.none() | PRICES,
        "specification": SPECIFICATIONS,
        "comments": MAYBE,
        "recipients": st.lists(RECIPIENTS, max_size=3),
        "alternatives": st.lists(ALTERNATIVES, max_size=2),
        "created_at": _at(),
    }
)


@st.composite
def quipteams_quotes(draw: st.DrawFn) -> dict[str, Any]:
    """Quotes whose items are decided as the quote says that they are."""
    status = draw(st.sampled_from(["Pending", "Cancelled", "Approved", "In Progress", "Completed", "Rejected"]))
    items: list[dict[str, Any]] = draw(st.lists(ITEMS, max_size=3))
    for item in items:
        is_open = status in ("Pending", "Cancelled") and draw(st.booleans())
        item["status"] = draw(st.sampled_from(["Pending", "Sourced"] if is_open else ["Accepted", "Rejected"]))
        if item["status"] == "Rejected" and item["alternatives"]:
            draw(st.sampled_from(item["alternatives"]))["status"] = "Selected"
    countries = [one["country"] for item in items for one in item["recipients"]]
    words = ("Pending", "Approved", "In Progress", "Delivered", "Completed", "Rejected", "Cancelled")
    return {
        "order_id": str(draw(NUMBERS)),
        "id": draw(IDS),
        "po_number": draw(MAYBE),
        "status": status,
        "status_timestamps": draw(_stamps(*words)),
        "countries": list(dict.fromkeys(countries)),
        "requester": {"email": draw(MAYBE), "name": draw(MAYBE)},
        "items": items,
        "created_at": draw(_at()),
        "updated_at": draw(_at()),
    }


@given(quipteams_quotes())
def test_any_quote_of_quipteams_is_kept_as_it_is(record):
    quote = only(quipteams.quote_of(received(record)))
    assert (quote_as_received(quote), quote.flaws) == (received(record), ())


# ---- kitchen.co


ZONED = SECONDS.map(lambda it: f"{it.isoformat()}+00:00")
PERSONS = st.fixed_dictionaries(
    {"id": NUMBERS.map(str), "name": MAYBE, "email": MAYBE, "phone": MAYBE},
)


@st.composite
def kitchen_quotes(draw: st.DrawFn) -> dict[str, Any]:
    id_, currency = str(draw(NUMBERS)), draw(st.sampled_from(["USD", "EUR", "UYU"]))

    def option(number: int) -> dict[str, Any]:
        accepted = draw(st.none() | ZONED)
        return {
            "id": f"{id_}{number}",
            "quote_id": id_,
            "name": draw(TEXTS),
            "price": draw(PRICES),
            "currency": currency,
            "upfront": draw(st.none() | PRICES),
            "is_accepted": accepted is not None,
            "accepted_by": draw(st.none() | PERSONS) if accepted else None,
            "accepted_at": accepted,
        }

    return {
        "id": id_,
        "status": draw(st.sampled_from(["draft", "sent", "accepted", "expired", "voided"])),
        **{name: draw(MAYBE) for name in ("name", "body", "project_id")},
        **{name: draw(st.none() | ZONED) for name in ("sent_at", "accepted_at", "voided_at", "expires_at")},
        **{name: draw(ZONED) for name in ("created_at", "updated_at")},
        "delivery_date": draw(st.none() | DAYS),
        "author": draw(st.none() | PERSONS),
        "prices": [option(number) for number in range(draw(st.integers(0, 3)))],
        "currency": currency,
        "message_id": draw(TEXTS),
    }


@given(kitchen_quotes())
def test_any_quote_of_kitchen_is_kept_as_it_is(record):
    quote = only(kitchen.quote_of(received(record), of_kitchen.WORKSPACE))
    assert (of_kitchen.as_kitchen(quote), quote.flaws) == (received(record), ())


# ---- SalesByte


@st.composite
def salesbyte_quotes(draw: st.DrawFn) -> dict[str, Any]:
    """The sample, which has every field, with other values."""
    sample = of_salesbyte.without("is_signed", "is_fully_signed", "requires_more_signatures")
    value, currency = draw(PRICES), draw(st.sampled_from(["SEK", "NOK", "EUR"]))
    amounts = ("original_price_including_vat", "original_sum_including_vat", "sum_including_vat", "price_including_vat")

    def product() -> dict[str, Any]:
        texts = {name: draw(MAYBE) for name in ("sku", "name", "url", "price_unit")}
        return {**texts, **{name: draw(PRICES) for name in amounts}, "amount": draw(NUMBERS), "currency": currency}

    texts = [it for it in sample if it.startswith(("customer_", "address_", "quote_profile_"))]
    return {
        **sample,
        **{name: draw(TEXTS) for name in texts},
        "id": draw(NUMBERS),
        "key": draw(st.uuids()).hex[:12],
        "custom_fields": {"Cost centre": draw(TEXTS), "Floor": draw(NUMBERS)},
        "quote_value": value,
        **{
            name: f"{draw(SECONDS).isoformat()}.{draw(st.integers(1, 999_999)):06}Z"
            for name in ("created_at", "updated_at")
        },
        "salesperson": {"name": draw(TEXTS), "email": draw(TEXTS)},
        "signed_products": {
            **{name: draw(PRICES) for name in ("original_price_including_vat", "discount_including_vat")},
            "price_including_vat": value,
            "currency": currency,
            "products": [product() for _ in range(draw(st.integers(0, 3)))],
        },
        "statuses": draw(st.lists(st.sampled_from(["delivered", "signed"]), min_size=1, unique=True)),
    }


@given(salesbyte_quotes())
def test_any_quote_of_salesbyte_is_kept_as_it_is(record):
    record = received(json.loads(json.dumps(record, default=float)))
    quote = only(salesbyte.quote_of(record))
    assert (of_salesbyte.as_salesbyte(quote), quote.flaws) == (record, ())


# ---- Quick Quote


@st.composite
def quick_quote_quotes(draw: st.DrawFn) -> dict[str, Any]:
    """The sample, which has every field, with other values. The tax makes subtotal and total differ."""
    sample = of_quick_quote.changed()
    discount = {"discount_reason": TEXTS, "discount_amount": PRICES, "discount_total": PRICES}
    subtotal, tax = draw(MINOR), draw(st.integers(1, 10**9))

    def line(number: int) -> dict[str, Any]:
        price, quantity = draw(MINOR), draw(st.integers(1, 100))
        properties = draw(st.dictionaries(TEXTS, TEXTS, max_size=2))
        return {
            **sample["line_items"][0],
            **{name: draw(TEXTS) for name in ("title", "sku", "barcode", "variant_title")},
            **{name: draw(it) for name, it in discount.items()},
            "id": number,
            "original_line_price": draw(PRICES),
            "line_price": price / 100,
            "quantity": quantity,
            "total": price * quantity / 100,
            "item_properties": [{"key": key, "value": value} for key, value in properties.items()],
        }

    tags = st.lists(TEXTS.map(lambda it: it.replace(",", "-")), unique=True, max_size=3)
    shipping = draw(PRICES)
    return {
        **sample,
        **{name: draw(NUMBERS) for name in ("id", "quote_number", "customer_id")},
        **{name: draw(TEXTS) for name in ("email", "first_name", "last_name", "phone", "remarks")},
        **{name: draw(TEXTS) for name in ("internal_notes", "public_notes")},
        **{name: draw(it) for name, it in discount.items()},
        "created_on": draw(SECONDS).isoformat(),
        "tags": ", ".join(draw(tags)),
        "assignee": {"assignee_id": draw(NUMBERS), "assignee_name": draw(TEXTS)},
        "custom_fields": [{"name": "Delivery", "value": draw(TEXTS)}],
        "line_items": [line(number) for number in range(1, draw(st.integers(1, 4)))],
        "shipping": {**sample["shipping"], "shipping_price": shipping, "shipping_total": shipping},
        "subtotal": subtotal / 100,
        "total_tax": tax / 100,
        "total": (subtotal + tax) / 100,
    }


@given(quick_quote_quotes())
def test_any_quote_of_quick_quote_is_kept_as_it_is(record):
    record = received(json.loads(json.dumps(record, default=float)))
    quote = only(quick_quote.quote_of(record))
    assert (of_quick_quote.as_quick_quote(quote), quote.flaws) == (of_quick_quote.present(record), ())
