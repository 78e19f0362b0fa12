"""Quotes whose lines Quick Quote takes by a second call: whatever fails in between, all lines are there once."""

import pytest
import pytest_asyncio

from domain.connections.changes import OriginChangeStatus
from domain.connections.systems import Collection, System
from domain.shared.jobs import JobResult
from tests.adapters.connections.asked_there import a_new_quote, asked_there
from tests.use_cases.connections.support import run_after, run_due

LINES = "/quotes/"


@pytest_asyncio.fixture
async def there(tmp_path):
    async with asked_there(System.QUICK_QUOTE, tmp_path) as there:
        await there.emulated.control("lines", {"later": True})
        yield there


async def skus_there(there):
    """The lines of the only quote there."""
    records = (await there.world.systems.system.page(Collection.QUOTES, None, None)).records
    [record] = [it for it in records if it.reference]
    return [it.sku for it in record.items]


async def until_done(there):
    """Run what is due until the change is settled: an attempt, one too early to repeat anything, and others."""
    await run_due(there.world)
    await run_after(there.world, 10)
    for _ in range(3):
        await run_after(there.world, 100)


async def confirmed_once(there, asked):
    await there.read()
    assert there.settlement == (OriginChangeStatus.CONFIRMED, None)
    assert await skus_there(there) == ["LAT-5450", "DOCK-1"]
    assert [it.item.id for it in there.quote.lines] == [it.item.id for it in asked.lines]
    assert len(there.world.memory.quotes) == 1
    return [it["path"].removeprefix("/api/v1/quotes") for it in await there.posts()]


async def test_lines_are_added_by_a_second_call(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    assert await run_due(there.world) == JobResult.DONE
    assert len(await confirmed_once(there, asked)) == 2


@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ({"mode": "status", "status": 500}, 2),
        ({"mode": "drop"}, 2),
        ({"mode": "garbage"}, 2),
        ({"mode": "accept_then_drop"}, 1),
        ({"mode": "slow_after", "seconds": 1}, 1),
    ],
)
async def test_a_second_call_that_fails_is_repeated_once_it_is_known_to_be_without_effect(there, fault, calls):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(verb="POST", path=LINES, **fault)
    assert await run_due(there.world) == JobResult.FAILED
    assert there.settlement[0] == OriginChangeStatus.SENT
    await run_after(there.world, 10)
    assert len(await there.posts()) == 2
    await run_after(there.world, 100)
    assert len(await confirmed_once(there, asked)) == 1 + calls


async def test_a_second_call_that_arrives_late_is_not_repeated(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="drop", verb="POST", path=LINES)
    await run_due(there.world)
    await run_after(there.world, 10)
    # Now the request that was lost is carried out there.
    [quote, lines] = await there.posts()
    headers = {"x-api-key": "k", "Content-Type": quote["headers"]["Content-Type"]}
    url = f"{there.emulated.url}{lines['path']}"
    async with there.emulated.session.post(url, json=lines["body"], headers=headers) as answer:
        assert answer.status == 200
    await run_after(there.world, 100)
    assert len(await confirmed_once(there, asked)) == 3


async def test_several_failures_one_after_the_other_still_add_each_line_once(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="status", status=500, verb="POST", path=LINES, times=2)
    await until_done(there)
    assert len(await confirmed_once(there, asked)) == 4


@pytest.mark.parametrize("later", [True, False])
async def test_after_the_first_of_several_lines_only_the_others_are_added(there, later):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.control("lines", {"later": later, "most": 1})
    await run_due(there.world)
    if later:
        assert (await skus_there(there), there.settlement[0]) == (["LAT-5450"], OriginChangeStatus.SENT)
        await run_after(there.world, 10)
        await run_after(there.world, 100)
    await confirmed_once(there, asked)
    sent = [it["body"] for it in await there.posts() if it["path"].endswith("line_items")]
    assert [[it["sku"] for it in lines] for lines in sent] == ([["LAT-5450", "DOCK-1"], ["DOCK-1"]] if later else [])


async def test_a_process_that_ends_between_the_calls_leaves_a_quote_that_gets_its_lines(there, monkeypatch):
    asked = a_new_quote(there.system)
    await there.ask(asked)

    async def killed(*_):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(there.world.systems.system, "add_lines", killed)
        with pytest.raises(Killed):
            await run_due(there.world)
    assert (await skus_there(there), there.settlement[0]) == ([], OriginChangeStatus.SENT)
    await until_done(there)
    assert len(await confirmed_once(there, asked)) == 2


async def test_a_reading_between_the_calls_confirms_nothing_and_takes_no_line_away(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="status", status=500, verb="POST", path=LINES)
    await run_due(there.world)
    await there.read()
    assert (there.settlement[0], len(there.quote.lines)) == (OriginChangeStatus.SENT, 2)
    assert there.world.memory.origins == {}
    await until_done(there)
    assert len(await confirmed_once(there, asked)) == 3


async def test_a_quote_that_never_gets_its_lines_is_void_and_the_one_there_once_it_is_read(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="status", status=500, verb="POST", path=LINES, times=100)
    await until_done(there)
    await until_done(there)
    status, reason = there.settlement
    assert (status, "could not be sent" in (reason or "")) == (OriginChangeStatus.REFUSED, True)
    await there.read()
    assert (there.quote.quote.id, there.quote.lines) == (asked.quote.id, ())


class Killed(BaseException):
    """The process ends here."""
