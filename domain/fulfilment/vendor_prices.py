"""The vendor's answer to price requests: it prices their line, and its candidates become alternatives
(docs/domain.md#vendor-prices)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.catalogue.products import Specification
from domain.fulfilment.margins import NO_MARGIN, Margin
from domain.fulfilment.price_requests import candidate_of, is_open
from domain.fulfilment.vendor_api import Candidate
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.quotes.aggregate import Line, QuoteAggregate, status_changes
from domain.quotes.alternatives import AlternativeDraft, build_alternative, check_alternatives, propose
from domain.quotes.pricing import price_offer
from domain.quotes.statuses import OPEN
from domain.shared.errors import Conflict, Invalid, Problems
from domain.shared.events import EventType, StatusChange
from domain.shared.money import Money

# Requests that will have a price of the vendor without anything done by us.
_PRICEABLE = frozenset({VendorOrderStatus.QUEUED, VendorOrderStatus.PENDING})


@dataclass(frozen=True, slots=True)
class PricedLine:
    """The quote with a line as the vendor priced it. `event` is None if no price changed; `refused` is why a price
    could not be taken over."""

    quote: QuoteAggregate
    changes: tuple[StatusChange, ...] = ()
    event: EventType | None = None
    refused: str | None = None


def is_price_news(before: VendorOrder, after: VendorOrder) -> bool:
    """Whether a price request was answered, or has ended, so that its line may have another price now."""
    if not after.is_price_request:
        return False
    if after.status == VendorOrderStatus.QUOTED:
        names = ("status", "quoted_price", "alternatives")
        return any(getattr(before, name) != getattr(after, name) for name in names)
    ended = after.status != before.status and after.status not in _PRICEABLE
    return ended or (_awaits_price(before) and not _awaits_price(after))


def is_unpriced(quote: QuoteAggregate, request: VendorOrder) -> bool:
    """Whether the vendor has quoted a request, but its line has not been priced by the vendor since it was asked, or
    since a person removed its price."""
    item = quote.line_of(request.item_id).item
    quoted = request.status == VendorOrderStatus.QUOTED and request.quoted_price is not None
    waits = item.vendor_price_minor is None and (item.follows_vendor or item.price is None)
    return request.is_price_request and quoted and request.attention is None and waits


def priced_by_vendor(
    quote: QuoteAggregate,
    item_id: str,
    requests: Sequence[VendorOrder],
    at: datetime,
    new_id: Callable[[], str],
    margin: Margin = NO_MARGIN,
) -> PricedLine:
    """The quote with the item at the highest price of the line's requests, once none of them awaits one, and with the
    vendor's candidates as alternatives, all with the margin. A line or quote that is closed stays as it is."""
    after, refused, requests = quote, list[str](), [it for it in requests if is_open(it)]
    for offer, price in _candidates(requests):
        after = _with_candidate(after, item_id, offer, price, margin, at, new_id)
    quoted = [] if any(map(_awaits_price, requests)) else [it.quoted_price for it in requests if it.quoted_price]
    if (price := highest(quoted)) is not None:
        after = _with_price(after, item_id, item_id, price, margin, at, refused)
    elif quoted:
        currencies = " and ".join(sorted({it.currency for it in quoted}))
        refused.append(f"The vendor quotes this line in {currencies}, of which no highest price can be told.")
    was, now = _prices(quote, item_id), _prices(after, item_id)
    event = None if was == now else EventType.QUOTE_ALTERNATIVE_PROPOSED
    if was[item_id] != now[item_id]:
        event = EventType.QUOTE_ITEM_PRICED
    return PricedLine(after, status_changes(quote, after), event, next(iter(refused), None))


def highest(prices: Iterable[Money | None]) -> Money | None:
    """The highest of the prices that are known; None if there is none, or if they are in several currencies."""
    known = [it for it in prices if it is not None]
    if len({it.currency for it in known}) != 1:
        return None
    return max(known, key=lambda it: it.minor)


def _awaits_price(request: VendorOrder) -> bool:
    return is_open(request) and request.status in _PRICEABLE


def _prices(quote: QuoteAggregate, item_id: str) -> dict[str, Money | None]:
    return {it.id: it.price for it in quote.line_of(item_id).offers}


def _candidates(requests: Sequence[VendorOrder]) -> list[tuple[Candidate, Money | None]]:
    """The devices that the vendor offers for a line, each once, at the highest price of its requests."""
    found: list[Candidate] = []
    every = [it for request in requests for group in request.alternatives for it in group.candidates]
    for candidate in every:
        if candidate.title is not None and not any(it.is_same_device(candidate) for it in found):
            found.append(candidate)
    return [(it, highest(same.price for same in every if same.is_same_device(it))) for it in found]


def _with_candidate(
    quote: QuoteAggregate,
    item_id: str,
    candidate: Candidate,
    price: Money | None,
    margin: Margin,
    at: datetime,
    new_id: Callable[[], str],
) -> QuoteAggregate:
    """The quote with a candidate of the vendor among the alternatives of a line, at the vendor's price with the
    margin."""
    line = quote.line_of(item_id)
    if candidate.is_same_device(candidate_of(line.item)):
        return quote
    known = next((it for it in line.alternatives if candidate_of(it).is_same_device(candidate)), None)
    if known is None:
        proposed = _proposed(quote, line, candidate, at, new_id())
        if proposed is quote:
            return quote
        quote, known = proposed, proposed.line_of(item_id).alternatives[-1]
    return quote if price is None else _with_price(quote, item_id, known.id, price, margin, at, [])


def _proposed(
    quote: QuoteAggregate, line: Line, candidate: Candidate, at: datetime, alternative_id: str
) -> QuoteAggregate:
    """The quote with a candidate as a new alternative; the same object if the line can have no more."""
    problems = Problems()
    device = Specification(
        brand=candidate.brand,
        model=candidate.model,
        cpu=candidate.cpu,
        ram=candidate.ram,
        storage=candidate.storage,
        screen_size=candidate.screen_size,
    )
    check_alternatives(quote.lines, problems)
    draft = AlternativeDraft(device, image_url=candidate.image_url)
    made = build_alternative(draft, line.item, len(line.alternatives), problems, at, alternative_id)
    if problems.found:
        return quote
    try:
        return propose(quote, made, at).quote
    except Conflict:
        return quote


def _with_price(
    quote: QuoteAggregate,
    item_id: str,
    offer_id: str,
    price: Money,
    margin: Margin,
    at: datetime,
    refused: list[str],
) -> QuoteAggregate:
    """The quote with the price of an offer. The same object if it can no longer be priced, has the price of a person,
    or the vendor's price has not changed since it was taken over last."""
    offer = next(it for it in quote.line_of(item_id).offers if it.id == offer_id)
    known = (offer.vendor_price_minor, quote.quote.currency)
    kept = offer.price is not None and not offer.follows_vendor
    if kept or known == (price.minor, price.currency) or offer.status not in OPEN:
        return quote
    try:
        priced = price_offer(quote, offer_id, margin.on(price), at).quote
    except Conflict:
        return quote
    except Invalid as invalid:
        refused.append(invalid.message)
        return quote
    line = priced.line_of(item_id).with_each_offer(
        lambda it: it._replace(follows_vendor=True, vendor_price_minor=price.minor) if it.id == offer_id else it
    )
    return priced.with_line(line)
