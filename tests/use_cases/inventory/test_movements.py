"""Movement requests: placed once for each action that the vendor can do, and followed to the action's end."""

from dataclasses import replace

import pytest

from domain.inventory.assets import AssetDraft, AssetStatus, Holder, in_use
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft, OverrideDraft
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType, WrongActionStatus
from domain.inventory.movements import MovementStatus, MovementType
from domain.shared.access import Scope
from domain.shared.ids import global_id
from domain.shared.jobs import Job, JobStatus, JobType
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.inventory.assets import AddAssets, add_assets
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    CancelDeviceAction,
    advance_device_action,
    cancel_device_action,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.worker.dispatch import run
from tests.builders import NOW, a_caller
from tests.claiming import claim_one
from tests.fakes.storage import World

CALLER = a_caller(scopes=frozenset(Scope))
ANA = DeviceUserDraft("Ana", "ana@people.example")
BRUNO = DeviceUserDraft("Bruno", "bruno@people.example", "BR")


async def a_world(*serials: str, owner: str | None = "ana@people.example") -> World:
    """Devices that the vendor has too."""
    world = World()
    drafts = [AssetDraft(serial, "laptop", "UY", "MacBook", owner) for serial in serials or ("S-1",)]
    await add_assets(world.deps, CALLER, AddAssets(drafts))
    world.external.mover.hardware = {serial: f"H-{serial}" for serial in serials or ("S-1",)}
    return world


async def ask(world: World, *serials: str, kind: DeviceActionType = DeviceActionType.RETRIEVAL, wipe: bool = False):
    drafts = [
        DeviceActionDraft(kind, serial, ANA, BRUNO if kind in ("ASSIGN", "REASSIGN") else None, wipe)
        for serial in serials or ("S-1",)
    ]
    return await create_device_actions(world.deps, CALLER, CreateActions(drafts, batch=True))


async def work(world: World, kind: JobType | None = None) -> list[Job]:
    """Every job that is due, once."""
    done = []
    while (job := await claim_one(world.deps.jobs, "test", world.clock())) is not None:
        assert kind is None or job.kind == kind
        await run(world.deps, job)
        done.append(job)
        assert len(done) < 50
    return done


def only(things):
    [it] = things.values()
    return it


@pytest.mark.parametrize(
    ("kind", "owner", "movement", "person"),
    [
        (DeviceActionType.RETRIEVAL, "ana@people.example", MovementType.OFFBOARDING, "ana@people.example"),
        (DeviceActionType.STORE, "ana@people.example", MovementType.OFFBOARDING, "ana@people.example"),
        (DeviceActionType.ASSIGN, None, MovementType.ONBOARDING, "bruno@people.example"),
    ],
)
async def test_what_the_vendor_can_do_waits_for_it_and_is_placed(kind, owner, movement, person):
    world = await a_world(owner=owner)
    await ask(world, kind=kind)
    assert only(world.memory.actions).status == DeviceActionStatus.PENDING

    await work(world, JobType.PLACE_MOVEMENT)

    [post] = world.external.mover.posts
    assert (post.kind, post.employee_email, post.hardware_id) == (movement, person, "H-S-1")
    assert post.country_code == ("BR" if owner is None else "UY")
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS
    assert only(world.memory.movements).vendor_movement_id == "M-1"


@pytest.mark.parametrize(
    ("kind", "owner"),
    [
        (DeviceActionType.REASSIGN, "ana@people.example"),
        (DeviceActionType.DISPOSE, None),
    ],
)
async def test_what_the_vendor_cannot_do_is_an_operators_from_the_start(kind, owner):
    world = await a_world(owner=owner)
    await ask(world, kind=kind)
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS
    assert world.memory.movements == {}
    assert await work(world) == []


async def test_a_device_the_vendor_does_not_have_is_an_operators():
    world = await a_world()
    world.external.mover.hardware.clear()
    await ask(world)
    await work(world)
    assert only(world.memory.movements).status == MovementStatus.NOT_POSSIBLE
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS
    assert world.external.mover.posts == []


