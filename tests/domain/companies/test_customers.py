"""Customers: what they are called, what changes, and what is refused."""

from typing import Any

import pytest

from domain.companies.customers import Customer, CustomerDraft, build_customer, changed_customer
from domain.shared.addresses import Address, AddressDraft
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.ids import new_id
from tests.builders import LATER, NOW, TENANT


def made(**given: Any) -> Customer:
    return build_customer(CustomerDraft(given), TENANT, NOW, new_id())


def changed(customer: Customer, **given: Any) -> Customer:
    return changed_customer(customer, CustomerDraft(given), LATER)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"name": " Ana R. ", "first_name": "Ana"}, "Ana R."),
        ({"first_name": "Ana", "last_name": "Rodríguez", "company_name": "Austral"}, "Ana Rodríguez"),
        ({"last_name": "Rodríguez"}, "Rodríguez"),
        ({"company_name": "Austral"}, "Austral"),
        ({"name": None, "first_name": "Ana"}, "Ana"),
    ],
)
def test_a_customer_is_called_by_its_name_or_what_stands_in_for_it(given, name):
    assert made(**given).name == name


def test_a_customer_called_by_its_parts_is_renamed_with_them():
    ana = made(first_name="Ana", last_name="Silva")
    assert changed(ana, last_name="Rodríguez").name == "Ana Rodríguez"
    assert changed(made(name="Dr. Ana", first_name="Ana"), first_name="Anna").name == "Dr. Ana"
    assert changed(made(name="Dr. Ana", first_name="Ana"), name=None).name == "Ana"


def test_what_is_left_out_stays_and_null_clears():
    ana = made(name="Ana", email="ana@x.example", phone_number="1", external_id="7")
    after = changed(ana, phone_number=None, external_id=" ")
    assert (after.email, after.phone_number, after.external_id) == ("ana@x.example", None, None)
    assert (after.created_at, after.updated_at) == (NOW, LATER)


def test_what_changes_nothing_leaves_no_trace():
    ana = made(name="Ana")
    assert changed(ana, name="Ana") == ana


def test_an_address_is_replaced_as_a_whole_and_cleared_when_empty():
    ana = made(name="Ana", address=AddressDraft("Calle 1", city="Montevideo", country="Uruguay"))
    assert ana.address == Address("Calle 1", city="Montevideo", country="UY")
    assert ana.address is not None
    assert ana.address.country_name == "Uruguay"
    assert changed(ana, address=AddressDraft(postal_code="11000")).address == Address(postal_code="11000")
    assert changed(ana, address=AddressDraft(city=" ")).address is None
    assert changed(ana, address=None).address is None
    assert Address().country_name is None


BAD: dict[str, tuple[dict[str, Any], str, ErrorCode]] = {
    "no name": ({}, "name", ErrorCode.REQUIRED),
    "a blank name": ({"name": " "}, "name", ErrorCode.REQUIRED),
    "a name too long": ({"name": "n" * 201}, "name", ErrorCode.TOO_LONG),
    "two lines": ({"name": "Ana", "first_name": "A\nB"}, "firstName", ErrorCode.INVALID_TEXT),
    "no address for mail": ({"name": "Ana", "email": "ana"}, "email", ErrorCode.INVALID_EMAIL),
    "a number too long": ({"name": "Ana", "phone_number": "1" * 51}, "phoneNumber", ErrorCode.TOO_LONG),
    "no country": (
        {"name": "Ana", "address": AddressDraft(country="Atlantis")},
        "address.country",
        ErrorCode.INVALID_COUNTRY,
    ),
    "a postal code too long": (
        {"name": "Ana", "address": AddressDraft(postal_code="1" * 21)},
        "address.postalCode",
        ErrorCode.TOO_LONG,
    ),
}


@pytest.mark.parametrize(("given", "path", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_customer_is_refused_at_the_field(given, path, code):
    with pytest.raises(InvalidInput) as refusal:
        made(**given)
    assert [(".".join(it.path), it.code) for it in refusal.value.problems] == [(path, code)]


def test_a_customer_cannot_be_left_without_a_name():
    ana = made(first_name="Ana")
    with pytest.raises(InvalidInput):
        changed(ana, first_name=None)
    assert changed(ana, first_name=None, company_name="Austral").name == "Austral"
