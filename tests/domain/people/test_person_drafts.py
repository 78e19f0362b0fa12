"""What becomes of an employee by what an HR system tells, leaves out, empties, or writes so that nobody can read it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.employees import Employee, EmployeeStatus
from domain.people.hris import merged
from domain.people.person_drafts import PersonDraft, applied, missing_fields, read_person
from domain.shared.metadata import MetadataEntry

ANA = PersonDraft(
    "7",
    "Ana Rodríguez",
    "ana@austral.example",
    "Active",
    "Uruguay",
    "Engineering",
    "Engineer",
    "2024-02-01",
    "",
    {"desk": "A1", "floor": "2"},
)
OPTIONAL = ("country", "department", "job_title", "hire_date", "termination_date")


def built(before: Employee | None = None, **given: Any) -> Employee:
    """The employee that Ana becomes when these fields of hers are person so."""
    person = read_person(replace(ANA, **given))
    assert missing_fields(person, before) == {}
    return applied(person, before, "bamboohr", 1, "an id")


def changed(**given: Any) -> tuple[Employee, dict[str, str]]:
    """What becomes of Ana when nothing but her id and these are person, and what could not be read."""
    person = read_person(PersonDraft("7", **given))
    assert missing_fields(person, built()) == {}
    return applied(person, built(), "bamboohr", 1, "another id"), dict(person.unread)


def missing(before: Employee | None = None, **given: Any) -> set[str]:
    return set(missing_fields(read_person(replace(ANA, **given)), before))


def test_what_is_not_told_stays_as_it_was():
    assert changed() == (built(), {})
    assert changed(department="Design")[0] == built()._replace(department="Design")
    assert changed(metadata={"desk": "B2"})[0].metadata == (
        MetadataEntry("desk", "B2"), MetadataEntry("floor", "2"),
    )  # fmt: skip


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize("empty", ["", "  "])
def test_what_is_told_as_empty_is_emptied(name: str, empty: str):
    assert getattr(changed(**{name: empty})[0], name) is None
    assert changed(metadata={"desk": "", "floor": ""})[0].metadata == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("country", "Atlantis"),
        ("hire_date", "01/02/2024"),
        ("hire_date", "2024-02-30"),
        ("hire_date", "2024-02-29 08:30:00"),
        ("termination_date", "soon"),
        ("job_title", "x" * 1_000),
        ("department", "Engi\x07neering"),
        ("status", "Bananas"),
        ("status", ""),
    ],
)
def test_what_cannot_be_read_stays_as_it_was_and_is_told(name: str, value: str):
    after, unread = changed(**{name: value})
    assert (after, list(unread)) == (built(), [name])


@pytest.mark.parametrize("name", OPTIONAL)
def test_someone_new_joins_without_what_cannot_be_read(name: str):
    unreadable: dict[str, Any] = {name: "\x07"}
    assert getattr(built(**unreadable), name) is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"hris_id": " "}, {"hris_id"}),
        ({"name": ""}, {"name"}),
        ({"name": None, "email": None}, {"name", "email"}),
        ({"email": "nobody"}, {"email"}),
        ({"status": "Bananas"}, {"status"}),
        ({"status": None}, {"status"}),
        ({"status": "Inactive", "email": ""}, {"email"}),
    ],
)
def test_someone_new_needs_an_id_a_name_an_address_and_a_status(given: dict[str, Any], wrong: set[str]):
    assert missing(**given) == wrong


@pytest.mark.parametrize(
    ("given", "wrong"),
    [({"email": ""}, {"email"}), ({"name": " "}, {"name"}), ({"email": None, "name": None, "status": None}, set())],
)
def test_someone_who_works_here_keeps_a_name_and_an_address(given: dict[str, Any], wrong: set[str]):
    assert missing(built(), **given) == wrong


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"email": ""},
        {"email": "no address", "name": "", "country": "Atlantis", "hire_date": "?"},
        {"email": None, "name": None},
    ],
)
def test_a_leaving_needs_an_id_and_a_status_only(given: dict[str, Any]):
    after = built(built(), status="Inactive", **given)
    assert (after.status, after.email, after.name) == (
        EmployeeStatus.INACTIVE, "ana@austral.example", "Ana Rodríguez",
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "2024-02-29",
        "2024-02-29 00:00:00",
        "2024-02-29T00:00:00",
        "2024-02-29T00:00:00Z",
        "2024-02-29T00:00:00.000Z",
        "2024-02-29T00:00:00+05:30",
        "2024-02-29 00:00",
        " 2024-02-29  00:00:00.0 ",
    ],
)
def test_midnight_behind_a_date_is_that_date(written: str):
    assert built(hire_date=written).hire_date == date(2024, 2, 29)


@pytest.mark.parametrize(
    "word",
    [
        *("Active", " WORKING ", "employed", "Onboarding", "pre-hire", "On Leave", "on_leave", "Leave of absence"),
        *("Parental leave", "Suspended", "Suspended without pay", "Furloughed", "Sabbatical", "Probation"),
        *("Notice period", "Offboarding", "Full-time", "part time", "Contractor", "Active (on leave)", "Probationary"),
        *("Pending termination", "Pending start", "Future hire", "New starter", "Long-term disability", "LOA"),
        *("Aktiv", "ACTIVO", "Ativa", "actif", "Attivo", "Beurlaubt", "En licencia", "Suspendido", "Fe\u0301rias"),
    ],
)
def test_who_is_on_leave_or_suspended_or_about_to_begin_works_there(word: str):
    assert built(status=word).status == EmployeeStatus.ACTIVE


@pytest.mark.parametrize(
    "word",
    [
        *("Inactive", "TERMINATED", "left", "Former", "former employee", "Ex-Employee", "Past employee", "Resigned"),
        *("Not active", "no longer employed", "Terminated contractor", "Contract ended", "Left the company", "Retired"),
        *("Inaktiv", "INACTIVO", "Inativa", "inactif", "Ausgeschieden", "Despedida", "Desligado", "Licencié"),
    ],
)
def test_who_has_left_does_not(word: str):
    assert built(status=word).status == EmployeeStatus.INACTIVE


@pytest.mark.parametrize(
    "word",
    [
        "Bananas",
        "not terminated",
        "not on leave",
        "nicht aktiv",
        "no activo",
        "plus actif",
        "Active, terminated",
        "",
        "🙂",
    ],
)
def test_a_word_that_may_mean_either_is_not_guessed(word: str):
    assert missing(status=word) == {"status"}


_TOLD = st.none() | st.text(max_size=20) | st.sampled_from(["Inactive", "Active", "2024-02-01", "UY", "a@b.example"])


@given(st.builds(PersonDraft, st.text(max_size=20), *(_TOLD for _ in range(8))), st.booleans())
def test_whatever_is_told_is_taken_over_or_told_what_is_wrong_and_again_it_changes_nothing(draft, is_known):
    person, before = read_person(draft), built() if is_known else None
    if not missing_fields(person, before):
        after = applied(person, before, "bamboohr", 1, "an id")
        assert after.name
        assert after.email
        assert merged(after, applied(person, after, "bamboohr", 1, "another id")).happened is None


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#name?", "#####"])
def test_what_a_spreadsheet_could_not_make_out_is_nobodys_name_and_no_place(cell: str):
    assert missing(name=cell) == {"name"}
    assert "spreadsheet" in read_person(replace(ANA, department=cell)).unread["department"]
