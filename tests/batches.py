"""Lines that are one order at the vendor, and what a test does with them."""

from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobType, RetryPolicy
from domain.shared.outbound_errors import Uncertain
from domain.use_cases.fulfilment.vendor_following import follow_vendor_order
from domain.use_cases.fulfilment.vendor_prices import RequestPrices, request_vendor_prices
from domain.use_cases.quotes.decisions import (
    Decide,
    decide,
)
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import a_caller, a_quote, item_of, line, priced
from tests.fakes.external import Answer
from tests.fakes.storage import World
from tests.following import LOOK, OPERATOR, SETTLE, follow, run, tell

S = VendorOrderStatus


class Killed(BaseException):
    """The worker was killed."""


async def a_batch(*answers, lines=3):
    """A world where the vendor was asked for the prices of lines to one person, and the job was run once."""
    world = World(retry_policy=RetryPolicy(retry_delays=(10,) * 9, resend_after=SETTLE, poll_interval=LOOK))
    quote = world.memory.keep(a_quote(*(line(priced) for _ in range(lines))))
    await request_vendor_prices(world.deps, OPERATOR, RequestPrices(quote.quote.id))
    world.external.orders.answers = list(answers)
    await run(world, JobType.PLACE_VENDOR_ORDER)
    return world, quote


async def quoted(lines=3):
    world, quote = await a_batch(lines=lines)
    tell(world, "quoted", priced)
    await every_order_is_followed(world, 100)
    return world, quote


async def every_order_is_followed(world, seconds=0):
    world.clock.move(seconds=seconds)
    for _ in range(len(world.memory.orders)):
        await follow(world)


def orders(world):
    return list(world.memory.orders.values())


def now_of(world, quote):
    return world.memory.quotes[quote.quote.id]


async def dispatch_following(world):
    """Follow the batch, whose job a killed worker may have left."""
    following = next(it for it in world.memory.jobs.values() if it.kind == JobType.FOLLOW_VENDOR_ORDER)
    job = following._replace(attempts=following.attempts + 1)
    world.memory.jobs[job.id] = job
    await follow_vendor_order(world.deps, job)


async def run_until_dead(world):
    """Try an order, which the vendor's list does not show, until its job is dead."""
    world.external.orders.answers = [Answer(does=False, failure=Uncertain("timeout")) for _ in range(20)]
    for _ in range(20):
        world.clock.move(seconds=SETTLE.seconds)
        await run(world, JobType.PLACE_VENDOR_ORDER)
    world.external.orders.answers = []
    assert {it.status for it in orders(world)} == {S.FAILED}


async def decided(world, quote, number, verdict=Verdict.ACCEPT):
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote, number), ("offerId",)), verdict))
