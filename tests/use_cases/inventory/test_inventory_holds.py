"""Whatever people do with assets and actions, in any order: what always holds."""

import asyncio
from collections.abc import Coroutine
from itertools import pairwise
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.inventory.assets import STATUS_AT, AssetDraft, AssetStatus
from domain.inventory.device_action_drafts import (
    DeviceActionDraft,
    DeviceUserDraft,
    ExternalDevice,
    OfficeDraft,
    OverrideDraft,
)
from domain.inventory.device_actions import (
    ACTIVE,
    DEVICE_ACTION,
    TO_A_PERSON,
    WIPEABLE,
    DeviceActionStatus,
    DeviceActionType,
)
from domain.inventory.device_places import LEADS_TO
from domain.inventory.locations import Location, LocationType
from domain.shared.access import Scope
from domain.shared.errors import Conflict, InvalidInput
from domain.shared.events import EventType
from domain.shared.ids import global_id
from domain.use_cases.inventory.assets import AddAssets, OnFailure, add_assets
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    advance_device_action,
    cancel_device_action,
    complete_wipe,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from tests.builders import a_caller
from tests.examples import STATEFUL_EXAMPLES
from tests.fakes.storage import World

SERIALS = ("A-1", "a-1 ", "B-2", "C-3")
OPERATOR = a_caller(scopes=frozenset(Scope))
PEOPLE = st.sampled_from(["Ana", "Bruno"]).map(lambda name: DeviceUserDraft(name, f"{name.lower()}@people.example"))
serials = st.sampled_from(SERIALS)
# What the status of a device may be before each action.
STORED, USED = AssetStatus.IN_STORAGE, AssetStatus.IN_USE
FROM = {
    DeviceActionType.STORE: {USED},
    DeviceActionType.ASSIGN: {STORED},
    DeviceActionType.REASSIGN: {USED},
    DeviceActionType.RETRIEVAL: {USED},
    DeviceActionType.DISPOSE: {STORED, USED},
}


