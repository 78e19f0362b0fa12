"""Being told that something was committed, in this process and in another one."""

import asyncio

import pytest

from adapters.database.core.engine import Database, open_database
from adapters.signals import Bell, Signals
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from tests.builders import ANA, NOW
from tests.databases import LIVE, a_company, a_house

# Long enough for a busy machine; a test that passes never waits for it.
PATIENCE = 10


async def rings(bell: Bell) -> bool:
    """Whether it rings before our patience ends."""
    started = asyncio.get_running_loop().time()
    await bell.wait(PATIENCE)
    return asyncio.get_running_loop().time() - started < PATIENCE


async def rang(bell: Bell) -> bool:
    """Whether it has rung by now."""
    heard = asyncio.create_task(bell.wait())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not heard.done():
        heard.cancel()
        return False
    return True


async def recorded(database: Database, tenant_id: int) -> None:
    """Something happens to a tenant, written by a process that tells nobody."""
    async with a_house(database).begin(LIVE) as work:
        work.record(NewEvent(EventType.QUOTE_ITEM_PRICED, tenant_id, NodeRef("Quote", "q"), ANA, NOW))
        await work.commit()


async def test_a_commit_wakes_listeners_and_workers_of_its_own_process_at_once(database):
    company = await a_company(database)
    async with Signals(database, look_every=PATIENCE * 6) as signals:
        with signals.listen(company.live) as bell:
            signals.committed({company.live})
            assert await rang(bell)
            assert await rang(signals.jobs)


async def test_a_listener_hears_only_of_its_tenant(database):
    company = await a_company(database)
    async with Signals(database, look_every=PATIENCE * 6) as signals:
        with signals.listen(company.live) as bell:
            signals.committed({company.test})
            assert not await rang(bell)


async def test_a_listener_that_left_is_forgotten(database):
    company = await a_company(database)
    async with Signals(database, look_every=PATIENCE * 6) as signals:
        with signals.listen(company.live) as bell:
            pass
        signals.committed({company.live})
        assert not await rang(bell)


async def test_what_rings_while_the_listener_is_busy_is_heard_once_afterwards():
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await rang(bell)
    assert not await rang(bell)


async def test_the_news_of_another_process_is_found_by_looking(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, look_every=0.02) as signals:
        with signals.listen(company.live) as bell:
            # A listener that has never looked is rung once, since it cannot know what it missed.
            assert await rings(bell)
            await recorded(other, company.live)
            assert await rings(bell)
    await other.close()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_on_postgresql_another_process_is_told_long_before_it_looks(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, look_every=PATIENCE * 6) as here, Signals(other, look_every=PATIENCE * 6) as there:
        with here.listen(company.live) as bell:
            heard = asyncio.create_task(bell.wait())
            async with asyncio.timeout(PATIENCE):
                # The connection that listens opens in its own time: tell until it hears.
                while not heard.done():
                    there.committed({company.live})
                    await asyncio.wait({heard}, timeout=0.05)
    await other.close()
