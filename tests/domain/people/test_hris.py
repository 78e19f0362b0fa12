"""What it means when an HR system tells of someone, or of someone no more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.people.employees import Employee, EmployeeStatus
from domain.people.hris import Reading, Unread, absent, departed, merged
from domain.people.person_drafts import PersonDraft, read_person
from domain.shared.events import EventType
from domain.use_cases.people.hris import Held, circular
from tests.domain.people.test_person_drafts import built


def known(*ids: str) -> list[Employee]:
    return [built(hris_id=it)._replace(id=it) for it in ids]


def missing(reading: Reading, *ids: str) -> list[str | None]:
    return [it.hris_id for it in absent(reading, known(*ids))]


@pytest.mark.parametrize(
    ("news", "happened"),
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
def test_what_differs_says_what_happened(news: dict[str, Any], happened: EventType | None):
    before = built()
    after = merged(before, built(before, **news))
    assert (after.happened, after.employee.id) == (happened, before.id)
    assert [(it.from_status, it.to_status) for it in after.changes] == (
        [("ACTIVE", "INACTIVE")] if happened == EventType.EMPLOYEE_LEFT else []
    )


def test_someone_new_joins_and_someone_who_comes_back_joins_again():
    ana = built()
    assert merged(None, ana).happened == EventType.EMPLOYEE_JOINED
    gone = departed(ana).employee
    assert (gone.status, departed(ana).happened) == (EmployeeStatus.INACTIVE, EventType.EMPLOYEE_LEFT)
    assert departed(gone).happened is None
    assert merged(gone, ana).happened == EventType.EMPLOYEE_JOINED


def test_who_is_missing_has_left_only_where_a_reading_has_everybody():
    people = [PersonDraft("1")]
    assert missing(Reading(people), "1", "2") == []
    assert missing(Reading(people, gone=["2"]), "1", "2") == ["2"]
    assert missing(Reading(people, whole=True), "1", "2", "3") == ["2", "3"]


def test_who_could_not_be_read_is_not_missing():
    reading = Reading([PersonDraft("1")], whole=True, unread=[Unread("2", "A short row.")])
    assert missing(reading, "1", "2", "3") == ["3"]


@pytest.mark.parametrize(
    "reading",
    [
        Reading([PersonDraft("1")], whole=True, unread=[Unread("", "Swallowed.")]),
        Reading([PersonDraft("1")], whole=True, unread=[Unread("someone else", "A short row.")]),
        Reading([PersonDraft("1"), PersonDraft(" ")], whole=True),
    ],
)
def test_nobody_is_missing_while_a_record_may_be_anyones(reading: Reading):
    assert missing(reading, "1", "2") == []


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)))
def test_those_who_wait_for_one_another_only_are_all_who_can_exchange(order: list[int], told: set[int]):
    """Each of those who are told is to have what another has; who is not told of stays."""
    people = known(*(str(number) for number in range(6)))
    held = [
        Held(read_person(PersonDraft(str(number))), people[number], people[order[number]])
        for number in sorted(told)
        if order[number] != number
    ]
    moving = circular(held)
    names = {it.person.hris_id for it in moving}
    assert names == {it.holder.hris_id for it in moving}
    stay = [it for it in held if it not in moving]
    while free := [it for it in stay if it.holder.hris_id not in {other.person.hris_id for other in stay}]:
        stay = [it for it in stay if it not in free]
    assert stay == []
