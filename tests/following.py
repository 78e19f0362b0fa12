"""A world with one order that is followed at the vendor, and what a test does with it."""

from datetime import timedelta

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, ReportedOrder
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobType, RetryPolicy
from domain.shared.money import Money
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.storage import World

LOOK, SETTLE = timedelta(seconds=100), timedelta(seconds=60)
OPERATOR = a_caller(None)
GROUP = AlternativeGroup("g", (Candidate("c", "Apple", None, None, None, None, None, None),))


async def run(world: World, kind: JobType) -> None:
    """Run what is due of one kind once."""
    others = {key: job for key, job in world.memory.jobs.items() if job.kind != kind}
    mine = {key: job for key, job in world.memory.jobs.items() if job.kind == kind}
    world.memory.jobs.clear()
    world.memory.jobs.update(mine)
    if (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)
    world.memory.jobs.update(others)


async def follow(world: World, seconds: float = 0) -> None:
    world.clock.move(seconds=seconds)
    await run(world, JobType.FOLLOW_VENDOR_ORDER)


async def a_placed_order(word: str = "pending", price: Money | None = None, **report) -> World:
    """A world where the vendor has one order and nobody has looked at it since."""
    world = World(
        retry_policy=RetryPolicy(
            retry_delays=(10,), resend_after=SETTLE, poll_interval=LOOK, max_poll_interval=timedelta(hours=1)
        )
    )
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    await run(world, JobType.PLACE_VENDOR_ORDER)
    tell(world, word, price, **report)
    return world


def tell(world: World, word: str, price: Money | None = None, **report) -> None:
    """Let the vendor say this of the order from now on."""
    world.external.orders.word = word
    world.external.orders.report = ReportedOrder("", "", price, **report)


def order_of(world: World):
    [order] = world.memory.orders.values()
    return order


def job_of(world: World):
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.FOLLOW_VENDOR_ORDER]
    return job


def due_in(world: World) -> float:
    return float((job_of(world).run_at - world.clock()).total_seconds())
