"""What happens to assets and device actions, as subscribers hear of it."""

from dataclasses import dataclass

import pytest

from domain.people.hris import Reading
from domain.people.person_drafts import PersonDraft
from domain.shared.access import Environment, TenantScope
from domain.use_cases.people.hris import sync_employees
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.running import on_both_databases
from tests.api.support.sockets import connected
from tests.api.support.world import COMPANY_IDS

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <coroutine object Executor:pytest.PytestUnraisableExceptionWarning"
)

EVENT = "type node { __typename id } changes { node { __typename } from to }"
ASSET_CHANGED = f"subscription($id: ID!) {{ assetChanged(id: $id) {{ {EVENT} }} }}"
ACTION_CHANGED = f"""subscription($id: ID!, $current: Boolean!) {{
    deviceActionChanged(id: $id, includeCurrent: $current) {{ {EVENT} }}
}}"""
EVENTS = f"subscription {{ events {{ {EVENT} }} }}"


async def a_disposed_device(api):
    """An asset that Ana has, and the action that is to dispose of it."""
    added = await api.act("addAssets", {"assets": [an_asset(employee="Ana Rodríguez")]}, "assets { id }")
    made = await api.act("createDeviceAction", an_action(), "deviceAction { id status }")
    return added["assets"][0]["id"], made["deviceAction"]["id"]


@on_both_databases
async def test_a_completed_action_is_told_of_the_action_and_of_its_asset(api):
    asset, action = await a_disposed_device(api)
    async with connected(api) as socket:
        of_asset = await socket.start(ASSET_CHANGED, {"id": asset})
        of_action = await socket.start(ACTION_CHANGED, {"id": action, "current": True})
        of_company = await socket.start(EVENTS)
        assert (await socket.event(of_action))["type"] == "CURRENT_STATE"
        await socket.subscribed(api, listeners=3)
        step = {"deviceActionId": action}
        await api.act("advanceDeviceAction", step, key=api.operator)
        await api.act("setDeviceActionTracking", {**step, "trackingCode": "UY1"}, key=api.operator)
        await api.act("advanceDeviceAction", {**step, "to": "COMPLETED"}, key=api.operator)

        events = [await socket.event(of_action) for _ in range(3)]
        assert [it["type"] for it in events] == [
            "DEVICE_ACTION_ADVANCED",
            "DEVICE_ACTION_TRACKING_ADDED",
            "DEVICE_ACTION_COMPLETED",
        ]
        assert [(it["node"]["__typename"], it["from"], it["to"]) for it in events[2]["changes"]] == [
            ("DeviceAction", "IN_TRANSIT", "COMPLETED"),
        ]
        moved = await socket.event(of_asset)
        assert [(it["node"]["__typename"], it["from"], it["to"]) for it in moved["changes"]] == [
            ("Asset", "IN_USE", "RETIRED"),
        ]
        assert (moved["type"], moved["node"]["id"]) == ("ASSET_MOVED", asset)
        assert [await socket.event(of_company) for _ in range(4)] == [*events, moved]


async def test_events_of_the_inventory_reach_only_those_who_may_read_it(api):
    asset, action = await a_disposed_device(api)
    quotes_only = await api.key("quotes:read")
    async with connected(api, key=quotes_only) as socket:
        started = await socket.start(EVENTS)
        await socket.subscribed(api, listeners=1)
        await api.act("cancelDeviceAction", {"deviceActionId": action})
        await socket.settled()
        assert socket.silent(started)
        for query, id_ in ((ASSET_CHANGED, asset), (ACTION_CHANGED, action)):
            refused = await socket.start(query, {"id": id_, "current": False})
            assert (await socket.refusal(refused))["extensions"]["code"] == "FORBIDDEN"


async def test_an_asset_out_of_reach_cannot_be_subscribed_to(api):
    asset, action = await a_disposed_device(api)
    foreigner = await api.key("assets:read", "device_actions:read", company="NORDLICHT")
    async with connected(api, key=foreigner) as socket:
        for query, id_ in ((ASSET_CHANGED, asset), (ACTION_CHANGED, action)):
            refused = await socket.start(query, {"id": id_, "current": False})
            assert (await socket.refusal(refused))["extensions"]["code"] == "NOT_FOUND"


@dataclass
class AnHrSystem:
    """A `Directory` that knows these people, and nobody else."""

    people: list[PersonDraft]
    provider: str = "bamboo"

    async def read(self, since):
        return Reading(self.people, whole=True)


BRUNO_MOVED = PersonDraft("HR-1", "Bruno Silva", "bruno@people.example", "Active", "PT", "Design")
DORA_JOINED = PersonDraft("HR-9", "Dora Lima", "dora@people.example", "Active", "BR", "Sales")
LEAVERS = """query {
    employees(filter: { status: INACTIVE, hasAssets: true }) { nodes { name assets(first: 5) { nodes { id } } } }
}"""


@on_both_databases
async def test_who_left_with_a_device_is_found_once_the_hr_system_was_read_and_every_change_is_told(api):
    asset, _ = await a_disposed_device(api)
    tenants = await api.rows("tenants")
    [live] = [it.id for it in tenants if it.environment == "LIVE" and it.company_id == COMPANY_IDS["AUSTRAL"]]
    assert (await api.data(LEAVERS))["employees"]["nodes"] == []
    async with connected(api) as socket:
        subscription = await socket.start(
            f"subscription {{ events {{ {EVENT} node {{ ... on Employee {{ name }} }} }} }}"
        )
        await socket.subscribed(api, listeners=1)
        await sync_employees(
            api.parts.deps, TenantScope(Environment.LIVE, live), AnHrSystem([BRUNO_MOVED, DORA_JOINED])
        )
        people = [await socket.event(subscription) for _ in range(3)]
    assert {(it["type"], it["node"]["name"]) for it in people} == {
        ("EMPLOYEE_MOVED", "Bruno Silva"),
        ("EMPLOYEE_JOINED", "Dora Lima"),
        ("EMPLOYEE_LEFT", "Ana Rodríguez"),
    }
    [left] = [it for it in people if it["type"] == "EMPLOYEE_LEFT"]
    assert [(it["from"], it["to"]) for it in left["changes"]] == [("ACTIVE", "INACTIVE")]
    assert (await api.data(LEAVERS))["employees"]["nodes"] == [
        {"name": "Ana Rodríguez", "assets": {"nodes": [{"id": asset}]}}
    ]
