"""What it means when an HR system tells of someone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.employees import Employee, EmployeeStatus
from domain.errors import Problems
from domain.events import EventType
from domain.hris import PersonDraft, build_employee, departed, merged

ANA = PersonDraft(
    "7", "Ana Rodríguez", "ana@austral.example", "Active", "Uruguay", "Engineering", "Engineer", "2024-02-01"
)


def built(draft: PersonDraft = ANA, **given: Any) -> tuple[Employee, list[str]]:
    problems = Problems()
    employee = build_employee(replace(draft, **given), "bamboohr", 1, "an id", problems)
    return employee, [problem.path[-1] for problem in problems.found]


@pytest.mark.parametrize(
    ("given", "happened"),
    [
        ({}, None),
        ({"country": "Brazil"}, EventType.EMPLOYEE_MOVED),
        ({"department": "Design"}, EventType.EMPLOYEE_MOVED),
        ({"job_title": ""}, EventType.EMPLOYEE_MOVED),
        ({"name": "Ana R. Silva"}, EventType.EMPLOYEE_UPDATED),
        ({"email": "ana.silva@austral.example"}, EventType.EMPLOYEE_UPDATED),
        ({"status": "Inactive", "country": "BR"}, EventType.EMPLOYEE_LEFT),
    ],
)
def test_what_differs_says_what_happened(given, happened):
    before = built()[0]._replace(id="the first")
    after = merged(before, built(**given)[0])
    assert (after.happened, after.employee.id) == (happened, "the first")
    assert [(it.from_status, it.to_status) for it in after.changes] == (
        [("ACTIVE", "INACTIVE")] if happened == EventType.EMPLOYEE_LEFT else []
    )


def test_someone_new_joins_and_someone_who_comes_back_joins_again():
    ana = built()[0]
    assert merged(None, ana).happened == EventType.EMPLOYEE_JOINED
    gone = departed(ana).employee
    assert (gone.status, departed(ana).happened) == (EmployeeStatus.INACTIVE, EventType.EMPLOYEE_LEFT)
    assert departed(gone).happened is None
    assert merged(gone, ana).happened == EventType.EMPLOYEE_JOINED


@given(st.builds(PersonDraft, *(st.text(max_size=20) for _ in range(9))))
def test_whatever_is_told_is_built_or_told_what_is_wrong_and_again_it_changes_nothing(draft):
    employee, wrong = built(draft)
    if not wrong:
        assert merged(employee, built(draft)[0]).happened is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"hris_id": " "}, "hris_id"),
        ({"name": ""}, "name"),
        ({"email": "nobody"}, "email"),
        ({"status": "Sabbatical"}, "status"),
        ({"country": "Atlantis"}, "country"),
        ({"hire_date": "01/02/2024"}, "hire_date"),
    ],
)
def test_what_cannot_be_meant_is_told_by_its_column(given, wrong):
    assert built(**given)[1] == [wrong]
