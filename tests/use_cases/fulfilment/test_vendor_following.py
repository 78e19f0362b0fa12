"""Following an order at the vendor: looked at again and again, asked for once, and never lost in a crash."""

import pytest

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, ReportedOrder
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.fulfilment.vendor_reports import ActionUnderWay
from domain.quotes.statuses import Verdict
from domain.shared.errors import InvalidInput, NotFound
from domain.shared.jobs import JobStatus, JobType, RetryPolicy
from domain.shared.money import Money, MoneyDraft
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.fulfilment.shipments import (
    DeliverRecipient,
    SetSerialNumbers,
    deliver_recipient,
    set_serial_numbers,
)
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    ConfirmOrder,
    SelectAlternative,
    cancel_order,
    confirm_order,
    select_alternative,
)
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import TENANT, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import (
    GROUP,
    LOOK,
    OPERATOR,
    SETTLE,
    a_placed_order,
    due_in,
    follow,
    job_of,
    order_of,
    run,
)

S = VendorOrderStatus


async def test_a_new_order_is_looked_at_after_a_while_and_not_at_once():
    world = await a_placed_order()
    assert due_in(world) == 100


async def test_an_order_that_was_priced_at_once_is_confirmed_at_once():
    world = World(retry_policy=RetryPolicy(poll_interval=LOOK))
    world.external.orders.word = "quoted"
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert due_in(world) == 0


async def test_a_quoted_price_as_agreed_is_confirmed_once():
    world = await a_placed_order("quoted", priced)
    await follow(world, 100)
    assert world.external.orders.calls == ["confirm V-1"]
    assert (order_of(world).status, order_of(world).asked) == (S.ACCEPTED, None)
    assert world.memory.event_types[-2:] == ["VENDOR_ORDER_UPDATED", "VENDOR_ORDER_CONFIRMED"]

    await follow(world, 100)
    assert len(world.external.orders.calls) == 1


async def test_a_dearer_price_is_flagged_and_confirmed_only_when_an_operator_says_so():
    world = await a_placed_order("quoted", Money(priced.minor + 1, "USD"))
    await follow(world, 100)
    assert world.external.orders.calls == []
    assert order_of(world).attention == VendorAttention.PRICE_ABOVE_AGREED
    assert world.memory.event_types[-1] == "VENDOR_ORDER_FLAGGED"

    outcome = await confirm_order(world.deps, OPERATOR, ConfirmOrder(order_of(world).id, MoneyDraft("1450.01", "USD")))
    assert (outcome.id_of("VendorOrder"), outcome.changes) == (order_of(world).id, ())
    assert world.memory.event_types[-1] == "VENDOR_ORDER_REQUESTED"
    assert due_in(world) == 0, "the job is woken"
    await follow(world)
    assert order_of(world).status == S.ACCEPTED


async def test_news_that_are_none_are_no_event():
    world = await a_placed_order()
    await follow(world, 100)
    events = len(world.memory.events)
    await follow(world, 100)
    assert len(world.memory.events) == events


async def test_the_longer_nothing_moves_the_more_seldom_it_is_looked_at():
    world = await a_placed_order()
    await follow(world, 100)
    assert due_in(world) == 100
    await follow(world, 4 * 3600)
    assert due_in(world) == pytest.approx(4 * 3600 / 8, abs=30)
    await follow(world, 7 * 24 * 3600)
    assert due_in(world) == 3600


async def test_a_vendor_that_is_down_is_asked_for_ever_and_its_job_never_dies():
    world = await a_placed_order("quoted", priced)
    for _ in range(30):
        world.external.orders.looks = [Unavailable("503")]
        await follow(world, 4000)
        assert (job_of(world).status, job_of(world).last_error) == (JobStatus.WAITING, "Unavailable: 503")
    await follow(world, 4000)
    assert (order_of(world).status, job_of(world).last_error) == (S.ACCEPTED, None)


@pytest.mark.parametrize(
    "failure", [Uncertain("403", 403), Uncertain("500", 500), Refused("404", 404), Unavailable("")]
)
async def test_one_order_that_cannot_be_looked_at_keeps_no_other_from_being_confirmed(failure):
    world = World(retry_policy=RetryPolicy(resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(line(priced), line(priced)))
    for place in range(2):
        await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote, place), ("itemId",)), Verdict.ACCEPT))
        await run(world, JobType.PLACE_VENDOR_ORDER)
    world.external.orders.word, world.external.orders.report = "quoted", ReportedOrder("", "", priced)
    world.external.orders.looks = [failure]
    await follow(world, 100)
    await follow(world)
    assert sorted(it.status for it in world.memory.orders.values()) == [S.ACCEPTED, S.PENDING]
    assert len(world.external.orders.calls) == 1


