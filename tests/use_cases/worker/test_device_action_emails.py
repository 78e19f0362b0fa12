"""Letters about device actions: to whom they go, at which steps, and what they say; and what the vendor's word adds to
the history."""

from dataclasses import replace

import pytest

from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.shared.access import Scope
from domain.shared.messages import Email, EmailKind
from domain.use_cases.inventory.assets import AddAssets, add_assets
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    SetTracking,
    advance_device_action,
    cancel_device_action,
    complete_wipe,
    set_tracking,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from domain.use_cases.worker import dispatch
from tests.builders import a_caller
from tests.claiming import claim_one
from tests.fakes.storage import World

CALLER = a_caller(scopes=frozenset(Scope))
ANA = DeviceUserDraft("Ana", "ana@people.example")
BRUNO = DeviceUserDraft("Bruno", "bruno@people.example", "BR")
TOLD = ("it@austral.example", "hr@austral.example")
PARCEL = "https://carrier.example/1"


async def an_action(
    kind: DeviceActionType = DeviceActionType.REASSIGN, wipe: bool = False, to: tuple[str, ...] = TOLD
) -> tuple[World, str]:
    """A world where an action with a laptop was asked for, and its id."""
    world = World()
    draft = AssetDraft("S-1", "laptop", "UY", "MacBook Pro 14", "ana@people.example")
    await add_assets(world.deps, CALLER, AddAssets([draft]))
    world.external.mover.hardware = {"S-1": "H-S-1"}
    new = BRUNO if kind == DeviceActionType.REASSIGN else None
    action = DeviceActionDraft(kind, "S-1", ANA, new, wipe, notification_emails=to)
    made = await create_device_actions(world.deps, CALLER, CreateActions([action]))
    [action_id] = made.ids_of("DeviceAction")
    return world, action_id


async def deliver(world: World) -> list[Email]:
    """Run what is due; the letters that went out since the last time."""
    before = len(world.external.mail.letters)
    while (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)
    return world.external.mail.letters[before:]


def said(letters: list[Email]) -> set[tuple[str, str | None]]:
    return {(it.to, it.state) for it in letters}


async def advance(world: World, action_id: str, to: DeviceActionStatus) -> list[Email]:
    world.clock.move(minutes=1)
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(action_id, to))
    return await deliver(world)


async def test_whoever_is_named_hears_when_an_action_begins_is_on_its_way_and_is_done():
    world, action_id = await an_action()
    begun = await deliver(world)
    await set_tracking(world.deps, CALLER, SetTracking(action_id, "T-1", PARCEL))
    sent = await advance(world, action_id, DeviceActionStatus.IN_TRANSIT)
    done = await advance(world, action_id, DeviceActionStatus.COMPLETED)

    for letters, state in ((begun, "has begun"), (sent, "is on its way"), (done, "is done")):
        assert {it.kind for it in letters} == {EmailKind.DEVICE_ACTION}
        assert said(letters) == {(address, state) for address in TOLD}
        assert len(letters) == 2


async def test_a_letter_says_which_device_from_whom_to_whom_and_how_to_follow_it():
    world, action_id = await an_action()
    await set_tracking(world.deps, CALLER, SetTracking(action_id, "T-1", PARCEL))
    email = (await advance(world, action_id, DeviceActionStatus.IN_TRANSIT))[-1]

    [action] = world.memory.actions.values()
    assert (email.number, email.company) == (action.action_id, "Austral")
    assert [(it.label, it.value) for it in email.facts] == [
        ("Action", f"{action.action_id}, Reassign"),
        ("Company", "Austral"),
        ("Device", "MacBook Pro 14 · S-1"),
        ("With", "Ana"),
        ("Goes to", "Bruno"),
        ("Tracking", PARCEL),
    ]


