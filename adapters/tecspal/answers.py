"""Parses Tecspal's answers. Their shape has changed over time, and amounts and dates have several forms
(docs/domain.md#tecspal-answers). A missing value is None; amounts are never parsed as floats."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from adapters.http import one_line
from adapters.tecspal.created_devices import created_by_line
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, PlacedOrder, ReportedOrder
from domain.inventory.serial_numbers import new_serial
from domain.shared.errors import Invalid
from domain.shared.money import Money, parse_amount, parse_currency
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.parsers import optional_url

MissingError = Callable[[str], OutboundFailure]

MAX_TEXT_LENGTH = 200
MAX_AMOUNT_LENGTH = 40
MAX_SERIALS = 2_000
# The vendor's names of fields that an answer may leave out.
_DAYS = {"eta": "eta", "min_eta": "minEta", "max_eta": "maxEta", "delivered_on": "date"}
_LINE_FIELDS = {"price": "quotedUnitPrice", "alternatives": "alternativeGroup"}
# A larger number in place of a date is not read as a number of days.
MAX_DAYS = 1_000


def envelope_of(answer: Any, missing: MissingError) -> list[dict[str, Any]]:
    """Returns the contents of the envelope, which is an array or a single object (docs/domain.md#tecspal-answers).

    An answer without an envelope is not an empty list: treating it as one would place an order twice. Raises: the error
    that `missing` returns.
    """
    envelope = answer.get("envelop") if isinstance(answer, dict) else None
    if isinstance(envelope, dict):
        return [envelope]
    if not isinstance(envelope, list):
        raise missing("envelop")
    return [order for order in envelope if isinstance(order, dict)]


def external_ids(order: dict[str, Any]) -> set[str]:
    """Returns our ids on the lines of an order."""
    return {str(line.get("externalItemId")) for line in _lines(order)}


def placed_order(order: dict[str, Any], missing: MissingError) -> PlacedOrder:
    """Parses an order that the vendor has. Raises: the error that `missing` returns."""
    number = order.get("orderNumber")
    shown = None if number is None else one_line(str(number))
    return PlacedOrder(_id(order, missing), shown, _status(order), frozenset(external_ids(order)))


def reported_lines(
    order: dict[str, Any], serial_numbers: Mapping[str, Collection[str]], missing: MissingError
) -> list[ReportedOrder]:
    """Parses the state of an order, for each of its lines with our ids, whose prices differ. If none has an id of ours,
    and there are as many as were asked for, they are taken in their order. An only line is ours, also without our id. A
    device whose serial number is known of a line stays with it. Raises: the error that `missing` returns."""
    lines = list(_lines(order)) or [{}]
    ids = [str(line.get("externalItemId")) for line in lines]
    if len(lines) == len(serial_numbers) and not any(line.get("externalItemId") for line in lines):
        ids = list(serial_numbers)
    devices = _objects(order.get("createdHardwares"))[:MAX_SERIALS]
    line_of = {serial: number for number, id_ in enumerate(ids) for serial in serial_numbers.get(id_, ())}
    known = [line_of.get(_serial(it.get("serialNumber")) or "") for it in devices]
    found = list(zip(lines, created_by_line(lines, devices, known), strict=True))
    by_id = dict(zip(ids, found, strict=True))
    other: tuple[dict[str, Any], list[dict[str, Any]]] = found[0] if len(found) == 1 else ({}, [])
    return [_reported_line(order, *by_id.get(it, other), missing) for it in serial_numbers]


def _reported_line(
    order: dict[str, Any], line: dict[str, Any], created: list[dict[str, Any]], missing: MissingError
) -> ReportedOrder:
    price, unreadable = _price(line.get("quotedUnitPrice"), order.get("currency"))
    start = _date(order.get("createdAt"))
    days = {name: _day(order.get(key), start) for name, key in _DAYS.items()}
    return ReportedOrder(
        vendor_id=_id(order, missing),
        status=_status(order),
        price=price,
        unreadable_price=unreadable,
        **days,
        tracking_code=_text(order.get("trackingCode")),
        tracking_link=_link(order.get("trackingLink")),
        serials=_serials(created),
        alternatives=tuple(_groups(line, order.get("currency"))),
        device=_device(line, order.get("currency")),
        missing=_unread_fields(order, line, days),
    )


def _unread_fields(order: dict[str, Any], line: dict[str, Any], days: dict[str, date | None]) -> frozenset[str]:
    """Returns the fields that an answer leaves out, and the dates in it that cannot be parsed. A status is never
    empty."""
    fields = {name for name, key in _LINE_FIELDS.items() if key not in line}
    fields |= {name for name, day in days.items() if day is None and order.get(_DAYS[name], "?") not in (None, "")}
    return frozenset(fields | (set() if order.get("status") else {"status"}))


def _id(order: dict[str, Any], missing: MissingError) -> str:
    if not (vendor_id := order.get("id")):
        raise missing("order id")
    return one_line(str(vendor_id))


def _status(order: dict[str, Any]) -> str:
    return str(order.get("status") or "UNKNOWN")


def _lines(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return iter(_objects(order.get("hardwares")))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [it for it in value if isinstance(it, dict)] if isinstance(value, list) else []


def _device(line: dict[str, Any], currency: Any) -> Candidate | None:
    """Parses the device of a line; None if the line names none."""
    device = _candidate({**line, "id": ""}, currency)
    return device if device.title is not None else None


def _groups(line: dict[str, Any], currency: Any) -> Iterator[AlternativeGroup]:
    group = line.get("alternativeGroup")
    if not isinstance(group, dict) or not group.get("id") or not isinstance(group.get("candidates"), list):
        return
    candidates = tuple(
        _candidate(it, currency) for it in group["candidates"] if isinstance(it, dict) and it.get("id") is not None
    )
    yield AlternativeGroup(one_line(str(group["id"])), candidates)


def _candidate(device: dict[str, Any], currency: Any) -> Candidate:
    """Parses a candidate, which has the fields of an order's line: `name` is the model
    (docs/domain.md#tecspal-orders)."""
    return Candidate(
        id=one_line(str(device["id"])),
        brand=_text(device.get("brand")),
        model=_text(device.get("name") or device.get("model")),
        cpu=_text(device.get("processor")),
        ram=_text(device.get("ram")),
        storage=_text(device.get("diskSpace") or device.get("diskSize")),
        screen_size=_text(device.get("displaySize")),
        price=_price(device.get("quotedUnitPrice"), currency)[0],
        image_url=_link(device.get("image")),
    )


def _price(value: Any, currency: Any) -> tuple[Money | None, str | None]:
    """Returns the price, or else the text that cannot be parsed as one. Prices are sent as text; a number is converted
    digit by digit (docs/domain.md#tecspal-answers)."""
    if value is None or value == "":
        return None, None
    plain = isinstance(value, Decimal) and abs(value.adjusted()) < MAX_AMOUNT_LENGTH
    written = format(value, "f") if plain else str(value)
    try:
        return parse_amount(written, parse_currency(str(currency))), None
    except Invalid:
        return None, one_line(f"{written} {currency}")[:MAX_TEXT_LENGTH]


def _day(value: Any, start: date | None) -> date | None:
    """Parses a date, or a number of days since the order was created (docs/domain.md#tecspal-answers)."""
    days = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    if isinstance(value, str) and value.strip().isdecimal():
        days = int(value) if len(value.strip()) <= len(str(MAX_DAYS)) else None
    if days is not None and start is not None and 0 <= days <= MAX_DAYS:
        return start + timedelta(days=int(days))
    return _date(value)


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    return one_line(str(value))[:MAX_TEXT_LENGTH] or None if isinstance(value, str | int | Decimal) else None


def _link(value: Any) -> str | None:
    """Returns a valid URL, or None."""
    try:
        return optional_url(value) if isinstance(value, str) else None
    except Invalid:
        return None


def _serials(devices: list[dict[str, Any]]) -> tuple[str, ...]:
    """Returns the serial numbers of devices, each once. Invalid ones are left out."""
    found = (_serial(it.get("serialNumber")) for it in devices)
    return tuple(dict.fromkeys(serial for serial in found if serial))


def _serial(value: Any) -> str | None:
    try:
        return new_serial(_text(value) or "")
    except Invalid:
        return None