async def test_a_movement_is_followed_until_the_asset_is_where_it_was_to_go():
    world = await a_world()
    await ask(world, wipe=True)
    await work(world)
    made = world.external.mover.made

    world.clock.move(minutes=10)
    [looked] = await work(world, JobType.FOLLOW_MOVEMENT)
    assert world.memory.jobs[looked.id].status == JobStatus.WAITING

    made["M-1"] = replace(made["M-1"], tracking_link="https://carrier.example/1")
    world.clock.move(hours=2)
    await work(world, JobType.FOLLOW_MOVEMENT)
    action = only(world.memory.actions)
    assert (action.status, action.tracking_link) == (DeviceActionStatus.IN_TRANSIT, "https://carrier.example/1")

    made["M-1"] = replace(made["M-1"], status="ARCHIVED", completed=True)
    world.clock.move(hours=2)
    await work(world, JobType.FOLLOW_MOVEMENT)
    action = only(world.memory.actions)
    assert (action.status, action.wipe_completed) == (DeviceActionStatus.COMPLETED, True)
    assert only(world.memory.assets).status == AssetStatus.IN_STORAGE
    assert world.memory.jobs[looked.id].status == JobStatus.DONE


@pytest.mark.parametrize("carries_out", [True, False])
async def test_a_request_whose_fate_is_unknown_is_looked_for_before_it_is_made_again(carries_out):
    world = await a_world()
    mover = world.external.mover
    mover.carries_out, mover.answers, mover.now = carries_out, [Uncertain("no answer")], NOW
    await ask(world)
    for _ in range(6):
        await work(world)
        world.clock.move(seconds=70)
    assert len(mover.posts) == (1 if carries_out else 2)
    assert len(mover.made) == 1
    assert only(world.memory.movements).status == MovementStatus.PROCESSING


async def test_requests_of_one_person_are_placed_one_after_the_other_so_that_none_is_taken_for_another():
    serials = [f"S-{number}" for number in range(5)]
    world = await a_world(*serials)
    mover = world.external.mover
    mover.answers, mover.now = [Uncertain("no answer"), Unavailable("down")], NOW
    await ask(world, *serials)
    for _ in range(30):
        await work(world)
        world.clock.move(seconds=70)
    assert {it.status for it in world.memory.movements.values()} == {MovementStatus.PROCESSING}
    assert len({it.vendor_movement_id for it in world.memory.movements.values()}) == 5
    posted = [it.hardware_id for it in mover.posts]
    assert sorted(set(posted)) == [f"H-{serial}" for serial in serials]


async def test_whoever_waited_long_for_a_turn_still_has_all_the_patience_left():
    world = await a_world("S-1", "S-2")
    mover = world.external.mover
    mover.carries_out, mover.answers = False, [Unavailable("down")] * 12
    await ask(world, "S-1", "S-2")
    for _ in range(400):
        await work(world)
        world.clock.move(seconds=90)
    assert {it.status for it in world.memory.movements.values()} == {MovementStatus.PROCESSING}


async def test_a_vendor_that_stays_away_for_a_day_leaves_the_movement_to_operators():
    world = await a_world()
    world.external.mover.carries_out, world.external.mover.answers = False, [Unavailable("down")] * 500
    await ask(world)
    for _ in range(60):
        await work(world)
        world.clock.move(hours=1)
    assert only(world.memory.movements).status == MovementStatus.FAILED
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS


async def test_a_refused_movement_is_dead_and_its_action_an_operators():
    world = await a_world()
    world.external.mover.answers, world.external.mover.carries_out = [Refused("no such person")], False
    await ask(world)
    [job] = await work(world)
    assert world.memory.jobs[job.id].status == JobStatus.DEAD
    assert only(world.memory.movements).status == MovementStatus.FAILED
    assert "no such person" in only(world.memory.movements).problem
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS


