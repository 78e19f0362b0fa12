"""Reading Tecspal's answers, whose shape has changed over time and which tell amounts and days in several ways
(docs/domain.md#tecspal-answers). What may be absent is None; nothing that is money passes through a float."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from adapters.http import one_line
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, PlacedOrder, ReportedOrder
from domain.inventory.serial_numbers import new_serial
from domain.shared.errors import Invalid
from domain.shared.money import Money, parse_amount, parse_currency
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.parsers import optional_url

Lacking = Callable[[str], OutboundFailure]

LONGEST_WORD = 200
LONGEST_AMOUNT = 40
MOST_SERIALS = 2_000
# Where the vendor tells what may be left out.
_DAYS = {"eta": "eta", "min_eta": "minEta", "max_eta": "maxEta", "delivered_on": "date"}
_OF_A_LINE = {"price": "quotedUnitPrice", "alternatives": "alternativeGroup"}
# A number of days in place of a date is at most this; a larger one is no number of days.
MOST_DAYS = 1_000


def envelope_of(answer: Any, lacking: Lacking) -> list[dict[str, Any]]:
    """What is in the envelope, an array or a bare object (docs/domain.md#tecspal-answers).

    An answer without an envelope is not an empty list: taking it for one would order twice. Raises: `lacking`'s.
    """
    envelope = answer.get("envelop") if isinstance(answer, dict) else None
    if isinstance(envelope, dict):
        return [envelope]
    if not isinstance(envelope, list):
        raise lacking("envelop")
    return [order for order in envelope if isinstance(order, dict)]


def external_ids(order: dict[str, Any]) -> set[str]:
    """Our ids, on the lines of an order."""
    return {str(line.get("externalItemId")) for line in _lines(order)}


def placed_order(order: dict[str, Any], lacking: Lacking) -> PlacedOrder:
    """An order that the vendor has. Raises: `lacking`'s."""
    number = order.get("orderNumber")
    return PlacedOrder(_id(order, lacking), None if number is None else one_line(str(number)), _status(order))


def reported_order(order: dict[str, Any], external_item_id: str, lacking: Lacking) -> ReportedOrder:
    """How an order stands; the price is that of the line with our id. Raises: `lacking`'s."""
    lines = list(_lines(order))
    line = next((it for it in lines if it.get("externalItemId") == external_item_id), lines[0] if lines else {})
    price, unreadable = _price(line.get("quotedUnitPrice"), order.get("currency"))
    start = _date(order.get("createdAt"))
    days = {name: _day(order.get(key), start) for name, key in _DAYS.items()}
    return ReportedOrder(
        vendor_id=_id(order, lacking),
        status=_status(order),
        price=price,
        unreadable_price=unreadable,
        **days,
        tracking_code=_text(order.get("trackingCode")),
        tracking_link=_link(order.get("trackingLink")),
        serials=_serials(order.get("createdHardwares")),
        alternatives=tuple(_groups(line, order.get("currency"))),
        device=_device(line, order.get("currency")),
        untold=_untold(order, line, days),
    )


def _untold(order: dict[str, Any], line: dict[str, Any], days: dict[str, date | None]) -> frozenset[str]:
    """What an order's answer leaves out, and the days in it that nobody can read. A status is never empty."""
    left_out = {name for name, key in _OF_A_LINE.items() if key not in line}
    left_out |= {name for name, day in days.items() if day is None and order.get(_DAYS[name], "?") not in (None, "")}
    return frozenset(left_out | (set() if order.get("status") else {"status"}))


def _id(order: dict[str, Any], lacking: Lacking) -> str:
    if not (vendor_id := order.get("id")):
        raise lacking("order id")
    return one_line(str(vendor_id))


def _status(order: dict[str, Any]) -> str:
    return str(order.get("status") or "UNKNOWN")


def _lines(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    lines = order.get("hardwares")
    return (line for line in (lines if isinstance(lines, list) else ()) if isinstance(line, dict))


def _device(line: dict[str, Any], currency: Any) -> Candidate | None:
    """What a line is about; None when it names no device."""
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


def _candidate(told: dict[str, Any], currency: Any) -> Candidate:
    """A candidate, which is described like a line of an order: `name` is the model (docs/domain.md#tecspal-orders)."""
    return Candidate(
        id=one_line(str(told["id"])),
        brand=_text(told.get("brand")),
        model=_text(told.get("name") or told.get("model")),
        cpu=_text(told.get("processor")),
        ram=_text(told.get("ram")),
        storage=_text(told.get("diskSpace") or told.get("diskSize")),
        screen_size=_text(told.get("displaySize")),
        price=_price(told.get("quotedUnitPrice"), currency)[0],
    )


def _price(told: Any, currency: Any) -> tuple[Money | None, str | None]:
    """A price, or what stands in its place. It comes as text; a number is read digit by digit
    (docs/domain.md#tecspal-answers)."""
    if told is None or told == "":
        return None, None
    plain = isinstance(told, Decimal) and abs(told.adjusted()) < LONGEST_AMOUNT
    written = format(told, "f") if plain else str(told)
    try:
        return parse_amount(written, parse_currency(str(currency))), None
    except Invalid:
        return None, one_line(f"{written} {currency}")[:LONGEST_WORD]


def _day(told: Any, start: date | None) -> date | None:
    """A date, or a number of days since the order was made (docs/domain.md#tecspal-answers)."""
    days = told if isinstance(told, int | Decimal) and not isinstance(told, bool) else None
    if isinstance(told, str) and told.strip().isdecimal():
        days = int(told) if len(told.strip()) <= len(str(MOST_DAYS)) else None
    if days is not None and start is not None and 0 <= days <= MOST_DAYS:
        return start + timedelta(days=int(days))
    return _date(told)


def _date(told: Any) -> date | None:
    try:
        return date.fromisoformat(told[:10]) if isinstance(told, str) else None
    except ValueError:
        return None


def _text(told: Any) -> str | None:
    return one_line(str(told))[:LONGEST_WORD] or None if isinstance(told, str | int | Decimal) else None


def _link(told: Any) -> str | None:
    """An address that can be followed; what is none is as good as nothing."""
    try:
        return optional_url(told) if isinstance(told, str) else None
    except Invalid:
        return None


def _serials(told: Any) -> tuple[str, ...]:
    """The serial numbers of the devices made for an order, each once. What stands in the place of one is none."""
    devices = [it for it in told if isinstance(it, dict)] if isinstance(told, list) else []
    found = (_serial(it.get("serialNumber")) for it in devices[:MOST_SERIALS])
    return tuple(dict.fromkeys(serial for serial in found if serial))


def _serial(told: Any) -> str | None:
    try:
        return new_serial(_text(told) or "")
    except Invalid:
        return None
