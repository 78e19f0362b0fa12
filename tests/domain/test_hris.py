"""What it means when an HR system tells of someone, or of someone no more."""

from typing import Any

import pytest

from domain.employees import Employee, EmployeeStatus
from domain.events import EventType
from domain.hris import Reading, Unread, absent, departed, merged
from domain.person_drafts import PersonDraft
from tests.domain.test_person_drafts import built


def known(*ids: str) -> list[Employee]:
    return [built(hris_id=it)._replace(id=it) for it in ids]


def missing(reading: Reading, *ids: str) -> list[str | None]:
    return [it.hris_id for it in absent(reading, known(*ids))]


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
def test_what_differs_says_what_happened(given: dict[str, Any], happened: EventType | None):
    before = built()
    after = merged(before, built(before, **given))
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