async def test_a_tracking_link_that_comes_after_the_parcel_left_is_told_too():
    world, action_id = await an_action(to=TOLD[:1])
    await advance(world, action_id, DeviceActionStatus.IN_TRANSIT)
    world.clock.move(minutes=1)
    await set_tracking(world.deps, CALLER, SetTracking(action_id, None, PARCEL))

    [email] = await deliver(world)
    assert email.state == "is on its way"
    assert ("Tracking", PARCEL) in [(it.label, it.value) for it in email.facts]


async def test_a_parcel_that_came_back_and_leaves_again_is_told_again():
    world, action_id = await an_action(to=TOLD[:1])
    await advance(world, action_id, DeviceActionStatus.IN_TRANSIT)
    back = await advance(world, action_id, DeviceActionStatus.IN_PROGRESS)
    again = await advance(world, action_id, DeviceActionStatus.IN_TRANSIT)
    assert ([it.state for it in back], [it.state for it in again]) == ([], ["is on its way"])


async def test_an_action_that_is_called_off_is_told_once():
    world, action_id = await an_action()
    await deliver(world)
    for _ in range(2):
        await cancel_device_action(world.deps, CALLER, CancelDeviceAction(action_id))
    assert said(await deliver(world)) == {(address, "was called off") for address in TOLD}


async def test_wiping_and_tracking_ahead_of_the_parcel_send_nothing():
    world, action_id = await an_action(DeviceActionType.RETRIEVAL, wipe=True)
    await deliver(world)
    await complete_wipe(world.deps, CALLER, CompleteWipe(action_id))
    await set_tracking(world.deps, CALLER, SetTracking(action_id, "T-1"))
    assert await deliver(world) == []


async def test_nobody_is_written_to_where_nobody_is_named_or_nothing_is_done():
    world, action_id = await an_action(to=())
    await advance(world, action_id, DeviceActionStatus.IN_TRANSIT)
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(action_id, dry_run=True))
    assert await deliver(world) == []


async def test_what_the_vendor_does_is_asked_for_then_begun_on_its_way_and_done():
    world, _ = await an_action(DeviceActionType.RETRIEVAL, wipe=True, to=TOLD[:1])
    told = [it.state for it in await deliver(world)]
    made = world.external.mover.made
    made["M-1"] = replace(made["M-1"], tracking_link=PARCEL)
    world.clock.move(hours=2)
    told += [it.state for it in await deliver(world)]
    made["M-1"] = replace(made["M-1"], status="ARCHIVED", completed=True)
    world.clock.move(hours=2)
    told += [it.state for it in await deliver(world)]

    assert told == ["was asked for", "is on its way", "is done"]


async def test_the_vendors_tracking_and_wipe_are_told_as_events_of_their_own():
    world, action_id = await an_action(DeviceActionType.RETRIEVAL, wipe=True)
    await deliver(world)
    before = len(world.memory.events)
    made = world.external.mover.made
    made["M-1"] = replace(made["M-1"], tracking_link=PARCEL, status="ARCHIVED", completed=True)
    world.clock.move(hours=2)
    await deliver(world)

    told = world.memory.events[before:]
    assert {"DEVICE_ACTION_TRACKING_ADDED", "DEVICE_ACTION_WIPED", "DEVICE_ACTION_COMPLETED"} <= {
        it.type for it in told
    }
    assert {it.actor.name for it in told} == {"Tecspal"}
    assert {it.node.id for it in told if it.type.startswith("DEVICE_ACTION")} == {action_id}


@pytest.mark.parametrize(
    ("code", "link", "kept"),
    [("T-2", None, ("T-2", PARCEL)), (None, PARCEL + "0", ("T-1", PARCEL + "0"))],
)
async def test_tracking_that_is_left_out_stays_as_it_was(code, link, kept):
    world, action_id = await an_action()
    await set_tracking(world.deps, CALLER, SetTracking(action_id, "T-1", PARCEL))
    await set_tracking(world.deps, CALLER, SetTracking(action_id, code, link))
    [action] = world.memory.actions.values()
    assert (action.tracking_code, action.tracking_link) == kept
