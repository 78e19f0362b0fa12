"""Device actions on devices of a connected system: created there once, whatever happens, and one action here."""

from dataclasses import replace

import pytest

from domain.connections.changes import NotSupportedByOrigin
from domain.connections.connections import ConnectionStatus
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import (
    CommentDraft,
    OfficeDraft,
)
from domain.inventory.device_actions import DeviceActionStatus
from domain.shared.access import ActorType
from domain.shared.errors import ErrorCode
from domain.shared.jobs import JobResult, JobType
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.inventory.assets import AddAssets, add_assets
from domain.use_cases.inventory.device_actions import (
    AddComment,
    CancelDeviceAction,
    add_comment,
    cancel_device_action,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from tests.fakes.connected_systems import Call
from tests.use_cases.connections.actions_there import (
    ACTS,
    CALLER,
    a_draft,
    a_world,
    ask,
    asked,
    read,
    run_after,
    run_due,
    the_action,
)
from tests.use_cases.quotes.support import refused


async def test_the_action_waits_for_the_system_and_nothing_is_asked_of_tecspal():
    world = await asked(notification_emails=("cfo@austral.example",))
    action = the_action(world)
    [connection_id] = world.memory.connections
    assert (action.status, action.connection_id) == (DeviceActionStatus.PENDING, connection_id)
    assert (world.memory.movements, world.memory.job_keys) == ({}, [f"action-there:{action.id}"])
    assert world.systems.system.asked == []


async def test_the_answer_makes_it_the_action_there():
    world = await asked(notes="Soon", notification_emails=("cfo@austral.example",))
    before = the_action(world)
    assert await run_due(world) == JobResult.DONE
    [sent] = world.systems.system.asked
    assert (sent.type, sent.serial_number, sent.new_recipient.email) == ("ASSIGN", "S-1", "bo@people.example")
    assert (sent.notes, sent.notification_emails, sent.reference) == ("Soon", ("cfo@austral.example",), before.id)
    after = the_action(world)
    assert (after.id, after.action_id, after.status) == (before.id, "AST00000001", DeviceActionStatus.IN_PROGRESS)
    assert world.memory.origins[after.id].external_id == "there-1"
    assert world.memory.event_types.count("DEVICE_ACTION_CREATED") == 1
    await read(world)
    assert the_action(world) == after


@pytest.mark.parametrize("does", [True, False])
async def test_a_worker_that_dies_between_the_call_and_its_record_creates_one_action(does):
    world = await asked()
    world.systems.system.answers = [Call(does=does, failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)
    for _ in range(3):
        await run_after(world, 100)
    assert (the_action(world).status, world.systems.system.done) == (DeviceActionStatus.IN_PROGRESS, 1)
    assert len(world.systems.system.asked) == (1 if does else 2)
    await read(world)
    assert the_action(world).action_id == "AST00000001"


async def test_a_reading_that_comes_before_the_answer_finds_the_action_and_it_is_not_sent_again():
    world = await asked()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    assert await run_due(world) == JobResult.FAILED
    await read(world)
    assert the_action(world).status == DeviceActionStatus.IN_PROGRESS
    await run_after(world, 1_000)
    assert len(world.systems.system.asked) == 1


async def test_an_action_that_is_refused_there_is_cancelled_and_a_comment_says_why():
    world = await asked()
    world.systems.system.answers = [Call(does=False, failure=Refused("POST /x: 409", 409, "It has an active action."))]
    await run_due(world)
    [comment] = world.memory.comments
    assert (the_action(world).status, comment.message) == (DeviceActionStatus.CANCELLED, "It has an active action.")
    assert (comment.user_name, comment.source) == ("Their quotes", "quipteams")
    event = world.memory.events[-1]
    assert (event.type, event.actor.kind) == ("DEVICE_ACTION_CANCELLED", ActorType.SYSTEM)
    assert len(world.memory.jobs) == 1


async def test_an_action_that_could_not_be_sent_is_cancelled_and_is_right_again_if_it_arrived_after_all():
    world = await asked()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    await run_due(world)
    lost, world.systems.system.actions = list(world.systems.system.actions), []
    world.systems.system.answers = [Call(does=False, failure=Unavailable("down", 503))] * 9
    for _ in range(5):
        await run_after(world, 100)
    [comment] = world.memory.comments
    assert (the_action(world).status, comment.message) == (
        DeviceActionStatus.CANCELLED,
        "The system answers with 503.",
    )
    world.systems.system.actions = lost
    await read(world)
    assert the_action(world).status == DeviceActionStatus.IN_PROGRESS


async def test_wrong_credentials_do_not_refuse_the_action():
    world = await asked()
    world.systems.system.answers = [Call(does=False, failure=Refused("no such key", 401))]
    assert await run_due(world) == JobResult.FAILED
    assert the_action(world).status == DeviceActionStatus.PENDING
    await run_after(world, 10)
    assert the_action(world).status == DeviceActionStatus.IN_PROGRESS


async def test_a_copy_that_somebody_makes_there_is_an_action_of_its_own():
    world = await asked()
    await run_due(world)
    done = replace(world.systems.system.actions[0], status=DeviceActionStatus.COMPLETED)
    copied = replace(done, external_id="copy", number="AST00000009")
    for records in ([done], [done, copied]):
        world.systems.system.actions = records
        await read(world)
    assert {it.action_id for it in world.memory.actions.values()} == {"AST00000001", "AST00000009"}


async def test_a_number_that_another_action_has_is_not_taken_over():
    world = await asked()
    other = the_action(world)._replace(id="other", action_id="AST00000001", status=DeviceActionStatus.COMPLETED)
    world.memory.actions["other"] = other
    await run_due(world)
    [action] = [it for it in world.memory.actions.values() if it.id != "other"]
    assert (action.status, action.action_id) == (DeviceActionStatus.IN_PROGRESS, "DA-2026-0001")
    done = replace(world.systems.system.actions[0], status=DeviceActionStatus.COMPLETED)
    world.systems.system.actions = [done]
    await read(world)
    [action] = [it for it in world.memory.actions.values() if it.id != "other"]
    assert (action.status, action.action_id) == (DeviceActionStatus.COMPLETED, "DA-2026-0001")


async def test_a_number_that_an_action_of_a_system_has_is_not_given_to_one_of_ours():
    world = await asked()
    await run_due(world)
    theirs = the_action(world)._replace(status=DeviceActionStatus.COMPLETED)
    numbers = [f"DA-2026-{it:04}" for it in range(1, 8)]
    world.memory.actions = {it: theirs._replace(id=it, action_id=it) for it in numbers}
    world.memory.action_numbers.clear()
    made = await ask(world)
    assert world.memory.actions[made].action_id not in numbers


async def test_an_action_of_a_connection_that_has_ended_can_be_cancelled_here():
    world = await asked()
    await run_due(world)
    [connection] = world.memory.connections.values()
    world.memory.connections[connection.id] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await cancel_device_action(world.deps, CALLER, CancelDeviceAction(the_action(world).id))
    assert the_action(world).status == DeviceActionStatus.CANCELLED


@pytest.mark.parametrize("name", ACTS)
async def test_what_the_system_has_no_call_for_is_refused(name):
    world = await asked()
    await run_due(world)
    before = the_action(world)
    run, command = ACTS[name](before.id)
    with pytest.raises(NotSupportedByOrigin, match="quipteams"):
        await run(world.deps, CALLER, command)
    assert the_action(world) == before


async def test_a_comment_is_ours_everywhere():
    world = await asked()
    await add_comment(world.deps, CALLER, AddComment(the_action(world).id, CommentDraft("Soon")))
    assert [it.message for it in world.memory.comments] == ["Soon"]


async def test_a_device_goes_to_no_office_of_a_connected_system():
    world = await a_world()
    draft = a_draft(new_recipient=None, new_office=OfficeDraft("Montevideo"))
    assert await refused(create_device_actions(world.deps, CALLER, CreateActions([draft]))) == (
        ErrorCode.NOT_SUPPORTED_BY_ORIGIN,
        ("newOffice",),
    )


async def test_what_came_from_a_connection_that_has_ended_is_ours_and_so_is_a_device_of_ours():
    world = await a_world()
    [(id_, connection)] = world.memory.connections.items()
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await add_assets(world.deps, CALLER, AddAssets([AssetDraft("S-2", "laptop", "UY", "MacBook")]))
    drafts = [a_draft(), a_draft("S-2")]
    await create_device_actions(world.deps, CALLER, CreateActions(drafts, batch=True))
    assert [it.connection_id for it in world.memory.actions.values()] == [None, None]
    assert JobType.CREATE_ACTION_THERE not in {it.kind for it in world.memory.jobs.values()}


async def test_an_action_waits_for_a_paused_connection_and_is_cancelled_by_one_that_ended():
    world = await asked()
    [(id_, connection)] = world.memory.connections.items()
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.PAUSED)
    assert await run_due(world) == JobResult.WAITS
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await run_after(world, 60)
    assert (the_action(world).status, world.systems.system.asked) == (DeviceActionStatus.CANCELLED, [])


class Killed(BaseException):
    """The process ends here."""
