"""Orders that lack data, were given up or were cancelled: completed, and placed again."""

from dataclasses import replace

import pytest

from domain.catalogue.products import NOT_ORDERED, WARRANTIES, ProductType
from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.fulfilment.vendor_people import EmployeeDraft
from domain.fulfilment.vendor_reports import WrongOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.errors import InvalidInput
from domain.shared.jobs import JobStatus, JobType, RetryPolicy
from domain.shared.outbound_errors import Refused
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    RetryOrder,
    cancel_order,
    complete_order,
    retry_order,
)
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_caller, a_quote, a_recipient, item_of, line, priced
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import (
    OPERATOR,
    a_placed_order,
    order_of,
    run,
)

S = VendorOrderStatus


async def an_order_that_needs_data() -> World:
    world = World(retry_policy=RetryPolicy(retry_delays=(10,)))
    quote = world.memory.keep(a_quote(line(priced, recipients=[a_recipient(email=None)])))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    assert order_of(world).status == S.NEEDS_DATA
    return world


PERSON = EmployeeDraft("Ana", "Paz", "ana@x.example", "+598", "1.2", "Main St 1", "Montevideo", "11000", "Uruguay")


async def test_an_order_that_lacked_an_address_is_placed_once_it_has_one():
    world = await an_order_that_needs_data()
    outcome = await complete_order(world.deps, OPERATOR, CompleteOrder(order_of(world).id, "ana@x.example"))
    assert [(it.from_status, it.to_status) for it in outcome.changes] == [("NEEDS_DATA", "QUEUED")]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    [sent] = world.external.orders.posts
    assert (sent.employee_email, sent.employee) == ("ana@x.example", None)
    [quote] = world.memory.quotes.values()
    [recipient] = quote.lines[0].recipients
    assert (recipient.email, order_of(world).status) == ("ana@x.example", S.PENDING)


async def test_a_person_the_vendor_does_not_know_is_described_to_it():
    world = await an_order_that_needs_data()
    await complete_order(world.deps, OPERATOR, CompleteOrder(order_of(world).id, None, PERSON))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    [sent] = world.external.orders.posts
    assert sent.employee is not None
    assert (sent.employee.first_name, sent.employee.country_code) == ("Ana", "UY")


@pytest.mark.parametrize(
    ("address", "person", "path"),
    [
        (None, None, "employee"),
        ("ana@x.example", PERSON, "employee"),
        ("ana", None, "employeeEmail"),
        (None, replace(PERSON, city=" "), "employee.city"),
        (None, replace(PERSON, country="Atlantis"), "employee.country"),
        (None, replace(PERSON, email="ana"), "employee.email"),
    ],
)
async def test_what_is_missing_or_wrong_of_a_person_is_named(address, person, path):
    world = await an_order_that_needs_data()
    with pytest.raises(InvalidInput) as caught:
        await complete_order(world.deps, OPERATOR, CompleteOrder(order_of(world).id, address, person))
    assert [".".join(it.path) for it in caught.value.problems] == [path]


async def test_an_order_that_was_given_up_is_tried_again_after_looking_for_it():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,)))
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    world.external.orders.answers = [Answer(failure=Refused("400, and yet it is there"))]
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert order_of(world).status == S.FAILED

    await retry_order(world.deps, OPERATOR, RetryOrder(order_of(world).id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert (order_of(world).status, len(world.external.orders.posts)) == (S.PENDING, 1)


async def test_only_what_was_given_up_or_needs_data_can_be_placed_again():
    world = await a_placed_order()
    for act in (
        retry_order(world.deps, OPERATOR, RetryOrder(order_of(world).id)),
        complete_order(world.deps, OPERATOR, CompleteOrder(order_of(world).id, "a@x.example")),
    ):
        with pytest.raises(WrongOrderStatus, match="PENDING; it cannot become QUEUED"):
            await act


async def an_order_of(world: World, *lines) -> None:
    quote = world.memory.keep(a_quote(*lines))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))


UNSOLD = sorted(set(ProductType) - {ProductType.LAPTOP} - WARRANTIES - NOT_ORDERED)


@pytest.mark.parametrize("product_type", UNSOLD)
async def test_what_the_vendor_does_not_sell_is_not_orderable_again_after_it_was_cancelled_and_retried(product_type):
    world = World(retry_policy=RetryPolicy(retry_delays=(10,)))
    await an_order_of(world, line(priced, product_type=product_type))
    first = order_of(world)
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    outcome = await retry_order(world.deps, OPERATOR, RetryOrder(order_of(world).id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    another = world.memory.orders[outcome.ids_of("VendorOrder")[0]]
    assert (another.status, another.hardware_type, another.problem) == (S.NOT_ORDERABLE, None, first.problem)
    assert world.external.orders.posts == []


async def test_an_order_without_an_address_needs_data_again_after_it_was_cancelled_and_retried():
    world = await an_order_that_needs_data()
    await cancel_order(world.deps, OPERATOR, CancelOrder(order_of(world).id))
    outcome = await retry_order(world.deps, OPERATOR, RetryOrder(order_of(world).id))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    another = world.memory.orders[outcome.ids_of("VendorOrder")[0]]
    assert (another.status, another.problem is not None) == (S.NEEDS_DATA, True)
    assert world.external.orders.posts == []


async def test_an_order_without_a_type_that_an_older_release_queued_is_taken_out_and_never_sent():
    world = World(retry_policy=RetryPolicy(retry_delays=(10,)))
    await an_order_of(world, line(priced))
    job = next(it for it in world.memory.jobs.values() if it.kind == JobType.PLACE_VENDOR_ORDER)
    [(quote_id, quote)] = world.memory.quotes.items()
    of = quote.lines[0]
    monitor = replace(of, item=of.item._replace(product_type=ProductType.MONITOR))
    world.memory.quotes[quote_id] = quote.with_line(monitor)
    world.memory.orders[order_of(world).id] = order_of(world)._replace(hardware_type=None)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    assert (order_of(world).status, world.external.orders.posts) == (S.NOT_ORDERABLE, [])
    assert world.memory.jobs[job.id].status == JobStatus.DONE
