"""Employees follow their HR system, however often and from wherever they are told of."""

import asyncio
from typing import Any

import pytest
from typer.testing import CliRunner

from adapters.csv.people import BadPeopleFile, CsvDirectory
from adapters.database.core.engine import Database
from app.cli.common import Failure
from app.cli.main import cli
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft, ExternalDevice
from domain.inventory.device_actions import DeviceActionType
from domain.shared.access import SYSTEM, Caller
from domain.shared.events import EventType
from domain.use_cases.inventory.assets import write_assets
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from domain.use_cases.people.hris import NobodyLeft, TooManyLeft, sync_employees
from tests.adapters.support.people import ANA, BRUNO, HEADER, a_file, from_file, people, sync, tenant_scope_of
from tests.databases import a_company, dependencies_on, rows_of


async def test_people_join_move_and_leave_and_a_second_time_changes_nothing(database, tmp_path):
    assert await from_file(database, tmp_path, ANA, BRUNO) == {"EMPLOYEE_JOINED": 2}
    assert await from_file(database, tmp_path, ANA, BRUNO) == {}
    moved, left = ANA.replace("Engineering", "Field"), BRUNO.replace("Active", "Inactive")
    assert await from_file(database, tmp_path, moved, left) == {"EMPLOYEE_MOVED": 1, "EMPLOYEE_LEFT": 1}
    assert await people(database) == [("Ana Rodríguez", "ACTIVE"), ("Bruno Silva", "INACTIVE")]
    events = await rows_of(database, "SELECT type, node_type FROM events ORDER BY number")
    assert events == [
        ("EMPLOYEE_JOINED", "Employee"), ("EMPLOYEE_JOINED", "Employee"),
        ("EMPLOYEE_MOVED", "Employee"), ("EMPLOYEE_LEFT", "Employee"),
    ]  # fmt: skip


async def test_who_is_missing_has_left_only_where_the_file_has_everybody(database, tmp_path):
    await from_file(database, tmp_path, ANA, BRUNO)
    assert await from_file(database, tmp_path, ANA) == {}
    assert await from_file(database, tmp_path, ANA, whole=True) == {"EMPLOYEE_LEFT": 1}
    assert await from_file(database, tmp_path, ANA, whole=True) == {}


async def test_a_dry_run_counts_and_does_nothing(database, tmp_path):
    synced = await sync(database, CsvDirectory(a_file(tmp_path, ANA, BRUNO)), dry_run=True)
    assert synced.happened == {EventType.EMPLOYEE_JOINED: 2}
    assert await people(database) == await rows_of(database, "SELECT * FROM events") == []


async def test_who_cannot_be_taken_over_is_told_and_the_others_are(database, tmp_path):
    same = "3,Another Ana,ANA@austral.example,Active,,,,,,"
    path = a_file(tmp_path, ANA, same, "4,,nobody,Away,,,,,,", BRUNO, BRUNO)
    synced = await sync(database, CsvDirectory(path))
    assert synced.happened == {EventType.EMPLOYEE_JOINED: 2}
    reasons = {(it.hris_id, it.reason.partition(":")[0]) for it in synced.rejected}
    assert reasons == {("3", "email"), ("4", "name"), ("2", "hris_id")}