class Inventory(RuleBasedStateMachine):
    """A company that adds devices and has things done with them, on any whim."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.refusals = 0

    def attempt(self, act: Coroutine[Any, Any, Any]) -> None:
        """Do it, or have it refused with nothing changed."""
        memory = self.world.memory
        before = (dict(memory.assets), dict(memory.actions), len(memory.events))
        try:
            asyncio.run(act)
        except (InvalidInput, Conflict):
            self.refusals += 1
            assert (memory.assets, memory.actions, len(memory.events)) == before
        self.world.clock.move(minutes=1)

    def any_action(self, number: int) -> str:
        actions = self.world.memory.actions.values()
        active = [it.id for it in actions if it.status in ACTIVE]
        ids = active if active and number % 3 else [it.id for it in actions]
        return global_id("DeviceAction", ids[number % len(ids)] if ids else "0190a5b0-0000-7000-8000-000000000000")

    @initialize(owned=st.booleans())
    def start(self, owned: bool) -> None:
        self.add(["A-1", "B-2"], owned, OnFailure.REJECT_ALL)

    @rule(rows=st.lists(serials, min_size=1, max_size=3), owned=st.booleans(), mode=st.sampled_from(OnFailure))
    def add(self, rows: list[str], owned: bool, mode: OnFailure) -> None:
        owner = "ana@people.example" if owned else None
        drafts = [AssetDraft(serial, "laptop", "UY", "MacBook", owner) for serial in rows]
        self.attempt(add_assets(self.world.deps, OPERATOR, AddAssets(drafts, on_failure=mode)))

    @rule(
        rows=st.lists(serials, min_size=1, max_size=2),
        kind=st.sampled_from(DeviceActionType),
        person=PEOPLE,
        current=PEOPLE,
        office=st.sampled_from([None, None, "Office MVD", "Office SP"]),
        override=st.sampled_from([False, False, False, True]),
        wipe=st.sampled_from([False, False, True]),
        external=st.sampled_from([False, False, True]),
    )
    def ask(
        self,
        rows: list[str],
        kind: DeviceActionType,
        person: DeviceUserDraft,
        current: DeviceUserDraft,
        office: str | None,
        override: bool,
        wipe: bool,
        external: bool,
    ) -> None:
        drafts = [
            DeviceActionDraft(
                kind,
                serial,
                current,
                person if kind in TO_A_PERSON and office is None else None,
                wipe and kind in WIPEABLE,
                device=ExternalDevice("ThinkPad", "laptop", "BR") if external else None,
                new_office=OfficeDraft(office) if kind in TO_A_PERSON and office else None,
                override=OverrideDraft(override, "Counted on site" if override else None),
            )
            for serial in rows
        ]
        self.attempt(create_device_actions(self.world.deps, OPERATOR, CreateActions(drafts, batch=True)))

    @rule(number=st.integers(0, 5), to=st.sampled_from([None, None, DeviceActionStatus.COMPLETED, *DeviceActionStatus]))
    def advance(self, number: int, to: DeviceActionStatus | None) -> None:
        if self.world.memory.actions:
            self.attempt(
                advance_device_action(self.world.deps, OPERATOR, AdvanceDeviceAction(self.any_action(number), to))
            )

    @rule(number=st.integers(0, 5))
    def cancel(self, number: int) -> None:
        if self.world.memory.actions:
            self.attempt(cancel_device_action(self.world.deps, OPERATOR, CancelDeviceAction(self.any_action(number))))

    @rule(number=st.integers(0, 5))
    def wipe(self, number: int) -> None:
        if self.world.memory.actions:
            self.attempt(complete_wipe(self.world.deps, OPERATOR, CompleteWipe(self.any_action(number))))

    @invariant()
    def a_serial_number_is_one_device_with_one_active_action(self) -> None:
        keys = [asset.serial_key for asset in self.world.memory.assets.values()]
        assert len(keys) == len(set(keys))
        active = [it.serial_key for it in self.world.memory.actions.values() if it.status in ACTIVE]
        assert len(active) == len(set(active))

    @invariant()
    def an_asset_is_in_exactly_one_place(self) -> None:
        for asset in self.world.memory.assets.values():
            place = asset.location
            assert (place is None) == (asset.status == AssetStatus.RETIRED)
            assert place is None or STATUS_AT[place.kind] == asset.status
            assert (asset.employee_name is not None) == (place is not None and place.kind == LocationType.PERSON)
            assert (asset.assigned_date is not None) == (asset.status == AssetStatus.IN_USE)
            assert place is None or place.kind != LocationType.OFFICE or place.name

    @invariant()
    def a_completed_action_was_wiped_where_that_was_asked_for(self) -> None:
        done = [it for it in self.world.memory.actions.values() if it.status == DeviceActionStatus.COMPLETED]
        assert all(it.wipe_completed for it in done if it.wipe)

    @invariant()
    def nothing_is_moved_from_where_it_is_not_unless_an_operator_says_why(self) -> None:
        """Told by what each asset was when its action was completed, which the history has."""
        memory = self.world.memory
        done = {it.ref: it for it in memory.actions.values() if it.status == DeviceActionStatus.COMPLETED}
        for event in memory.events:
            action = done.get(event.node)
            if action is None or event.type != EventType.DEVICE_ACTION_COMPLETED or action.override_reason is not None:
                continue
            for change in event.changes:
                if change.node.type == "Asset":
                    assert change.from_status in FROM[action.action_type]

    @invariant()
    def history_explains_the_present(self) -> None:
        memory = self.world.memory
        for asset in memory.assets.values():
            # What happens to an asset is told of the asset alone; the action that moved it is the cause.
            seen = [change for it in memory.events for change in it.changes if change.node == asset.ref]
            moving = [it for it in memory.events if any(change.node == asset.ref for change in it.changes)]
            assert {it.node for it in moving} <= {asset.ref}
            for before, after in pairwise(seen):
                assert before.to_status == after.from_status
            if seen:
                assert seen[-1].to_status == asset.status
            done = [it for it in memory.actions.values() if it.serial_key == asset.serial_key and self.moved(it, asset)]
            if done:
                last = max(done, key=lambda it: it.updated_at)
                assert asset.employee_name == (last.new_recipient.name if last.new_recipient else None)
                assert asset.status == LEADS_TO[last.action_type]
                if last.new_office is not None:
                    assert asset.location == Location(LocationType.OFFICE, last.new_office.name)
        for action in memory.actions.values():
            steps = [change for it in memory.events for change in it.changes if change.node == action.ref]
            path = [steps[0].from_status if steps else action.status, *(it.to_status for it in steps)]
            assert path[-1] == action.status
            assert all(DEVICE_ACTION.allows(a, b) for a, b in pairwise(path))
            created = [it for it in memory.events if it.type == EventType.DEVICE_ACTION_CREATED]
            assert action.ref in {it.node for it in created}

    @staticmethod
    def moved(action: Any, asset: Any) -> bool:
        return bool(action.status == DeviceActionStatus.COMPLETED and action.updated_at > asset.created_at)

    @invariant()
    def actions_are_numbered_without_gaps(self) -> None:
        numbers = sorted(it.action_id for it in self.world.memory.actions.values())
        assert numbers == [f"DA-2026-{number:04}" for number in range(1, len(numbers) + 1)]


Inventory.TestCase.settings = settings(max_examples=STATEFUL_EXAMPLES, stateful_step_count=30, deadline=None)
TestInventory = Inventory.TestCase
