"""Being told that something was committed, in this process and in another one."""

import asyncio

import pytest

from adapters.database.core.engine import Database, open_database
from adapters.signals.carrier import messages, tenants_in
from adapters.signals.signals import Signals
from adapters.signals.wake_up import WakeUp
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent
from tests.builders import ANA, NOW
from tests.databases import LIVE, a_company, dependencies_on
from tests.e2e.processes import eventually
from tests.nats_servers import nats_server
from tests.patience import PATIENCE


async def rings(wake_up: WakeUp) -> bool:
    """Whether it rings before our patience ends."""
    try:
        async with asyncio.timeout(PATIENCE):
            await wake_up.wait()
    except TimeoutError:
        return False
    return True


async def rang(wake_up: WakeUp) -> bool:
    """Whether it has rung by now."""
    on_notification = asyncio.create_task(wake_up.wait())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    if not on_notification.done():
        on_notification.cancel()
        return False
    return True


async def recorded(database: Database, tenant_id: int) -> None:
    """Something happens to a tenant, written by a process that tells nobody."""
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        work.record(NewEvent(EventType.QUOTE_ITEM_PRICED, tenant_id, NodeRef("Quote", "q"), ANA, NOW))
        await work.commit()


async def test_a_commit_wakes_listeners_and_workers_of_its_own_process_at_once(database):
    company = await a_company(database)
    async with Signals(database, poll_seconds=PATIENCE * 6) as signals:
        with signals.listen(company.live) as wake_up:
            signals.committed({company.live})
            assert await rang(wake_up)
            assert await rang(signals.jobs)


async def test_a_listener_hears_only_of_its_tenant(database):
    company = await a_company(database)
    async with Signals(database, poll_seconds=PATIENCE * 6) as signals:
        with signals.listen(company.live) as wake_up:
            signals.committed({company.test})
            assert not await rang(wake_up)


async def test_who_listens_to_all_tenants_is_told_which_have_news(database):
    company = await a_company(database)
    async with Signals(database, poll_seconds=PATIENCE * 6) as signals:
        with signals.listen_to_all() as wake_up:
            signals.committed({company.live})
            signals.committed({company.test})
            assert await wake_up.wait(PATIENCE) == {company.live, company.test}
            # A commit without events, such as one of jobs only, concerns nobody who listens.
            signals.committed(set())
            assert await wake_up.wait(0) == set()


async def test_who_listens_to_all_tenants_finds_the_news_of_another_process_by_looking(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, poll_seconds=0.02) as signals:
        with signals.listen_to_all() as wake_up:
            assert {company.live, company.test} <= await wake_up.wait(PATIENCE)
            await recorded(other, company.live)
            assert await wake_up.wait(PATIENCE) == {company.live}
    await other.close()


async def test_a_listener_that_left_is_forgotten(database):
    company = await a_company(database)
    async with Signals(database, poll_seconds=PATIENCE * 6) as signals:
        with signals.listen(company.live) as wake_up:
            pass
        signals.committed({company.live})
        assert not await rang(wake_up)


async def test_what_rings_while_the_listener_is_busy_is_heard_once_afterwards():
    wake_up = WakeUp()
    wake_up.notify()
    wake_up.notify()
    assert await rang(wake_up)
    assert not await rang(wake_up)


async def test_the_news_of_another_process_is_found_by_looking(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, poll_seconds=0.02) as signals:
        with signals.listen(company.live) as wake_up:
            # A listener that has never looked is rung once, since it cannot know what it missed.
            assert await rings(wake_up)
            await recorded(other, company.live)
            assert await rings(wake_up)
    await other.close()


async def test_while_nats_is_away_the_news_of_another_process_is_found_by_looking_and_counted(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, "nats://localhost:1", poll_seconds=0.02) as signals:
        with signals.listen(company.live) as wake_up:
            assert await rings(wake_up)
            await recorded(other, company.live)
            assert await rings(wake_up)
        assert signals.figures() == ("nats", False, 0, 0, 1)
    await other.close()


async def test_processes_of_one_database_tell_each_other_by_nats(database, tmp_path):
    company = await a_company(database)
    async with (
        nats_server(tmp_path) as server,
        Signals(database, server.url(), PATIENCE * 6) as here,
        Signals(database, server.url(), PATIENCE * 6) as there,
    ):
        with here.listen(company.live) as wake_up:
            await eventually(lambda: here.figures().connected and there.figures().connected)
            # It looked at the log when it had connected.
            assert await rings(wake_up)
            there.committed({company.live})
            assert await rings(wake_up)
        assert (there.figures().sent, here.figures().received) == (1, 1)


def test_a_signal_of_many_tenants_fits_into_messages_as_postgresql_limits_them():
    tenant_ids = set(range(10**9, 10**9 + 1234))
    sent = list(messages(tenant_ids))
    assert max(map(len, sent)) < 8000
    assert frozenset().union(*map(tenants_in, sent)) == tenant_ids


def test_a_signal_of_new_jobs_is_a_message_without_tenants():
    assert [tenants_in(it) for it in messages(set())] == [frozenset()]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
async def test_on_postgresql_another_process_is_told_long_before_it_looks(database):
    company = await a_company(database)
    other = open_database(database.url.render_as_string(hide_password=False))
    async with Signals(database, poll_seconds=PATIENCE * 6) as here, Signals(other, poll_seconds=PATIENCE * 6) as there:
        with here.listen(company.live) as wake_up:
            on_notification = asyncio.create_task(wake_up.wait())
            async with asyncio.timeout(PATIENCE):
                # The connection that listens opens in its own time: tell until it hears.
                while not on_notification.done():
                    there.committed({company.live})
                    await asyncio.wait({on_notification}, timeout=0.05)
    await other.close()