async def test_a_changed_address_keeps_the_devices(database, tmp_path):
    await from_file(database, tmp_path, ANA)
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    assert tenant_scope.tenant_id is not None
    draft = AssetDraft("C02XK1", "Laptop", "UY", "A laptop", employee="ana@austral.example")
    async with deps.unit_of_work(tenant_scope) as work:
        await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, [draft])
        await work.commit()
    assert await from_file(database, tmp_path, ANA.replace("ana@", "ana.silva@")) == {"EMPLOYEE_UPDATED": 1}
    held = "SELECT e.name FROM assets a JOIN employees e ON e.email_key = a.employee_key"
    assert await rows_of(database, held) == [("Ana Rodríguez",)]
    assert await rows_of(database, "SELECT employee_email FROM assets") == [("ana.silva@austral.example",)]


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ((), "name,email", "missing: hris_id"),
        ((), "hris_id,name,email", "missing: status"),
        ((), HEADER + ",Name", "repeated: name"),
        ((), HEADER.replace(",", ";"), "separated by semicolons; save the file with commas"),
        ((), HEADER + ',"desk', "line 1: a quotation mark opens here and is never closed"),
        (('1,"Ana',), HEADER, "line 2: a quotation mark opens here and is never closed"),
    ],
)
async def test_what_is_no_file_of_people_is_refused_in_a_sentence(tmp_path, rows, header, message):
    with pytest.raises(BadPeopleFile, match=message):
        await CsvDirectory(a_file(tmp_path, *rows, header=header)).read(None)


async def test_an_address_goes_from_one_to_another_in_whatever_order_they_are_told(database, tmp_path):
    await from_file(database, tmp_path, ANA, BRUNO)
    hers, new = BRUNO.replace("bruno@", "ana@"), ANA.replace("ana@", "ana.rodriguez@")
    assert await from_file(database, tmp_path, hers, new) == {"EMPLOYEE_UPDATED": 2}
    assert await people(database, "name, email") == [
        ("Ana Rodríguez", "ana.rodriguez@austral.example"), ("Bruno Silva", "ana@austral.example"),
    ]  # fmt: skip


async def test_an_address_goes_on_however_far_apart_the_two_are_told(database, tmp_path, monkeypatch):
    monkeypatch.setattr("domain.use_cases.people.hris.AT_ONCE", 1)
    await from_file(database, tmp_path, ANA, BRUNO)
    hers, new = BRUNO.replace("bruno@", "ana@"), ANA.replace("ana@", "ana.rodriguez@")
    assert await from_file(database, tmp_path, hers, new) == {"EMPLOYEE_UPDATED": 2}


async def test_who_had_left_before_anyone_told_of_them_did_not_join(database, tmp_path):
    assert await from_file(database, tmp_path, BRUNO.replace("Active", "Terminated")) == {"EMPLOYEE_UPDATED": 1}


async def test_a_reading_by_which_most_people_leave_is_taken_for_a_mistake(database, tmp_path):
    crew = [f"{number},Person {number},p{number}@austral.example,Active,,,,,," for number in range(1, 21)]
    await from_file(database, tmp_path, *crew)
    few = CsvDirectory(a_file(tmp_path, *crew[:9]), whole=True)
    with pytest.raises(TooManyLeft, match="11 of 20 people would have left"):
        await sync(database, few)
    with pytest.raises(NobodyLeft):
        await sync(database, CsvDirectory(a_file(tmp_path), whole=True))
    assert {status for _, status in await people(database)} == {"ACTIVE"}
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    few = CsvDirectory(a_file(tmp_path, *crew[:9]), whole=True)
    assert (await sync_employees(deps, tenant_scope, few, force=True)).happened == {EventType.EMPLOYEE_LEFT: 11}


async def test_two_readings_at_once_tell_of_nobody_twice(database, tmp_path):
    crew = [f"{number},Person {number},p{number}@austral.example,Active,,,,,," for number in range(1, 201)]
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    directory = CsvDirectory(a_file(tmp_path, *crew))
    both = await asyncio.gather(*(sync_employees(deps, tenant_scope, directory) for _ in range(2)))
    assert sum(it.happened[EventType.EMPLOYEE_JOINED] for it in both) == 200
    assert sum(it.unchanged for it in both) == 200


