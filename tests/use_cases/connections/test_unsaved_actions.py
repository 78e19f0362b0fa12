"""Device actions that were created in a connected system, of which the record cannot be saved here."""

from dataclasses import replace

from domain.inventory.device_actions import DeviceActionStatus
from domain.shared.jobs import JobResult
from tests.use_cases.connections.actions_there import asked, read, run_after, the_action


async def unsaved(attempts):
    """A world after attempts to create an action that was created, of which the record could not be saved."""
    world = await asked()
    there = world.systems.system
    create = there.create_device_action

    async def create_wrongly(action):
        there.actions = [replace(await create(action), times=None)]
        return there.actions[0]

    there.create_device_action = create_wrongly
    for _ in range(attempts):
        await run_after(world, 100)
    return world


def repaired(world):
    """The record can be saved from now on."""
    world.systems.system.actions = [replace(world.systems.system.actions[0], times={})]


async def test_the_next_attempt_finds_the_action_and_saves_it():
    world = await unsaved(attempts=1)
    [problem] = world.memory.connection_problems.values()
    assert problem.reason.startswith("The record could not be saved here")
    assert the_action(world).status == DeviceActionStatus.PENDING
    repaired(world)
    assert await run_after(world, 10) == JobResult.DONE
    assert (the_action(world).status, len(world.systems.system.asked)) == (DeviceActionStatus.IN_PROGRESS, 1)


async def test_one_that_no_attempt_could_save_is_cancelled_and_a_comment_says_that_it_is_there():
    world = await unsaved(attempts=5)
    [comment] = world.memory.comments
    assert the_action(world).status == DeviceActionStatus.CANCELLED
    assert comment.message.startswith("The action was created there, but its record could not be saved here.")
    assert world.systems.system.done == 1
    repaired(world)
    await read(world)
    assert the_action(world).status == DeviceActionStatus.IN_PROGRESS
