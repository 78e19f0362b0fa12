"""Addresses that go from one person to another in one reading, however they go round: the end state is judged."""

from itertools import pairwise

import pytest

from adapters.csv.people import CsvDirectory
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft, ExternalDevice
from domain.inventory.device_actions import DeviceActionType
from domain.shared.access import SYSTEM, Caller
from domain.shared.events import EventType
from domain.use_cases.inventory.assets import write_assets
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from tests.adapters.support.people import a_file, from_file, people, sync, tenant_scope_of
from tests.databases import dependencies_on, rows_of

NAMES = ("Ana", "Bruno", "Carla", "Dora", "Eva")


def row(number: int, address: str, status: str = "Active") -> str:
    return f"{number},{NAMES[number]},{address}@austral.example,{status},,,,,,"


def crew(count: int) -> list[str]:
    return [row(number, NAMES[number].lower()) for number in range(count)]


def rotated(count: int) -> list[str]:
    """Everyone has the address of the next one."""
    return [row(number, NAMES[(number + 1) % count].lower()) for number in range(count)]


@pytest.mark.parametrize("at_once", [1, 2, 500])
@pytest.mark.parametrize("count", [2, 3, 5])
async def test_addresses_that_go_round_are_exchanged_at_once(database, tmp_path, monkeypatch, at_once, count):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", at_once)
    await from_file(database, tmp_path, *crew(count))
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rotated(count))))
    assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_UPDATED: count}, [])
    wanted = [(NAMES[it], f"{NAMES[(it + 1) % count].lower()}@austral.example") for it in range(count)]
    assert await people(database, "name, email") == wanted
    keys = await people(database, "email, email_key")
    assert all(key.endswith(f":{email}") for email, key in keys)
    assert await from_file(database, tmp_path, *rotated(count)) == {}


async def test_a_dry_run_of_an_exchange_tells_the_same_and_does_nothing(database, tmp_path):
    await from_file(database, tmp_path, *crew(2))
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rotated(2))), dry_run=True)
    assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_UPDATED: 2}, [])
    assert await people(database, "email") == [("ana@austral.example",), ("bruno@austral.example",)]


@pytest.mark.parametrize("at_once", [1, 500])
async def test_a_chain_and_a_circle_and_a_newcomer_are_one_set(database, tmp_path, monkeypatch, at_once):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", at_once)
    await from_file(database, tmp_path, *crew(4))
    rows = [row(4, "carla"), row(0, "bruno"), row(1, "ana"), row(2, "dora"), row(3, "dora.new")]
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rows)))
    assert (synced.happened, synced.rejected) == (
        {EventType.EMPLOYEE_UPDATED: 4, EventType.EMPLOYEE_JOINED: 1}, [],
    )  # fmt: skip


async def test_who_waits_for_someone_who_stays_is_told_and_the_others_exchange(database, tmp_path):
    await from_file(database, tmp_path, *crew(4))
    rows = [row(0, "bruno"), row(1, "ana"), row(2, "dora")]
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rows)))
    assert synced.happened == {EventType.EMPLOYEE_UPDATED: 2}
    assert [it.reason for it in synced.rejected] == ["email: Dora (3) has this address."]


async def test_two_who_are_to_have_one_address_are_not_both_moved(database, tmp_path):
    await from_file(database, tmp_path, *crew(3))
    synced = await sync(database, CsvDirectory(a_file(tmp_path, row(0, "bruno"), row(1, "ana"), row(2, "bruno"))))
    assert synced.happened == {EventType.EMPLOYEE_UPDATED: 2}
    assert [(it.hris_id, it.reason) for it in synced.rejected] == [("2", "email: 0 has the same.")]


async def test_devices_and_actions_go_with_the_person_and_not_with_the_address(database, tmp_path):
    await from_file(database, tmp_path, *crew(3))
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    assert tenant_scope.tenant_id is not None
    drafts = [AssetDraft(f"OF-{it}", "Laptop", "UY", "A laptop", f"{it.lower()}@austral.example") for it in NAMES[:3]]
    async with deps.unit_of_work(tenant_scope) as work:
        await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, drafts)
        await work.commit()
    caller = Caller("key", "A key", tenant_scope.environment, None, tenant_scope.tenant_id, frozenset())
    given = [DeviceUserDraft(it, f"{it.lower()}@austral.example") for it in NAMES[:3]]
    device = ExternalDevice("A laptop", "Laptop", "UY")
    actions = [
        DeviceActionDraft(DeviceActionType.REASSIGN, f"EXT-{number}", giver, taker, device=device)
        for number, (giver, taker) in enumerate(pairwise(given))
    ]
    await create_device_actions(deps, caller, CreateActions(actions))
    await from_file(database, tmp_path, *rotated(3))
    held = "SELECT e.name, a.serial_number FROM assets a JOIN employees e ON e.email_key = a.employee_key ORDER BY 1"
    assert await rows_of(database, held) == [(it, f"OF-{it}") for it in NAMES[:3]]
    involved = """SELECT a.serial_number, e.name
        FROM device_action_people p
        JOIN employees e ON e.email_key = p.person_key
        JOIN device_actions a ON a.id = p.device_action_id
        ORDER BY 1, 2"""
    assert await rows_of(database, involved) == [
        ("EXT-0", "Ana"), ("EXT-0", "Bruno"), ("EXT-1", "Bruno"), ("EXT-1", "Carla"),
    ]  # fmt: skip


