"""What tests of quotes of connected systems share: a quote that comes from one, and the job that sends its change."""

from datetime import timedelta

from domain.connections.systems import System
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.jobs import JobType, RetryPolicy
from domain.use_cases.worker import dispatch
from tests.builders import a_quote, line, priced
from tests.claiming import claim_one
from tests.fakes.connected_systems import comes_from, connect
from tests.fakes.storage import World

SETTLE = timedelta(seconds=60)


def retrying() -> RetryPolicy:
    return RetryPolicy(retry_delays=(10, 10, 100, 10), resend_after=SETTLE)


def a_foreign_quote(*lines, system: System = System.QUIPTEAMS, **given) -> tuple[World, QuoteAggregate]:
    """A world with a quote that comes from a connected system."""
    world = World(retry_policy=retrying())
    lines = lines or (line(priced, alternatives=1),)
    return world, comes_from(world, connect(world, system), a_quote(*lines, **given))


async def run_due(world: World, kind: JobType = JobType.SEND_ORIGIN_CHANGE):
    """Run what is due of one kind once."""
    world.memory.jobs = {key: job for key, job in world.memory.jobs.items() if job.kind == kind}
    if (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        return await dispatch.run(world.deps, job)
    return None


async def run_after(world: World, seconds: float):
    world.clock.move(seconds=seconds)
    return await run_due(world)


def the_change(world: World):
    [change] = world.memory.origin_changes.values()
    return change


def the_record(world: World):
    [record] = world.systems.system.quotes.values()
    return record


def the_job(world: World):
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.SEND_ORIGIN_CHANGE]
    return job
