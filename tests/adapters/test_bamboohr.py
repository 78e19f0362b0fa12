"""BambooHR is followed, whatever it leaves out, refuses or garbles of one person."""

import asyncio

import pytest
from typer.testing import CliRunner

from adapters.bamboohr import BambooDirectory
from app.cli.main import cli
from domain.shared.events import EventType
from domain.shared.outbound_errors import OutboundFailure
from tests.adapters.support.bamboo import Bamboo, a_bamboo
from tests.adapters.support.emulated import answering
from tests.adapters.support.people import ANA as ANA_IN_A_FILE
from tests.adapters.support.people import from_file, people, rejected, sync, tenant_scope_of, warned
from tests.databases import rows_of

ANA = {"workEmail": "ana@austral.example", "displayName": "Ana Rodríguez", "status": "Active", "country": "Uruguay"}
BRUNO = {"workEmail": "bruno@austral.example", "displayName": "Bruno Silva", "status": "Active", "country": "BR"}
CARLA = {"workEmail": "carla@austral.example", "displayName": "Carla Nuñez", "status": "Active", "country": "UY"}
JOB = {"department": "Engineering", "jobTitle": "Engineer", "hireDate": "2024-02-01", "location": "Montevideo"}
EVERYTHING = "name, email, status, country, department, job_title, hire_date, metadata"
FAULTS = (
    {"mode": "status", "status": 403},
    {"mode": "status", "status": 404},
    {"mode": "status", "status": 500},
    {"mode": "status", "status": 429},
    {"mode": "garbage"},
    {"mode": "drop"},
)


async def three(bamboo: Bamboo) -> None:
    for number, person in enumerate((ANA, BRUNO, CARLA), start=1):
        await bamboo.tell(id=number, **person, **JOB)


async def test_bamboohr_is_followed_from_where_it_was_left(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA, hireDate="2024-02-01", terminationDate="0000-00-00", location="Montevideo")
        await bamboo.tell(id=2, **BRUNO)
        assert (await sync(database, bamboo.directory())).happened == {EventType.EMPLOYEE_JOINED: 2}
        [(_name, hired, left, metadata)] = [
            it
            for it in await people(database, "name, hire_date, termination_date, metadata")
            if it[0].startswith("Ana")
        ]
        assert (str(hired), left) == ("2024-02-01", None)
        assert "Montevideo" in str(metadata)
        await bamboo.tell(id=1, department="Field")
        await bamboo.tell(id=2, deleted=True)
        synced = await sync(database, bamboo.directory())
        assert synced.happened == {EventType.EMPLOYEE_MOVED: 1, EventType.EMPLOYEE_LEFT: 1}
        again = await sync(database, bamboo.directory())
        assert again.happened == {}


async def test_fields_that_the_key_may_not_read_are_left_as_they_were_and_told_in_one_line(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        before = await people(database, EVERYTHING)
        await bamboo.hide("country", "department", "jobTitle", "hireDate", "location")
        await three(bamboo)
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.unchanged) == ({}, 3)
        assert await people(database, EVERYTHING) == before
        [note] = synced.notes
        assert "country, department, jobTitle, hireDate, location, which its key may not read" in note