async def test_what_is_called_off_in_time_is_never_asked_for_and_what_the_vendor_is_at_stays():
    world = await a_world("S-1", "S-2")
    first = await ask(world, "S-1")
    await cancel_device_action(
        world.deps, CALLER, CancelDeviceAction(global_id("DeviceAction", first.ids_of("DeviceAction")[0]))
    )
    await work(world)
    assert world.external.mover.posts == []
    assert only(world.memory.movements).status == MovementStatus.CANCELLED

    second = await ask(world, "S-2")
    await work(world)
    with pytest.raises(WrongActionStatus):
        await cancel_device_action(
            world.deps, CALLER, CancelDeviceAction(global_id("DeviceAction", second.ids_of("DeviceAction")[0]))
        )


async def finish(world: World) -> None:
    """An operator brings the only action to its end, without the vendor."""
    given = global_id("DeviceAction", only(world.memory.actions).id)
    for status in (DeviceActionStatus.IN_PROGRESS, DeviceActionStatus.COMPLETED):
        await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(given, status))


async def test_what_an_operator_has_done_meanwhile_is_not_asked_of_the_vendor():
    world = await a_world()
    await ask(world)
    await finish(world)
    assert only(world.memory.movements).status == MovementStatus.CANCELLED
    await work(world)
    assert world.external.mover.posts == []
    assert only(world.memory.assets).status == AssetStatus.IN_STORAGE


async def test_a_refused_movement_is_not_tried_again_once_an_operator_has_done_it():
    world = await a_world()
    world.external.mover.answers, world.external.mover.carries_out = [Refused("no such person")], False
    await ask(world)
    [job] = await work(world)
    await finish(world)
    assert only(world.memory.movements).status == MovementStatus.CANCELLED
    await retry_job(world.deps, CALLER, RetryJob(global_id("Job", job.id)))
    await work(world)
    assert len(world.external.mover.posts) == 1


async def test_what_the_vendor_tells_of_an_action_that_is_over_moves_nothing():
    world = await a_world()
    await ask(world)
    await work(world)
    await finish(world)
    before = only(world.memory.assets)
    made = world.external.mover.made
    made["M-1"] = replace(made["M-1"], tracking_link="https://carrier.example/1", completed=True)
    world.clock.move(hours=2)
    await work(world)
    assert only(world.memory.movements).status == MovementStatus.COMPLETED
    assert only(world.memory.actions).tracking_link is None
    assert only(world.memory.assets) == before


async def test_a_movement_the_vendor_calls_off_on_the_way_leaves_the_action_to_an_operator():
    world = await a_world()
    await ask(world)
    await work(world)
    made = world.external.mover.made
    made["M-1"] = replace(made["M-1"], tracking_link="https://carrier.example/1")
    world.clock.move(hours=2)
    await work(world)
    assert only(world.memory.actions).status == DeviceActionStatus.IN_TRANSIT

    made["M-1"] = replace(made["M-1"], status="CANCELED")
    world.clock.move(hours=2)
    await work(world)
    assert only(world.memory.movements).status == MovementStatus.CANCELLED
    assert only(world.memory.actions).status == DeviceActionStatus.IN_PROGRESS
    assert only(world.memory.assets).status == AssetStatus.IN_USE
    assert await work(world) == [], "nobody asks the vendor again"


async def test_what_the_vendor_has_moved_and_the_inventory_has_elsewhere_waits_for_an_operator():
    world = await a_world()
    await ask(world)
    await work(world)
    asset = only(world.memory.assets)
    world.memory.assets[asset.id] = in_use(asset, Holder("Bruno", "bruno@people.example"), world.clock())
    [(id_, made)] = world.external.mover.made.items()
    world.external.mover.made[id_] = replace(made, status="COMPLETED")
    world.clock.move(hours=1)
    await work(world)
    action, movement = only(world.memory.actions), only(world.memory.movements)
    assert (action.status, movement.status) == (DeviceActionStatus.IN_PROGRESS, MovementStatus.COMPLETED)
    assert "with Bruno" in (movement.problem or "")
    assert only(world.memory.assets).employee_name == "Bruno"

    given, completed = global_id("DeviceAction", action.id), DeviceActionStatus.COMPLETED
    because = OverrideDraft(True, "The vendor has it")
    await advance_device_action(world.deps, CALLER, AdvanceDeviceAction(given, completed, because))
    assert only(world.memory.assets).status == AssetStatus.IN_STORAGE
