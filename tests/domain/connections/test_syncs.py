"""When everything in a connected system is read again, and not only what has changed."""

from datetime import timedelta
from itertools import pairwise

import pytest

from domain.connections.connections import Connection
from domain.connections.syncs import after_collection, begun
from domain.connections.systems import COLLECTIONS, System
from tests.builders import NOW, a_connection

DAY, OFTEN = timedelta(days=1), timedelta(minutes=5)


def read_through(connection: Connection, until: timedelta, interval: timedelta) -> list[timedelta]:
    """Reads a system every five minutes; returns when everything was read."""
    full, passed = [], timedelta()
    while passed < until:
        connection = begun(connection, NOW + passed, interval)
        if connection.sync_full:
            full.append(passed)
        for _ in COLLECTIONS[System(connection.system)]:
            connection = after_collection(connection, NOW + passed)
        passed += OFTEN
    return full


def test_everything_is_read_first_and_then_once_a_day():
    first, *later = read_through(a_connection(), 5 * DAY, DAY)
    assert (first, len(later)) == (timedelta(), 5)
    assert {after - before for before, after in pairwise(later)} == {DAY}


def test_each_connection_has_a_time_of_its_own():
    connections = [a_connection(id=f"connection-{number}") for number in range(200)]
    hours = [read_through(it, DAY + OFTEN, DAY)[1] // timedelta(hours=1) for it in connections]
    assert set(hours) >= set(range(24))
    assert max(hours.count(it) for it in set(hours)) <= 20


def test_a_reading_that_was_missed_is_made_up_for_once():
    read = a_connection(sync_full=False, last_synced_at=NOW, sync_started_at=NOW)
    late = begun(read, NOW + 3 * DAY, DAY)
    done = late._replace(sync_full=False, sync_collection=None)
    assert (late.sync_full, begun(done, NOW + 3 * DAY + OFTEN, DAY).sync_full) == (True, False)


@pytest.mark.parametrize("interval", [timedelta(), DAY])
def test_a_reading_that_is_under_way_goes_on_as_it_began(interval):
    partial = begun(a_connection(sync_full=False, last_synced_at=NOW, sync_started_at=NOW), NOW)
    assert begun(partial, NOW + 3 * DAY, interval).sync_full is False


def test_without_an_interval_everything_is_read_on_request_only():
    assert read_through(a_connection(), 3 * DAY, timedelta()) == [timedelta()]
