"""Batches: which lines go into one order at the vendor."""

from domain.fulfilment.order_batches import MOST_LINES, called_off, in_batches, requested_now, vendor_job
from domain.fulfilment.price_requests import price_requests_for
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.quotes.recipients import Destination
from domain.shared.ids import new_id
from domain.shared.jobs import JobType
from tests.builders import NOW, a_quote, a_recipient, line


def requests(*recipients):
    quote = a_quote(*(line(recipients=[it]) for it in recipients))
    return [it for each in quote.lines for it in price_requests_for(quote.quote, each, NOW, new_id)[0]]


def test_lines_to_one_person_or_place_are_a_batch_that_is_named_by_the_first():
    store = {"email": None, "destination": Destination.STORAGE}
    ana, bruno = {"email": "ana@x.example"}, {"email": "bruno@x.example"}
    made = requests(*(a_recipient(**it) for it in (ana, store, ana, bruno, store, {**store, "country": "BR"})))
    first, second = made[0].id, made[1].id
    assert [it.batch_id for it in in_batches(made)] == [first, second, first, None, second, None]


def test_an_order_has_a_largest_number_of_lines():
    batches = in_batches(requests(*(a_recipient() for _ in range(MOST_LINES + 1))))
    assert len({it.batch_id for it in batches[:MOST_LINES]}) == 1
    assert batches[-1].batch_id is None


def test_what_cannot_be_placed_is_in_no_batch():
    waiting = in_batches(requests(*(a_recipient(email=None) for _ in range(2))))
    assert [it.batch_id for it in waiting] == [None, None]


def test_orders_and_price_requests_are_not_in_one_batch():
    accepted, asked = requests(a_recipient(), a_recipient())
    assert [it.batch_id for it in in_batches([accepted._replace(is_price_request=False), asked])] == [None, None]


def test_the_job_of_a_batch_names_no_order_for_a_worker_without_batches_to_act_on():
    first, second = in_batches(requests(a_recipient(), a_recipient()))
    jobs = [vendor_job(JobType.PLACE_VENDOR_ORDER, it) for it in (first, second)]
    assert jobs[0] == jobs[1]
    assert (jobs[0].dedupe_key, jobs[0].payload) == (
        f"vendor-order:{first.id}",
        {"quoteId": first.quote_id, "batchId": first.id},
    )
    [alone] = in_batches(requests(a_recipient()))
    assert vendor_job(JobType.FOLLOW_VENDOR_ORDER, alone).payload == {"vendorOrderId": alone.id}


def quoted(*asked, status=VendorOrderStatus.QUOTED):
    """Accepted orders of one batch, with what is requested for each."""
    made = requests(*(a_recipient() for _ in asked))
    return [
        it._replace(status=status, is_price_request=False, asked=action) for it, action in zip(made, asked, strict=True)
    ]


CONFIRM, CANCEL, SELECT = VendorAction.CONFIRM, VendorAction.CANCEL, VendorAction.SELECT


def test_a_batch_is_confirmed_when_all_of_its_lines_are():
    both = quoted(CONFIRM, CONFIRM)
    assert requested_now(both) == tuple(both)
    assert requested_now(quoted(CONFIRM, None)) == ()
    assert requested_now([both[0], both[1]._replace(is_price_request=True)]) == ()
    assert requested_now([both[0], both[1]._replace(status=VendorOrderStatus.ACCEPTED, asked=None)]) == (both[0],)


def test_a_batch_is_cancelled_with_one_of_its_lines_and_candidates_are_selected_one_by_one():
    mixed = quoted(CONFIRM, SELECT, CANCEL, SELECT)
    assert requested_now(mixed) == (mixed[2],)
    assert requested_now([mixed[0], mixed[1], mixed[3]]) == (mixed[1],)


def test_what_was_called_off_is_what_we_cancelled_and_not_what_the_vendor_did():
    by_us, by_vendor, left = quoted(None, None, None)
    by_us = by_us._replace(status=VendorOrderStatus.CANCELLED)
    by_vendor = by_vendor._replace(status=VendorOrderStatus.CANCELLED, attention=VendorAttention.CANCELLED_BY_VENDOR)
    asked = left._replace(asked=CANCEL)
    assert called_off([by_us, by_vendor, left, asked]) == (by_us, asked)
