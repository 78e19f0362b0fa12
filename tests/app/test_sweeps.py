"""Sweeps run when they are due, and one that fails delays no other."""

from app.sweeps import INTERVAL, PAUSE, Sweep, Sweeps
from tests.fakes.storage import World


async def test_a_sweep_runs_again_after_its_interval_only():
    world, runs = World(), list[str]()
    sweeps = Sweeps(world.deps, [Sweep("count", noting(runs, "often")), Sweep("rest", noting(runs, "seldom"), PAUSE)])
    for _ in range(3):
        await sweeps.run()
        await sweeps.run()
        world.clock.move(seconds=INTERVAL.total_seconds())
    assert runs == ["often", "seldom", "often", "often"]


async def test_a_sweep_that_fails_pauses_and_delays_no_other(caplog):
    world, runs = World(), list[str]()

    async def fail(_deps: object) -> None:
        runs.append("failed")
        raise ExceptionGroup("", [ValueError("one"), ExceptionGroup("", [ValueError("two")])])

    sweeps = Sweeps(world.deps, [Sweep("count stars", fail), Sweep("go on", noting(runs, "went on"))])
    await sweeps.run()
    world.clock.move(seconds=INTERVAL.total_seconds())
    await sweeps.run()
    assert runs == ["failed", "went on", "went on"]
    assert caplog.text.count("cannot count stars; trying again later") == 2
    world.clock.move(seconds=PAUSE.total_seconds())
    await sweeps.run()
    assert runs[3:] == ["failed", "went on"]


def noting(runs: list[str], name: str):
    async def run(_deps: object) -> None:
        runs.append(name)

    return run