async def test_an_order_that_the_vendor_does_not_know_is_flagged_and_its_job_is_dead_until_it_is_retried():
    world = await a_placed_order("quoted", priced)
    world.external.orders.looks = [Refused("400 Order request not found")]
    await follow(world, 100)
    assert (job_of(world).status, order_of(world).attention) == (JobStatus.DEAD, VendorAttention.LOST)

    await retry_job(world.deps, OPERATOR, RetryJob(job_of(world).id))
    await follow(world)
    assert (order_of(world).status, order_of(world).attention) == (S.ACCEPTED, None)


async def test_a_confirmation_whose_answer_was_lost_is_looked_for_and_not_repeated():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(failure=Uncertain("no answer"))]
    await follow(world, 100)
    assert order_of(world).asked == VendorAction.CONFIRM
    await follow(world, 60)
    assert world.external.orders.calls == ["confirm V-1"]
    assert (order_of(world).status, order_of(world).asked) == (S.ACCEPTED, None)
    assert job_of(world).sent_at is None


async def test_a_confirmation_that_was_never_made_is_repeated_only_when_things_have_settled():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("no answer"))]
    await follow(world, 100)
    assert due_in(world) == 60
    await retry_now(world)
    await follow(world, 30)
    assert world.external.orders.calls == ["confirm V-1"]

    await follow(world, 30)
    assert world.external.orders.calls == ["confirm V-1"] * 2
    assert order_of(world).status == S.ACCEPTED


async def retry_now(world: World) -> None:
    """As if the job were woken before its time."""
    job = job_of(world)
    world.memory.jobs[job.id] = job._replace(run_at=world.clock())


async def test_a_worker_that_dies_while_it_confirms_leaves_the_wish_and_the_note_that_it_was_sent():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(failure=KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        await follow(world, 100)
    assert (order_of(world).asked, job_of(world).sent_at) == (VendorAction.CONFIRM, world.clock())

    await follow(world, 5)
    assert world.external.orders.calls == ["confirm V-1"]
    assert order_of(world).status == S.ACCEPTED


async def test_a_refused_confirmation_is_shown_to_the_operator_and_not_repeated():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(does=False, failure=Refused("400 The Order cannot be confirmed"))]
    await follow(world, 100)
    order = order_of(world)
    assert (order.status, order.asked, order.attention) == (S.QUOTED, None, VendorAttention.REFUSED)
    assert "cannot be confirmed" in (order.problem or "")
    await follow(world, 100)
    assert len(world.external.orders.calls) == 1


async def test_a_request_that_surely_was_not_made_is_made_again_without_waiting():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(does=False, failure=Unavailable("no connection"))]
    await follow(world, 100)
    assert (job_of(world).sent_at, job_of(world).last_error) == (None, "Unavailable: no connection")
    await follow(world, 100)
    assert order_of(world).status == S.ACCEPTED


async def test_an_operator_cancels_an_order_and_the_vendor_is_asked():
    world = await a_placed_order()
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    await follow(world)
    assert world.external.orders.calls == ["cancel V-1"]
    assert (order_of(world).status, order_of(world).attention) == (S.CANCELLED, None)
    assert world.memory.event_types[-1] == "VENDOR_ORDER_CANCELLED"
    await follow(world, 100)
    assert job_of(world).status == JobStatus.DONE


async def test_an_operator_selects_an_alternative_and_the_vendor_is_asked():
    world = await a_placed_order(alternatives=(GROUP,))
    await follow(world, 100)
    await select_alternative(world.deps, OPERATOR, SelectAlternative(order_of(world).id, "g", "c"))
    await follow(world)
    assert world.external.orders.calls == ["select g c V-1"]
    assert (order_of(world).asked, order_of(world).selected) == (None, GROUP.candidates[0])
    assert world.memory.event_types[-1] == "VENDOR_ALTERNATIVE_SELECTED"