async def test_a_person_who_takes_over_anothers_address_is_with_an_action_once(database, tmp_path):
    """Both had to do with the same device: one gave it, the other got it."""
    await from_file(database, tmp_path, ANA, BRUNO)
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    caller = Caller("key", "A key", tenant_scope.environment, None, tenant_scope.tenant_id, frozenset())
    given = DeviceActionDraft(
        DeviceActionType.REASSIGN,
        "C02XK1",
        DeviceUserDraft("Ana Rodríguez", "ana@austral.example"),
        DeviceUserDraft("Bruno Silva", "bruno@austral.example"),
        device=ExternalDevice("A laptop", "Laptop", "UY"),
    )
    await create_device_actions(deps, caller, CreateActions([given]))
    gone = BRUNO.replace("bruno@", "bruno.silva@").replace("Active", "Inactive")
    await from_file(database, tmp_path, gone)
    assert await from_file(database, tmp_path, ANA.replace("ana@", "bruno@")) == {"EMPLOYEE_UPDATED": 1}
    keys = await rows_of(database, "SELECT person_key FROM device_action_people ORDER BY person_key")
    assert [key.partition(":")[2] for (key,) in keys] == ["bruno.silva@austral.example", "bruno@austral.example"]


async def test_a_new_name_reaches_the_devices_of_its_bearer(database, tmp_path):
    await from_file(database, tmp_path, ANA)
    deps, tenant_scope = dependencies_on(database), await tenant_scope_of(database)
    assert tenant_scope.tenant_id is not None
    async with deps.unit_of_work(tenant_scope) as work:
        draft = AssetDraft("C02XK1", "Laptop", "UY", "A laptop", employee="ana@austral.example")
        await write_assets(work, deps, SYSTEM, tenant_scope.tenant_id, [draft])
        await work.commit()
    await from_file(database, tmp_path, ANA.replace("Ana Rodríguez", "Ana Silva"))
    [(name, search)] = await rows_of(database, "SELECT employee_name, search FROM assets")
    assert name == "Ana Silva"
    assert "ana silva" in search


# ---- the command


async def command(database: Database, monkeypatch: pytest.MonkeyPatch, *words: str) -> Any:
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    return await asyncio.to_thread(CliRunner().invoke, cli, ["employees", "sync", *words])


async def test_the_command_says_what_happened(database, monkeypatch, tmp_path):
    await a_company(database)
    path = a_file(tmp_path, ANA, BRUNO, "4,,nobody,Away,,,,,,")
    done = await command(database, monkeypatch, "--company", "austral", "--provider", "csv", "--file", str(path))
    assert "2 joined, 0 moved, 0 left, 0 updated, 0 unchanged, 1 rejected." in done.output
    assert "Columns kept as metadata: desk." in done.output
    assert done.exit_code == 1
    path = a_file(tmp_path, ANA.replace("2024-02-01", "last year"), BRUNO)
    done = await command(database, monkeypatch, "--company", "austral", "--provider", "csv", "--file", str(path))
    assert "1 Ana Rodríguez: warning: hire_date: Send a date" in done.output
    assert done.exit_code == 0


async def test_what_a_terminal_would_obey_is_told_as_it_is_written_in_python(database, monkeypatch, tmp_path):
    await a_company(database)
    path = a_file(tmp_path, "1,A\x1b[2Jna\u202e,ana@austral.example,Active,,,,,,")
    done = await command(database, monkeypatch, "--company", "austral", "--provider", "csv", "--file", str(path))
    assert r"1 A\x1b[2Jna\u202e: name: Remove U+001B" in done.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--provider", "workday"], "--provider must be csv or bamboohr"),
        (["--provider", "csv"], "--file FILE is required with"),
        (["--provider", "csv", "--file", "nowhere.csv"], "There is no file nowhere.csv"),
        (["--provider", "bamboohr"], "QUOTEGRAPH_BAMBOOHR_URL"),
    ],
)
async def test_a_command_that_cannot_be_done_says_why(database, monkeypatch, words, message):
    await a_company(database)
    done = await command(database, monkeypatch, "--company", "AUSTRAL", *words)
    assert isinstance(done.exception, Failure)
    assert message in str(done.exception)