async def test_a_key_that_may_read_no_address_still_tells_who_leaves(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        await bamboo.hide("workEmail", "displayName")
        await bamboo.tell(id=1, department="Field")
        await bamboo.tell(id=3, status="Inactive")
        await bamboo.tell(id=4, **CARLA)
        synced = await sync(database, bamboo.directory())
        assert synced.happened == {EventType.EMPLOYEE_MOVED: 1, EventType.EMPLOYEE_LEFT: 1}
        assert rejected(synced) == [("4", "name")]


async def test_what_is_told_as_null_or_empty_is_emptied(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA, **JOB)
        await sync(database, bamboo.directory())
        await bamboo.tell(id=1, country=None, department="", jobTitle=None, hireDate="0000-00-00", location=None)
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.notes) == ({EventType.EMPLOYEE_MOVED: 1}, [])
        [(_, _, _, *places, metadata)] = await people(database, EVERYTHING)
        assert (places, str(metadata)) == ([None] * 4, "[]")


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_record_that_fails_keeps_nobody_else_and_is_asked_for_again(database, tmp_path, fault):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        await bamboo.tell(id=2, department="Field")
        await bamboo.tell(id=3, status="Inactive")
        await bamboo.go_wrong(verb="GET", path="/employees/2", times=1_000, **fault)
        synced = await sync(database, bamboo.directory())
        assert synced.happened == {EventType.EMPLOYEE_LEFT: 1}
        assert [it.hris_id for it in synced.rejected] == ["2"]
        assert "BambooHR GET /employees/2" in synced.rejected[0].reason
        assert [it.hris_id for it in (await sync(database, bamboo.directory())).rejected] == ["2"]
        await bamboo.get_well()
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_MOVED: 1}, [])


async def test_a_deleted_person_who_could_not_be_read_before_has_left(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        await bamboo.tell(id=2, department="Field")
        await bamboo.go_wrong(verb="GET", path="/employees/2", mode="status", status=403)
        await sync(database, bamboo.directory())
        await bamboo.tell(id=2, deleted=True)
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_LEFT: 1}, [])


@pytest.mark.parametrize("fault", FAULTS)
async def test_where_the_changes_cannot_be_read_nothing_is_changed_and_nothing_missed(database, tmp_path, fault):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA)
        await bamboo.go_wrong(verb="GET", path="/employees/changed", times=1_000, **fault)
        with pytest.raises(OutboundFailure, match="BambooHR"):
            await sync(database, bamboo.directory())
        assert await people(database) == []
        await bamboo.get_well()
        assert (await sync(database, bamboo.directory())).happened == {EventType.EMPLOYEE_JOINED: 1}


async def test_where_record_after_record_fails_the_others_are_left_for_the_next_time(database, tmp_path, monkeypatch):
    monkeypatch.setattr("adapters.bamboohr.MAX_CONSECUTIVE_FAILURES", 3)
    async with a_bamboo(tmp_path) as bamboo:
        for number in range(12):
            await bamboo.tell(id=number, **{**ANA, "workEmail": f"p{number}@austral.example"})
        for digit in "0123456789":
            await bamboo.go_wrong(verb="GET", path=f"/employees/{digit}", times=1_000, mode="status", status=503)
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, len(synced.rejected)) == ({}, 12)
        assert sum("was not requested" in it.reason for it in synced.rejected) >= 12 - 3 - 4
        await bamboo.get_well()
        assert (await sync(database, bamboo.directory())).happened == {EventType.EMPLOYEE_JOINED: 12}


@pytest.mark.parametrize("address", [None, "", "no address"])
async def test_a_leaver_without_an_address_leaves_and_keeps_the_one_that_was_known(database, tmp_path, address):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA)
        await sync(database, bamboo.directory())
        await bamboo.tell(id=1, workEmail=address, displayName=None, status="Inactive", hireDate="31/12/24")
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_LEFT: 1}, [])
        assert warned(synced) == [("1", "name"), ("1", "email"), ("1", "hire_date")]
        assert await people(database, "email, status") == [("ana@austral.example", "INACTIVE")]


async def test_what_begins_with_the_first_day_is_told_before_it(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA, **{**JOB, "hireDate": "2999-01-01"})
        await sync(database, bamboo.directory())
        assert await people(database, "department, job_title") == [("Engineering", "Engineer")]
        [asked] = await bamboo.asked("1")
        assert asked["query"]["onlyCurrent"] == "false"