async def test_a_candidate_that_the_vendor_has_taken_by_itself_is_known_by_what_the_line_is_about():
    air = Candidate("air", "Apple", "MacBook Air", None, None, None, None, priced)
    group = AlternativeGroup("g", (*GROUP.candidates, air))
    world = await a_placed_order("delivered", alternatives=(group,), device=air._replace(id=""), serials=("C02",))
    await follow(world, 100)
    assert order_of(world).selected == air
    [asset] = world.memory.assets.values()
    assert asset.description == "Apple MacBook Air"


async def test_a_line_that_is_about_what_was_ordered_has_taken_no_candidate():
    ordered = Candidate("", "APPLE", "MacBook Pro 14", None, None, None, None, priced)
    world = await a_placed_order("delivered", alternatives=(GROUP,), device=ordered, serials=("C02",))
    await follow(world, 100)
    assert order_of(world).selected is None
    [asset] = world.memory.assets.values()
    assert asset.description == "Apple MacBook Pro 14"


async def test_a_device_that_an_operator_says_is_delivered_is_named_after_the_candidate_taken():
    air = Candidate("air", "Apple", "MacBook Air", None, None, None, None, priced)
    world = await a_placed_order(alternatives=(AlternativeGroup("g", (air,)),))
    await follow(world, 100)
    await select_alternative(world.deps, OPERATOR, SelectAlternative(order_of(world).id, "g", "air"))
    await follow(world)
    [quote] = world.memory.quotes.values()
    recipient = quote.lines[0].recipients[0].id
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(recipient, ("C02",)))
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(recipient))
    [asset] = world.memory.assets.values()
    assert asset.description == "Apple MacBook Air"


async def test_a_candidate_that_the_vendor_does_not_offer_is_invalid_input():
    world = await a_placed_order(alternatives=(GROUP,))
    await follow(world, 100)
    with pytest.raises(InvalidInput, match="candidateId"):
        await select_alternative(world.deps, OPERATOR, SelectAlternative(order_of(world).id, "g", "d"))


async def test_a_wish_that_comes_while_the_job_runs_is_seen_at_the_next_look_which_is_at_once():
    world = await a_placed_order()
    world.clock.move(seconds=100)
    job = await claim_one(world.deps.jobs, "worker", world.clock())
    assert job is not None
    while job.kind != JobType.FOLLOW_VENDOR_ORDER:
        await world.deps.jobs.finish(job, world.clock())
        job = await claim_one(world.deps.jobs, "worker", world.clock())
        assert job is not None
    world.clock.move(seconds=1)
    original = world.external.orders.order

    async def meanwhile(*asked):
        await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
        return await original(*asked)

    world.external.orders.order = meanwhile  # type: ignore[method-assign]
    await dispatch.run(world.deps, job)
    world.external.orders.order = original  # type: ignore[method-assign]
    assert order_of(world).status == S.CANCELLED or due_in(world) <= 0


async def test_a_dry_run_changes_nothing():
    world = await a_placed_order("quoted", Money(priced.minor + 1, "USD"))
    await follow(world, 100)
    before, events = order_of(world), len(world.memory.events)
    await confirm_order(world.deps, OPERATOR, ConfirmOrder(order_of(world).id, dry_run=True))
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id, dry_run=True))
    assert (order_of(world), len(world.memory.events)) == (before, events)


async def test_an_order_of_another_company_or_none_at_all_is_not_found():
    world = await a_placed_order()
    with pytest.raises(NotFound):
        await cancel_order(world.deps, a_caller(TENANT + 1), CancelOrder(order_of(world).id))
    with pytest.raises(InvalidInput):
        await cancel_order(world.deps, OPERATOR, CancelOrder("the last one"))


async def test_an_order_cancelled_while_it_is_being_placed_is_cancelled_at_the_vendor_too():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    place = world.external.orders.place_order

    async def meanwhile(request):
        await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
        return await place(request)

    world.external.orders.place_order = meanwhile  # type: ignore[method-assign]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert (order_of(world).status, order_of(world).asked) == (S.PENDING, VendorAction.CANCEL)
    await follow(world)
    assert (order_of(world).status, world.external.orders.calls) == (S.CANCELLED, ["cancel V-1"])


async def test_a_second_wish_waits_for_the_first():
    world = await a_placed_order("quoted", priced)
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("no answer"))]
    await follow(world, 100)
    with pytest.raises(ActionUnderWay):
        await select_alternative(world.deps, OPERATOR, SelectAlternative(order_of(world).id, "g", "c"))
