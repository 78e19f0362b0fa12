"""What the worker does by itself, beside the jobs: let quotes expire on time."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from app.worker import SWEEP_EVERY, Worker
from tests.builders import NOW, a_quote, line, priced
from tests.fakes import World


class Rounds:
    """A bell that does one thing for each round of the worker, and stops it at the end."""

    def __init__(self, *each: Callable[[], object]) -> None:
        self.worker: Worker | None = None
        self._left = list(each)

    async def wait(self, timeout: float | None = None) -> None:
        if self._left:
            self._left.pop(0)()
        else:
            assert self.worker is not None
            await self.worker.stop(0)


async def work(world: World, *rounds: Callable[[], object]) -> None:
    bell = Rounds(*rounds)
    bell.worker = Worker(world.house, bell)
    await bell.worker.run()


async def test_quotes_expire_when_their_time_comes_looked_at_every_half_minute():
    world, seen = World(), list[Sequence[str]]()
    first, second = (
        world.memory.keep(a_quote(line(priced), expires_at=NOW + timedelta(seconds=after), priced_at=NOW))
        for after in (0, 5)
    )

    def look() -> None:
        seen.append([str(world.memory.quotes[it.quote.id].quote.offer_status) for it in (first, second)])
        world.clock.at += SWEEP_EVERY / 2

    await work(world, look, look, look)
    assert seen == [["EXPIRED", "DRAFT"], ["EXPIRED", "DRAFT"], ["EXPIRED", "EXPIRED"]]


async def test_a_sweep_that_fails_keeps_no_job_from_being_done(caplog):
    world = World()
    house = world.house
    world.memory.tenants.clear()
    world.memory.keep(a_quote(expires_at=NOW))
    bell = Rounds()
    bell.worker = Worker(house, bell)
    await bell.worker.run()
    assert "cannot let quotes expire" in caplog.text
