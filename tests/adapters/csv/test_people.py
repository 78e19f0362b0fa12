"""Files of people: what one row or one column lacks concerns that row or column only."""

import pytest

from adapters.csv.people import KNOWN, CsvDirectory
from domain.shared.events import EventType
from tests.adapters.support.people import ANA, BRUNO, HEADER, a_file, from_file, people, rejected, sync, warned

CARLA = "3,Carla Nuñez,carla@austral.example,Active,UY,Field,,,,"
PLACES = "hris_id, country, department, job_title, hire_date, metadata"


async def test_a_column_that_is_not_there_leaves_everyone_as_they_were(database, tmp_path):
    await from_file(database, tmp_path, ANA, BRUNO)
    before = await people(database, PLACES)
    shorter = a_file(tmp_path, "1,Ana Rodríguez,ana@austral.example,Active", "2,,,", header="hris_id,name,email,status")
    synced = await sync(database, CsvDirectory(shorter))
    assert (synced.happened, synced.unchanged, rejected(synced)) == ({}, 1, [("2", "name")])
    only = a_file(tmp_path, "1,Active", "2,Inactive", header="HRIS ID,Status")
    assert (await sync(database, CsvDirectory(only))).happened == {EventType.EMPLOYEE_LEFT: 1}
    assert await people(database, PLACES) == before


async def test_an_empty_cell_empties(database, tmp_path):
    await from_file(database, tmp_path, ANA)
    emptied = "1,Ana Rodríguez,ana@austral.example,Active,,,,,,"
    assert await from_file(database, tmp_path, emptied) == {"EMPLOYEE_MOVED": 1}
    [(_, *places, metadata)] = await people(database, PLACES)
    assert (places, str(metadata)) == ([None] * 4, "[]")


@pytest.mark.parametrize(
    "heading",
    [
        "HRIS ID,Name,E-mail,Status,Job Title",
        "hris-id,NAME,Email,STATUS,JobTitle",
        "Hris_Id,name,email,status,job title",
    ],
)
async def test_headings_are_found_without_case_blanks_and_underscores(database, tmp_path, heading):
    path = a_file(tmp_path, "1,Ana,ana@austral.example,Active,Engineer", header=heading)
    assert (await sync(database, CsvDirectory(path))).notes == []
    assert await people(database, "hris_id, job_title") == [("1", "Engineer")]


async def test_one_short_row_is_left_out_alone(database, tmp_path):
    synced = await sync(database, CsvDirectory(a_file(tmp_path, ANA, "2,Bruno Silva", CARLA)))
    assert synced.happened == {EventType.EMPLOYEE_JOINED: 2}
    assert [(it.hris_id, it.reason.split(":")[0]) for it in synced.rejected] == [("2", "line 3")]
    assert "2 cells rather than 10" in synced.rejected[0].reason


async def test_who_cannot_be_read_in_a_whole_file_has_not_left(database, tmp_path):
    await from_file(database, tmp_path, ANA, BRUNO, CARLA)
    assert await from_file(database, tmp_path, ANA, "2,Bruno Silva", whole=True) == {"EMPLOYEE_LEFT": 1}
    assert await people(database) == [
        ("Ana Rodríguez", "ACTIVE"), ("Bruno Silva", "ACTIVE"), ("Carla Nuñez", "INACTIVE"),
    ]  # fmt: skip


@pytest.mark.parametrize("row", [',"Bruno, Silva,x', "Bruno Silva,2", '2,"Bruno\nSilva'])
async def test_nobody_is_missing_from_a_whole_file_with_a_row_that_may_be_anyones(database, tmp_path, row):
    await from_file(database, tmp_path, ANA, BRUNO, CARLA)
    path = a_file(tmp_path, ANA, row)
    synced = await sync(database, CsvDirectory(path, whole=True))
    assert (synced.happened, len(synced.rejected)) == ({}, 1)
    assert any("missing people were not marked as having left" in note for note in synced.notes)


async def test_an_unclosed_quotation_mark_says_where_it_opens_and_what_it_takes(database, tmp_path):
    path = a_file(tmp_path, ANA, '2,"Bruno Silva,bruno@austral.example,Active,BR,,,,,', CARLA)
    synced = await sync(database, CsvDirectory(path, whole=True))
    assert synced.happened == {EventType.EMPLOYEE_JOINED: 1}
    [rejected] = synced.rejected
    assert "line 3: a quotation mark opens here and is never closed; it takes 2 lines, 3 to 4" in rejected.reason