async def test_bamboohr_is_asked_again_when_it_turns_us_away(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await bamboo.tell(id=1, **ANA)
        await bamboo.go_wrong(verb="GET", path="/employees/1", mode="status", status=429)
        assert (await sync(database, bamboo.directory(attempts=2))).happened == {EventType.EMPLOYEE_JOINED: 1}
        with pytest.raises(OutboundFailure, match="401"):
            await sync(database, bamboo.directory(key="", attempts=100))
        assert sum(it["status"] == 401 for it in await bamboo.received()) == 1


async def test_who_could_not_be_taken_over_is_read_again_when_nothing_else_changed(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await from_file(database, tmp_path, ANA_IN_A_FILE.replace("1,", "7,", 1))
        await bamboo.tell(id=1, **ANA)
        await bamboo.tell(id=2, **BRUNO)
        assert [it.hris_id for it in (await sync(database, bamboo.directory())).rejected] == ["1"]
        left = ANA_IN_A_FILE.replace("1,", "7,", 1).replace("ana@", "ana.old@")
        await from_file(database, tmp_path, left)
        assert (await sync(database, bamboo.directory())).happened == {EventType.EMPLOYEE_JOINED: 1}
        assert (await sync(database, bamboo.directory())).happened == {}
        assert len(await bamboo.asked("1")) == 2


async def test_a_bad_key_is_told_without_the_key(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        with pytest.raises(OutboundFailure, match="401") as caught:
            await sync(database, bamboo.directory(key=""))
        assert "Basic" not in str(caught.value)


async def test_the_command_tells_whom_it_could_not_read_and_what_the_key_may_not(database, monkeypatch, tmp_path):
    await tenant_scope_of(database)
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await bamboo.hide("country", "hireDate")
        await bamboo.go_wrong(verb="GET", path="/employees/2", mode="status", status=403)
        monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("QUOTEGRAPH_BAMBOOHR_URL", f"{bamboo.url}/api/v1")
        monkeypatch.setenv("QUOTEGRAPH_BAMBOOHR_KEY", "a key")
        words = ["employees", "sync", "--company", "austral", "--provider", "bamboohr"]
        done = await asyncio.to_thread(CliRunner().invoke, cli, words)
        assert done.exit_code == 1
        assert "BambooHR does not return country, hireDate, which its key may not read" in done.output
        assert "2: BambooHR GET /employees/2: 403" in done.output
        assert "2 joined, 0 moved, 0 left, 0 updated, 0 unchanged, 1 rejected." in done.output
        done = await asyncio.to_thread(CliRunner().invoke, cli, words)
        assert done.exit_code == 0
        assert "1 joined, 0 moved, 0 left, 0 updated, " in done.output
        assert "0 rejected." in done.output


@pytest.mark.parametrize(
    ("changed", "happened"),
    [
        ({"latest": 7, "employees": {"1": None, "2": {"action": "Deleted"}, "3": "Updated"}}, {"EMPLOYEE_LEFT": 1}),
        ({"employees": []}, {}),
    ],
)
async def test_odd_entries_of_the_changes_are_read_as_far_as_they_can_be(database, tmp_path, changed, happened):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        cursor = await rows_of(database, "SELECT cursor FROM hris_syncs")
        async with answering(changed) as url:
            directory = BambooDirectory(url, "a key", bamboo.session, delays=())
            synced = await sync(database, directory)
        assert {str(kind): count for kind, count in synced.happened.items()} == happened
        assert await rows_of(database, "SELECT cursor FROM hris_syncs") == cursor
        # Everything is answered alike here, so nobody's record can be read.
        assert len(synced.rejected) == (2 if happened else 0)


async def test_a_key_that_may_read_no_field_at_all_changes_nobody(database, tmp_path):
    async with a_bamboo(tmp_path) as bamboo:
        await three(bamboo)
        await sync(database, bamboo.directory())
        before = await people(database, EVERYTHING)
        await bamboo.hide("workEmail", "displayName", "status", *JOB, "country")
        await three(bamboo)
        synced = await sync(database, bamboo.directory())
        assert (synced.happened, synced.rejected, synced.unchanged) == ({}, [], 3)
        assert await people(database, EVERYTHING) == before
