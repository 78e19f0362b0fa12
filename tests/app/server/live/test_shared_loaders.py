"""Who shares what is read to answer an event."""

import pytest

from app.server.live import shared_loaders
from app.server.live.shared_loaders import FRESH_SECONDS, MOST_EVENTS, SharedLoaders
from domain.shared.access import Environment, TenantScope
from domain.shared.events import EventType
from tests.app.server.live.support import Log

OWN = TenantScope(Environment.LIVE, 1)


@pytest.fixture
def now(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(shared_loaders, "monotonic", lambda: clock[0])
    return clock


def test_those_who_see_the_same_rows_share_what_they_read_for_an_event():
    log, shared = Log(), SharedLoaders()
    first, second = log.happens(), log.happens()
    loaders = shared.of(first, OWN)
    assert shared.of(first, OWN) is loaders
    assert shared.of(second, OWN) is not loaders
    assert shared.of(first, TenantScope(Environment.LIVE, None)) is not loaders


def test_what_was_read_some_time_ago_is_not_shared(now):
    log, shared = Log(), SharedLoaders()
    event = log.happens()
    loaders = shared.of(event, OWN)
    now[0] += FRESH_SECONDS
    assert shared.of(event, OWN) is not loaders


def test_the_current_state_is_read_anew():
    shared, event = SharedLoaders(), Log().happens(type_=EventType.CURRENT_STATE)
    assert shared.of(event, OWN) is not shared.of(event, OWN)


def test_only_the_latest_events_are_kept(now):
    log, shared = Log(), SharedLoaders()
    for _ in range(MOST_EVENTS * 2):
        shared.of(log.happens(), OWN)
    assert len(shared._kept) == MOST_EVENTS
    now[0] += FRESH_SECONDS
    shared.of(log.happens(), OWN)
    assert len(shared._kept) == 1
