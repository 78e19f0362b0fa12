"""The pace of subscriptions: requests in between have the event loop for longer than one turn."""

import asyncio

from app.server.live.pace import BUSY_SLICE, IDLE_SLICE, Pace


async def turns_during_a_pause(pace: Pace) -> int:
    """How often others have a turn."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(others())
    await pace.pause()
    running.cancel()
    return turns


async def test_without_requests_everything_else_has_one_turn_between_slices():
    assert await turns_during_a_pause(Pace()) == 1


async def test_while_requests_are_under_way_others_have_many_turns_between_slices():
    assert await turns_during_a_pause(Pace(lambda: True)) > 3


async def test_a_slice_is_a_number_of_subscriptions_smaller_while_requests_are_under_way():
    assert (sent_in_a_slice(Pace()), sent_in_a_slice(Pace(lambda: True))) == (IDLE_SLICE, BUSY_SLICE)
    assert BUSY_SLICE < IDLE_SLICE


async def test_a_slice_begins_anew_after_each_pause():
    pace = Pace()
    sent_in_a_slice(pace)
    await pace.pause()
    assert not pace.sent()


def sent_in_a_slice(pace: Pace) -> int:
    pace.begin()
    sent = 1
    while not pace.sent():
        sent += 1
    return sent