async def test_a_nul_byte_concerns_its_row_only(database, tmp_path):
    path = a_file(tmp_path, ANA.replace("Ana", "A\0na"), BRUNO)
    synced = await sync(database, CsvDirectory(path))
    assert synced.happened == {EventType.EMPLOYEE_JOINED: 1}
    assert "NUL byte" in synced.rejected[0].reason


async def test_what_cannot_be_read_keeps_nobody_out(database, tmp_path):
    await from_file(database, tmp_path, ANA)
    odd = ANA.replace("Uruguay", "Atlantis").replace("Engineering", "Field").replace("2024-02-01", "01.02.24")
    synced = await sync(database, CsvDirectory(a_file(tmp_path, odd, BRUNO.replace("BR", "Lemuria"))))
    assert synced.happened == {EventType.EMPLOYEE_MOVED: 1, EventType.EMPLOYEE_JOINED: 1}
    assert warned(synced) == [("1", "country"), ("1", "hire_date"), ("2", "country")]
    assert await people(database, "name, country, department") == [
        ("Ana Rodríguez", "UY", "Field"), ("Bruno Silva", None, "Design"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "leaving", ["2,Bruno Silva,,Inactive,,,,,,", "2,,nobody,Terminated,Atlantis,,,soon,later,", "2,,,left,,,,,,"]
)
async def test_nothing_but_an_id_and_a_status_is_needed_to_leave(database, tmp_path, leaving):
    await from_file(database, tmp_path, ANA, BRUNO)
    synced = await sync(database, CsvDirectory(a_file(tmp_path, leaving)))
    assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_LEFT: 1}, [])
    assert (await people(database, "name, email, status"))[1] == ("Bruno Silva", "bruno@austral.example", "INACTIVE")


async def test_a_leaver_keeps_an_address_that_is_told_but_another_has(database, tmp_path):
    await from_file(database, tmp_path, ANA, BRUNO)
    synced = await sync(
        database, CsvDirectory(a_file(tmp_path, "2,Bruno Silva,ana@austral.example,Inactive,,,,,,", ANA))
    )
    assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_LEFT: 1}, [])
    assert warned(synced) == [("2", "email")]
    assert await people(database, "email, status") == [
        ("ana@austral.example", "ACTIVE"), ("bruno@austral.example", "INACTIVE"),
    ]  # fmt: skip


async def test_who_has_left_and_was_never_known_is_told_and_asked_for_no_more(database, tmp_path):
    synced = await sync(database, CsvDirectory(a_file(tmp_path, "9,,,Inactive,,,,,,", ANA)))
    assert (synced.happened, synced.rejected) == ({EventType.EMPLOYEE_JOINED: 1}, [])
    assert [it.hris_id for it in synced.warnings] == ["9"]


async def test_a_row_under_a_new_id_takes_over_what_its_old_one_leaves(database, tmp_path):
    """Someone who comes back gets a new record in many HR systems, and keeps the address."""
    await from_file(database, tmp_path, BRUNO)
    left, back = BRUNO.replace("Active", "Inactive"), BRUNO.replace("2,", "8,", 1)
    for expected in ({"EMPLOYEE_LEFT": 1, "EMPLOYEE_JOINED": 1}, {}):
        synced = await sync(database, CsvDirectory(a_file(tmp_path, left, back)))
        assert ({str(kind): count for kind, count in synced.happened.items()}, synced.rejected) == (expected, [])
    assert await people(database, "hris_id, status") == [("8", "ACTIVE")]


async def test_suspended_people_and_dates_of_spreadsheets_come_in(database, tmp_path):
    on_leave = BRUNO.replace(",,,", ",2024-02-29 00:00:00,,").replace("Active", "On leave")
    path = a_file(tmp_path, ANA.replace("Active", "Suspended"), on_leave)
    synced = await sync(database, CsvDirectory(path))
    assert (synced.happened, synced.warnings) == ({EventType.EMPLOYEE_JOINED: 2}, [])
    found = await people(database, "status, hire_date")
    assert [(status, str(day)) for status, day in found] == [("ACTIVE", "2024-02-01"), ("ACTIVE", "2024-02-29")]


def test_the_documented_columns_are_all_known():
    assert set(HEADER.split(",")) - set(KNOWN) == {"desk"}
