"""Records of quipteams become ours without loss; whatever else arrives is a flaw, or a record that is kept unread."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.connections.exact_json import read_json
from adapters.connections.quipteams import inventory, quotes
from domain.connections.records import Flaw, Unread
from domain.quotes.lifecycle import status_of
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
)
from tests.adapters.connections.quipteams.samples import (
    ASSET,
    ASSET_IN_USE,
    DEVICE_ACTION,
    EMPLOYEE,
    PRODUCT,
    QUOTE,
)
from tests.adapters.connections.quipteams.written_back import (
    asset_as_received,
    device_action_as_received,
    employee_as_received,
    product_as_received,
    quote_as_received,
)

# Each test knows what it reads.
quote_of: Any = quotes.quote_of
asset_of: Any = inventory.asset_of
device_action_of: Any = inventory.device_action_of
employee_of: Any = inventory.employee_of
product_of: Any = inventory.product_of

READERS = {
    quote_of: QUOTE,
    asset_of: ASSET,
    device_action_of: DEVICE_ACTION,
    employee_of: EMPLOYEE,
    product_of: PRODUCT,
}
ANYTHING: list[Any] = [
    None,
    True,
    0,
    -1,
    10**30,
    "",
    "x",
    "\x00\ud800",
    [],
    [1, {}, None],
    {},
    {"a": {"b": []}},
    Decimal("1e300"),
]
NAMES = [it.__name__ for it in READERS]


def received(record):
    """A record as it arrives: its amounts are exact."""
    return read_json(json.dumps(record).encode())


def changed(record, path, value):
    """A record with another value at a path."""
    copy, (*parts, last) = deepcopy(record), path.split(".")
    place = copy
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value
    return received(copy)


def paths(value, prefix=""):
    """The paths of all values in a record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield f"{prefix}{name}"
        yield from paths(one, f"{prefix}{name}.")


# ---- without loss


def test_a_quote_keeps_every_value():
    quote = quote_of(received(QUOTE))
    assert quote_as_received(quote) == received(QUOTE)
    assert quote.flaws == ()


@pytest.mark.parametrize("sample", [ASSET, ASSET_IN_USE], ids=["in storage", "in use"])
def test_an_asset_keeps_every_value_and_is_known_by_its_serial_number(sample):
    asset = asset_of(received(sample))
    assert asset_as_received(asset) == received(sample)
    assert (asset.external_id, asset.flaws) == (sample["serial_number"], ())


def test_a_device_that_was_just_added_has_its_cost_as_its_price():
    asset = asset_of(received({**{k: v for k, v in ASSET.items() if k not in ("price", "status")}, "cost": 9.90}))
    assert (asset.price, asset.status, asset.flaws) == (Decimal("9.9"), "IN_USE", ())


def test_a_device_action_keeps_every_value():
    action = device_action_of(received(DEVICE_ACTION))
    assert device_action_as_received(action, lambda text: read_json(text.encode())) == DEVICE_ACTION
    assert action.flaws == ()


def test_an_employee_keeps_every_value_and_the_metadata_of_the_hris():
    hris = {"hris_id": "7", "hris_provider": "BambooHR", "metadata": {"team": "A", "level": 3}}
    employee = employee_of(received({**EMPLOYEE, **hris}))
    assert employee_as_received(employee) == EMPLOYEE
    assert employee.metadata == {"hris_id": "7", "hris_provider": "BambooHR", "team": "A", "level": "3"}


def test_a_product_keeps_every_value():
    assert product_as_received(product_of(received(PRODUCT))) == PRODUCT


def test_amounts_arrive_as_floats_and_leave_exact():
    quote = quote_of(read_json(json.dumps(QUOTE).replace("1450.1", "1450.10").encode()))
    assert [str(it.price) for it in quote.items] == ["1450.10", "0.1"]
    assert sum(it.price * it.quantity for it in quote.items) == Decimal("2900.30")


# ---- words


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("Pending", QuoteStatus.PENDING),
        ("Approved", QuoteStatus.APPROVED),
        ("In Progress", QuoteStatus.IN_PROGRESS),
        ("in_progress", QuoteStatus.IN_PROGRESS),
        ("Delivered", QuoteStatus.DELIVERED),
        ("Completed", QuoteStatus.COMPLETED),
        ("Rejected", QuoteStatus.REJECTED),
        ("Cancelled", QuoteStatus.CANCELLED),
    ],
)
def test_a_status_of_a_quote_is_the_same_status_here(word, ours):
    quote = quote_of(changed(QUOTE, "status", word))
    assert status_of(quote.offer_status, quote.decision_status, quote.fulfilment_status) == ours
    assert (quote.status_word, quote.flaws) == (word, ())


def test_an_item_that_is_shown_as_sourced_beside_a_selected_alternative_is_rejected():
    quote = quote_of(changed(QUOTE, "items.0.status", "Sourced"))
    assert (quote.items[0].status, quote.items[0].metadata["status"]) == (OfferStatus.REJECTED, "Sourced")


def test_an_item_that_is_shown_as_sourced_in_an_approved_quote_was_accepted():
    assert quote_of(changed(QUOTE, "items.1.status", "Sourced")).items[1].status == OfferStatus.ACCEPTED
    pending = {**QUOTE, "status": "Pending"}
    assert quote_of(changed(pending, "items.1.status", "Sourced")).items[1].status == OfferStatus.SOURCED


# ---- drift


