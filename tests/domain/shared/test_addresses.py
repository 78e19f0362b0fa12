"""Postal addresses in parts: what is not told stays, what is empty goes, what is wrong is told at its place."""

from domain.shared.addresses import Address, AddressDraft, parse_address, require_address
from domain.shared.errors import ErrorCode, Problems

HOME = Address(line1="10 Main Street", city="Montevideo", country="UY")


def test_an_address_is_what_was_typed_without_blanks_around_it():
    draft = AddressDraft(line1=" 10 Main Street ", city="Montevideo", country="Uruguay")
    assert parse_address(draft, Problems(), ("address",)) == HOME
    assert HOME.country_name == "Uruguay"


def test_a_part_that_is_not_told_stays_and_an_empty_one_is_taken_off():
    changed = parse_address(AddressDraft(line1="11 Main Street", city=""), Problems(), ("address",), HOME)
    assert changed == HOME._replace(line1="11 Main Street", city=None)


def test_an_address_of_which_nothing_is_left_is_none():
    assert parse_address(AddressDraft(line1=None, city="", country=" "), Problems(), ("address",), HOME) is None


def test_an_address_that_is_needed_has_at_least_one_part():
    problems = Problems()
    assert require_address(AddressDraft(city=" "), problems, ("address",)) is None
    assert [(it.path, it.code) for it in problems.found] == [(("address",), ErrorCode.REQUIRED)]


def test_a_wrong_part_is_told_at_its_place():
    problems = Problems()
    parse_address(AddressDraft(postal_code="1" * 21, country="Atlantis"), problems, ("address",))
    assert {it.path for it in problems.found} == {("address", "postalCode"), ("address", "country")}
