"""Where a device is: with a person, in storage, or at an office."""

import pytest

from domain.inventory.locations import Location, LocationDraft, LocationType, parse_location
from domain.shared.errors import ErrorCode, Problems

PERSON, STORAGE, OFFICE = LocationType.PERSON, LocationType.STORAGE, LocationType.OFFICE


@pytest.mark.parametrize(
    ("location", "told"),
    [
        (Location(PERSON, "Ana"), "with Ana"),
        (Location(STORAGE), "in storage"),
        (Location(STORAGE, "Shelf 2"), "in storage (Shelf 2)"),
        (Location(OFFICE, "Montevideo"), "at the office Montevideo"),
    ],
)
def test_a_place_is_told_as_people_say_it(location, told):
    assert str(location) == told


@pytest.mark.parametrize(
    ("draft", "employee", "found"),
    [
        (None, "Ana", None),
        (LocationDraft(PERSON), "Ana", Location(PERSON, "Ana")),
        (LocationDraft(PERSON, "Ana"), "Ana", Location(PERSON, "Ana")),
        (LocationDraft(STORAGE), None, Location(STORAGE)),
        (LocationDraft(OFFICE, " Montevideo "), None, Location(OFFICE, "Montevideo")),
    ],
)
def test_a_place_that_was_typed_is_found(draft, employee, found):
    problems = Problems()
    assert parse_location(draft, employee, problems, ("location",)) == found
    assert problems.found == []


@pytest.mark.parametrize(
    ("draft", "employee", "place", "code"),
    [
        (LocationDraft(PERSON, "Bruno"), "Ana", "name", ErrorCode.NOT_ALLOWED),
        (LocationDraft(STORAGE), "Ana", "type", ErrorCode.NOT_ALLOWED),
        (LocationDraft(OFFICE), None, "name", ErrorCode.REQUIRED),
        (LocationDraft(PERSON), None, "name", ErrorCode.REQUIRED),
    ],
)
def test_a_place_that_cannot_be_is_told_where_it_is_wrong(draft, employee, place, code):
    problems = Problems()
    parse_location(draft, employee, problems, ("location",))
    assert [(it.path, it.code) for it in problems.found] == [(("location", place), code)]
