"""Price requests: orders that are placed with the vendor before anyone decides, to learn its prices
(docs/domain.md#price-requests).

They are placed and followed like other orders but never confirmed. A request becomes the order of its line when the
line is accepted as it was asked for; it is cancelled when the line is changed, rejected or accepted otherwise.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate
from domain.fulfilment.vendor_orders import (
    VendorAction,
    VendorAttention,
    VendorOrder,
    VendorOrderStatus,
    orders_for,
    queued,
)
from domain.fulfilment.vendor_reports import UNCONFIRMED, UNPLACED, ask_to_cancel, ask_to_select, flagged
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Offer, Quote
from domain.quotes.state_machines import LIVE
from domain.quotes.statuses import LineDecision

# What an order says about a person or place. Where other data of a recipient changes, the order stays as it is.
_SENT_OF_RECIPIENTS = (
    "name",
    "email",
    "country",
    "phone_number",
    "address",
    "storage",
    "destination",
    "city",
    "post_code",
    "address_extra",
    "government_id",
)


@dataclass(frozen=True, slots=True)
class Matched:
    """The orders that a line needs now, compared with its price requests.

    `new` are the orders that no request stands for, `kept` the requests that stand for one, `dropped` the others.
    `recipients` are those of the line, with the ids of their requests and orders.
    """

    new: tuple[VendorOrder, ...]
    kept: tuple[VendorOrder, ...]
    dropped: tuple[VendorOrder, ...]
    recipients: tuple[Recipient, ...]


def price_requests_for(
    quote: Quote, line: Line, at: datetime, new_id: Callable[[], str], requests: Sequence[VendorOrder] = ()
) -> tuple[tuple[VendorOrder, ...], Line]:
    """The price requests that an undecided line lacks, one for each order that its acceptance would place, and the line
    with the ids of all its requests at its recipients. Those of its open `requests` that fit are not made again."""
    found = matched(quote, line, requests, at, new_id)
    linked = replace(line, recipients=found.recipients)
    return tuple(requested(it, quote, linked) for it in found.new), linked


def following_vendor(line: Line) -> Line:
    """The line whose prices are asked for: the vendor's answer replaces those that a person has set."""
    return line.with_each_offer(lambda it: it._replace(follows_vendor=True, vendor_price_minor=None))


def requested(order: VendorOrder, quote: Quote, line: Line) -> VendorOrder:
    """The order as a price request for the line as it is now; the recipients of the order have its id."""
    mine = [it for it in line.recipients if it.vendor_order_id == order.id]
    return order._replace(is_price_request=True, price_basis=_basis(quote, line, mine, order.amount))


def is_open(order: VendorOrder) -> bool:
    """Whether the order is a price request that an acceptance can turn into an order."""
    ended = order.status in (VendorOrderStatus.CANCELLED, VendorOrderStatus.NOT_ORDERABLE)
    lost = order.attention == VendorAttention.LOST or order.asked == VendorAction.CANCEL
    return order.is_price_request and not ended and not lost


def has_price_requests(lines: Iterable[Line]) -> bool:
    """Whether prices may have been requested for an undecided line: its recipients have the ids of the requests."""
    undecided = (line for line in lines if line.item.decision == LineDecision.UNDECIDED)
    return any(it.vendor_order_id is not None for line in undecided for it in line.recipients)


def matched(
    quote: Quote, line: Line, requests: Sequence[VendorOrder], at: datetime, new_id: Callable[[], str]
) -> Matched:
    """Compare the orders that a line needs with the price requests that there are (docs/domain.md#price-requests)."""
    orders, recipients = orders_for(quote, line, at, new_id)
    if not requests:
        return Matched(orders, (), (), recipients)
    left, kept, new = list(requests), list[VendorOrder](), list[VendorOrder]()
    stands_for: dict[str | None, str] = {}
    for order in orders:
        mine = [it for it in recipients if it.vendor_order_id == order.id]
        basis = _basis(quote, line, mine, order.amount)
        request = next((it for it in left if it.price_basis == basis and _offers(it, line)), None)
        if request is None:
            new.append(order)
            continue
        left.remove(request)
        kept.append(request)
        stands_for[order.id] = request.id
    linked = tuple(
        it._replace(vendor_order_id=stands_for.get(it.vendor_order_id, it.vendor_order_id)) for it in recipients
    )
    return Matched(tuple(new), tuple(kept), tuple(left), linked)


def still_asked(
    after: QuoteAggregate, line: Line, requests: Sequence[VendorOrder], at: datetime, new_id: Callable[[], str]
) -> Matched:
    """The price requests of a line that has not been accepted, after a change of it or of its quote. Recipients without
    a request have no order."""
    undecided = line.item.decision == LineDecision.UNDECIDED
    if not undecided or after.quote.offer_status not in LIVE:
        return Matched((), (), tuple(requests), line.recipients)
    found = matched(after.quote, line, requests, at, new_id)
    kept = {it.id for it in found.kept}
    people = tuple(it if it.vendor_order_id in kept else it._replace(vendor_order_id=None) for it in found.recipients)
    return replace(found, new=(), recipients=people)


def adopted(request: VendorOrder, line: Line, at: datetime) -> VendorOrder:
    """The order that a price request becomes when its line is accepted. If one of the vendor's candidates was accepted,
    it is selected; the order is confirmed when it is followed next (docs/domain.md#confirm-order)."""
    order = request._replace(is_price_request=False, updated_at=at)
    if order.status in UNPLACED:
        return queued(order, line)
    if (chosen := _candidate(request, line.accepted_offer)) is None or order.status not in UNCONFIRMED:
        return order
    group, candidate = chosen
    return ask_to_select(order, group.id, candidate.id)


def dropped(request: VendorOrder, at: datetime) -> VendorOrder:
    """A price request that nobody needs any more: cancelled, or to be cancelled at the vendor."""
    order = request._replace(updated_at=at)
    if order.status in UNPLACED | UNCONFIRMED | {VendorOrderStatus.QUEUED}:
        return ask_to_cancel(order)
    message = f"Its line is not accepted, but the vendor reports {order.vendor_status or order.status}."
    return flagged(order, VendorAttention.REFUSED, message)


def candidate_of(offer: Offer) -> Candidate:
    """An offer of a line, described like a candidate of the vendor."""
    device = offer.specification
    return Candidate(
        "", device.brand, device.model, device.cpu, device.ram, device.storage, device.screen_size, offer.price
    )


def _offers(request: VendorOrder, line: Line) -> bool:
    """Whether the vendor was asked for the device that was accepted, or offers it as a candidate."""
    accepted = line.accepted_offer
    return accepted is None or accepted is line.item or _candidate(request, accepted) is not None


def _candidate(request: VendorOrder, offer: Offer | None) -> tuple[AlternativeGroup, Candidate] | None:
    """The candidate of a request with the description of an alternative."""
    if offer is None or offer.id == request.item_id:
        return None
    wanted = candidate_of(offer)
    every = ((group, it) for group in request.alternatives for it in group.candidates)
    return next(((group, it) for group, it in every if it.is_same_device(wanted)), None)


def _basis(quote: Quote, line: Line, recipients: Sequence[Recipient], amount: int) -> str:
    """A digest of everything that an order for the line's item says, apart from its id."""
    item = line.item
    said = [
        [quote.po_number, quote.client_name, quote.abm_id],
        [item.product_type, *item.specification, item.comments],
        amount,
        *([getattr(it, name) for name in _SENT_OF_RECIPIENTS] for it in recipients),
        *([item.external_id] if item.external_id else []),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