async def test_every_exchange_is_one_event_with_the_address_that_went_and_the_one_that_came(database, tmp_path):
    await from_file(database, tmp_path, *crew(2))
    await from_file(database, tmp_path, *rotated(2))
    events = await rows_of(database, "SELECT type, field_changes FROM events WHERE type = 'EMPLOYEE_UPDATED'")
    assert len(events) == 2
    assert all(
        "austral.example" in str(changes) and " " not in str(changes).partition("@")[0][-6:] for _, changes in events
    )


@pytest.mark.parametrize("at_once", [1, 500])
async def test_a_newcomer_takes_over_no_record_of_someone_who_comes_back_elsewhere(
    database, tmp_path, monkeypatch, at_once
):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", at_once)
    await from_file(database, tmp_path, row(0, "ana", "Inactive"))
    [(before,)] = await people(database, "id")
    await from_file(database, tmp_path, row(1, "ana"), row(0, "ana.new"))
    assert await people(database, "name, email, status") == [
        ("Ana", "ana.new@austral.example", "ACTIVE"), ("Bruno", "ana@austral.example", "ACTIVE"),
    ]  # fmt: skip
    assert (await people(database, "id"))[0] == (before,)


@pytest.mark.parametrize("at_once", [1, 2, 500])
@pytest.mark.parametrize("count", [2, 3, 5])
async def test_who_leaves_takes_part_in_an_exchange(database, tmp_path, monkeypatch, at_once, count):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", at_once)
    await from_file(database, tmp_path, *crew(count))
    rows = [row(0, NAMES[1].lower(), "Inactive"), *rotated(count)[1:]]
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rows)))
    assert (synced.happened, synced.rejected) == (
        {EventType.EMPLOYEE_LEFT: 1, EventType.EMPLOYEE_UPDATED: count - 1}, [],
    )  # fmt: skip
    wanted = [(NAMES[it], f"{NAMES[(it + 1) % count].lower()}@austral.example") for it in range(count)]
    assert await people(database, "name, email") == wanted
    assert await from_file(database, tmp_path, *rows) == {}


@pytest.mark.parametrize("at_once", [1, 500])
@pytest.mark.parametrize("taker", [0, 3])
async def test_the_address_of_who_leaves_goes_on_in_the_same_reading_and_later(
    database, tmp_path, monkeypatch, at_once, taker
):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", at_once)
    await from_file(database, tmp_path, *crew(3))
    rows = [row(taker, "bruno"), row(1, "bruno", "Inactive"), row(2, "carla", "Inactive")]
    synced = await sync(database, CsvDirectory(a_file(tmp_path, *rows)))
    assert synced.rejected == []
    assert (await people(database, "name, email, status"))[1] == ("Bruno", "bruno@austral.example", "INACTIVE")
    assert await people_with(database, "bruno@austral.example") == [(NAMES[taker],)]
    # Whoever had left before, too.
    await from_file(database, tmp_path, row(4, "carla"))
    assert await people_with(database, "carla@austral.example") == [("Eva",)]
    assert await from_file(database, tmp_path, *rows, row(4, "carla")) == {}


async def test_the_devices_of_who_has_left_stay_theirs_when_their_address_goes_on(database, tmp_path):
    await from_file(database, tmp_path, *crew(2))
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    assert tenant_scope.tenant_id is not None
    async with deps.unit_of_work(tenant_scope) as work:
        draft = AssetDraft("OF-1", "Laptop", "UY", "A laptop", "bruno@austral.example")
        await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, [draft])
        await work.commit()
    await from_file(database, tmp_path, row(1, "bruno", "Inactive"), row(0, "bruno"))
    held = "SELECT e.name, a.serial_number FROM assets a JOIN employees e ON e.email_key = a.employee_key"
    assert await rows_of(database, held) == [("Bruno", "OF-1")]


@pytest.mark.parametrize("dry_run", [True, False])
async def test_the_address_of_who_is_missing_from_a_whole_file_is_free_at_once(database, tmp_path, dry_run):
    await from_file(database, tmp_path, *crew(3))
    whole = CsvDirectory(a_file(tmp_path, row(0, "ana"), row(2, "bruno"), row(3, "dora")), whole=True)
    synced = await sync(database, whole, dry_run)
    assert (synced.happened, synced.rejected) == (
        {EventType.EMPLOYEE_LEFT: 1, EventType.EMPLOYEE_UPDATED: 1, EventType.EMPLOYEE_JOINED: 1}, [],
    )  # fmt: skip


async def test_who_comes_back_under_another_id_keeps_the_record_and_a_namesake_of_the_address_does_not(
    database, tmp_path
):
    await from_file(database, tmp_path, row(0, "ana", "Inactive"), row(1, "bruno", "Inactive"))
    before = await people(database, "id")
    await from_file(
        database, tmp_path, "10,ana,ana@austral.example,Active,,,,,,", "11,Zoe,bruno@austral.example,Active,,,,,,"
    )
    after = await people(database, "name, hris_id, status")
    assert sorted(after) == [("Bruno", "1", "INACTIVE"), ("Zoe", "11", "ACTIVE"), ("ana", "10", "ACTIVE")]
    assert set(before) <= set(await people(database, "id"))


async def people_with(database, address: str):
    """Whom an address finds."""
    return await rows_of(database, f"SELECT name FROM employees WHERE email_key LIKE '%{address}'")
