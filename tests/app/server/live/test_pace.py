"""The pace of subscriptions: requests in between have the event loop for longer than one turn."""

import asyncio

from app.server.live.pace import Pace


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


async def test_a_slice_begins_anew_after_each_pause():
    pace = Pace()
    pace.begin()
    while not pace.is_over:
        pass
    await pace.pause()
    assert not pace.is_over