@pytest.mark.parametrize(
    "path",
    [
        "status",
        "items.0.status",
        "items.0.product_type",
        "items.0.alternatives.0.status",
        "items.0.recipients.0.status",
    ],
)
def test_an_enum_value_that_is_not_known_is_a_flaw(path):
    quote = quote_of(changed(QUOTE, path, "On Hold"))
    assert quote.flaws == (Flaw(path, "On Hold", "This value is not known."),)


def test_a_quote_whose_status_is_not_known_keeps_the_word():
    quote = quote_of(changed(QUOTE, "status", "On Hold"))
    assert quote.status_word == "On Hold"
    statuses = (quote.offer_status, quote.decision_status, quote.fulfilment_status)
    assert statuses == (QuoteOfferStatus.SENT, DecisionStatus.PENDING, FulfilmentStatus.NONE)
    assert quote.is_status_known is False


def test_whether_an_item_was_accepted_is_not_known_where_the_status_of_the_quote_is_not():
    quote = quote_of(changed({**QUOTE, "status": "On Hold"}, "items.1.status", "Sourced"))
    assert [it.is_status_known for it in quote.items] == [True, False]


@pytest.mark.parametrize(
    ("read", "sample", "path"),
    [
        (asset_of, ASSET, "status"),
        (asset_of, ASSET, "device_type"),
        (device_action_of, DEVICE_ACTION, "status"),
        (device_action_of, DEVICE_ACTION, "device.type"),
        (employee_of, EMPLOYEE, "status"),
        (product_of, PRODUCT, "product_type"),
    ],
)
def test_an_enum_value_of_another_record_that_is_not_known_is_a_flaw_too(read, sample, path):
    assert [it.path for it in read(changed(sample, path, "On Hold")).flaws] == [path]


def test_the_time_of_a_status_that_is_not_known_is_a_flaw():
    quote = quote_of(changed(QUOTE, "status_timestamps.On Hold", "2026-03-10T00:00:00Z"))
    assert [it.path for it in quote.flaws] == ["status_timestamps.On Hold"]
    assert quote.times["APPROVED"] == datetime(2026, 3, 12, 10, tzinfo=UTC)


def test_additional_fields_are_kept_where_they_were():
    record = changed(QUOTE, "rating", 4.50)
    record["items"][0]["colour"] = "red"
    record["items"][0]["specification"]["gpu"] = {"cores": 20}
    record["items"][0]["recipients"][0]["floor"] = 3
    record["items"][0]["alternatives"][0]["weight"] = "2 kg"
    record["requester"]["phone"] = "1"
    quote = quote_of(record)
    item = quote.items[0]
    assert (quote.metadata["rating"], quote.metadata["requester.phone"]) == ("4.5", "1")
    assert (item.metadata["colour"], item.metadata["gpu"]) == ("red", '{"cores": 20}')
    assert (item.recipients[0].metadata, item.alternatives[0].metadata) == ({"floor": "3"}, {"weight": "2 kg"})
    assert quote.flaws == ()


@pytest.mark.parametrize(("read", "sample"), READERS.items(), ids=NAMES)
def test_any_field_may_be_missing(read, sample):
    for path in paths(sample):
        record, (*parts, last) = received(sample), path.split(".")
        place = record
        for part in parts:
            place = place[int(part)] if isinstance(place, list) else place[part]
        del place[int(last) if isinstance(place, list) else last]
        read(record)


@pytest.mark.parametrize("value", ANYTHING, ids=repr)
@pytest.mark.parametrize(("read", "sample"), READERS.items(), ids=NAMES)
def test_any_value_may_be_of_any_type(read, sample, value):
    read(value)
    for path in paths(sample):
        found = read(changed({"it": sample}, f"it.{path}", "?")["it"])
        place = received(sample)
        *parts, last = path.split(".")
        inner = place
        for part in parts:
            inner = inner[int(part)] if isinstance(inner, list) else inner[part]
        inner[int(last) if isinstance(inner, list) else last] = value
        found = read(place)
        assert isinstance(found, Unread) or found.external_id


@pytest.mark.parametrize(
    ("read", "record", "id_"),
    [
        (quote_of, [], ""),
        (quote_of, {"created_at": "2026-03-09T01:08:28Z"}, ""),
        (quote_of, {"order_id": "7"}, "7"),
        (asset_of, {"id": "7"}, "7"),
        (device_action_of, {**DEVICE_ACTION, "action_type": "Explode"}, DEVICE_ACTION["id"]),
        (device_action_of, {**DEVICE_ACTION, "device": {}}, DEVICE_ACTION["id"]),
        (employee_of, {"id": "7", "name": "Ana"}, "7"),
        (product_of, {"id": 7, "brand": "Dell"}, "7"),
    ],
)
def test_a_record_that_cannot_be_used_is_kept_with_its_id(read, record, id_):
    found = read(received(record))
    assert isinstance(found, Unread)
    assert (found.external_id, json.loads(found.raw)) == (id_, record)
    assert found.reason


def test_a_quote_without_a_readable_time_was_created_at_the_first_that_it_has():
    quote = quote_of(changed(QUOTE, "created_at", "yesterday"))
    assert quote.created_at == datetime(2026, 3, 9, 1, 8, 28, 225_000, UTC)
    assert [it.path for it in quote.flaws] == ["created_at"]


def test_a_row_of_a_list_may_have_less_than_the_quote():
    assert quotes.is_whole(QUOTE)
    assert not quotes.is_whole({name: it for name, it in QUOTE.items() if name != "items"})
    short = deepcopy(QUOTE)
    del short["items"][0]["recipients"][0]["email"]
    assert not quotes.is_whole(short)
