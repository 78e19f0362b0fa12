"""Custom fields: what can be defined, which values fit, and how a bad one is refused rather than dropped."""

from datetime import date
from typing import Any

import pytest

from domain.companies.custom_fields import (
    VALUE_TYPES,
    CustomField,
    FieldDraft,
    FieldType,
    FieldValue,
    ValueDraft,
    changed_values,
    define_field,
    field_key,
    redefined_field,
)
from domain.shared.addresses import Address, AddressDraft
from domain.shared.errors import ErrorCode, InvalidInput, Problems
from domain.shared.ids import global_id, new_id
from tests.builders import LATER, NOW, TENANT

COLOURS = ("Red", "Green", "Blue")


def a_field(kind: FieldType, **given: Any) -> CustomField:
    options = COLOURS if kind in (FieldType.RADIO, FieldType.DROP_DOWN, FieldType.CHECKLIST) else ()
    details = {"name": kind.title(), "options": options, **given}
    return define_field(kind, FieldDraft(details), TENANT, NOW, new_id())


FIELDS = {kind: a_field(kind) for kind in FieldType}
KNOWN = {it.id: it for it in FIELDS.values()}


def noted(
    *drafts: ValueDraft, before: tuple[FieldValue, ...] = (), known: dict[str, CustomField] = KNOWN
) -> tuple[FieldValue, ...]:
    problems = Problems()
    found = changed_values(before, drafts, known, problems, ("customFields",))
    problems.raise_if_any()
    return found


def value(kind: FieldType, member: str | None, given: Any) -> ValueDraft:
    return ValueDraft(global_id("CustomField", FIELDS[kind].id), member, given)


def refusals(act: Any) -> list[tuple[str, ErrorCode]]:
    with pytest.raises(InvalidInput) as refusal:
        act()
    return [(".".join(it.path), it.code) for it in refusal.value.problems]


GOOD = [
    (FieldType.TEXT, "text", " Two\nlines ", "Two\nlines", "Two\nlines"),
    (FieldType.NUMBER, "number", "-12.50", "-12.50", "-12.50"),
    (FieldType.NUMBER, "number", 7, "7", "7"),
    (FieldType.DATE, "date", "2027-02-28", date(2027, 2, 28), "2027-02-28"),
    (FieldType.DATE, "date", "02-28-2027", date(2027, 2, 28), "2027-02-28"),
    (FieldType.RADIO, "option", "Red", "Red", "Red"),
    (FieldType.DROP_DOWN, "option", " Blue ", "Blue", "Blue"),
    (FieldType.CHECKLIST, "options", ["Blue", "Red", "Blue"], ("Red", "Blue"), "Red, Blue"),
    (
        FieldType.ADDRESS,
        "address",
        AddressDraft("Calle 1", city="Montevideo", province_code="MO", province="Montevideo", country="Uruguay"),
        Address("Calle 1", city="Montevideo", province_code="MO", province="Montevideo", country="UY"),
        "Calle 1, Montevideo, Montevideo, Uruguay",
    ),
]


@pytest.mark.parametrize(("kind", "member", "given", "kept", "display"), GOOD)
def test_a_value_that_fits_is_kept_as_its_kind(kind, member, given, kept, display):
    [found] = noted(value(kind, member, given))
    assert type(found) is VALUE_TYPES[kind]
    assert (found.field_id, found.kind, found.value, found.display) == (FIELDS[kind].id, kind, kept, display)


EMPTY = [
    (FieldType.TEXT, "text", " "),
    (FieldType.NUMBER, "number", ""),
    (FieldType.DATE, "date", " "),
    (FieldType.RADIO, "option", ""),
    (FieldType.CHECKLIST, "options", []),
    (FieldType.ADDRESS, "address", AddressDraft(" ", None, "", " ", None, None, "")),
    (FieldType.TEXT, "text", None),
    (FieldType.TEXT, None, None),
]


@pytest.mark.parametrize(("kind", "member", "given"), EMPTY)
def test_an_empty_value_clears(kind, member, given):
    text = noted(value(FieldType.TEXT, "text", "a"), value(FieldType.NUMBER, "number", "1"))
    full = (
        text
        if kind in (FieldType.TEXT, FieldType.NUMBER)
        else noted(*{it[0]: value(*it[:3]) for it in GOOD}.values(), before=text)
    )
    left = noted(value(kind, member, given), before=full)
    assert [it.kind for it in left] == [it.kind for it in full if it.kind != kind]


BAD = [
    (FieldType.TEXT, "text", "x" * 5001, "text", ErrorCode.TOO_LONG),
    (FieldType.TEXT, "number", "1", "number", ErrorCode.NOT_SUPPORTED),
    (FieldType.NUMBER, "number", "twelve", "number", ErrorCode.INVALID_AMOUNT),
    (FieldType.NUMBER, "number", "1e3", "number", ErrorCode.INVALID_AMOUNT),
    (FieldType.NUMBER, "number", 1.5, "number", ErrorCode.INVALID_AMOUNT),
    (FieldType.NUMBER, "number", "1" * 21, "number", ErrorCode.INVALID_AMOUNT),
    (FieldType.DATE, "date", "2027-02-30", "date", ErrorCode.INVALID_DATE),
    (FieldType.DATE, "date", "28-02-2027", "date", ErrorCode.INVALID_DATE),
    (FieldType.DATE, "date", "28.2.2027", "date", ErrorCode.INVALID_DATE),
    (FieldType.DATE, "date", "0000-01-01", "date", ErrorCode.INVALID_DATE),
    (FieldType.RADIO, "option", "Mauve", "option", ErrorCode.UNKNOWN_OPTION),
    (FieldType.DROP_DOWN, "option", "Mauve", "option", ErrorCode.UNKNOWN_OPTION),
    (FieldType.CHECKLIST, "options", ["Red", "Mauve"], "options.1", ErrorCode.UNKNOWN_OPTION),
    (FieldType.CHECKLIST, "options", ["Red"] * 101, "options", ErrorCode.TOO_MANY),
    (FieldType.ADDRESS, "address", AddressDraft(country="Atlantis"), "address.country", ErrorCode.INVALID_COUNTRY),
]


@pytest.mark.parametrize(("kind", "member", "given", "path", "code"), BAD)
def test_a_value_that_does_not_fit_is_refused_at_its_place_and_never_dropped(kind, member, given, path, code):
    good = value(FieldType.RADIO, "option", "Red") if kind == FieldType.TEXT else value(FieldType.TEXT, "text", "Fine")
    found = refusals(lambda: noted(good, value(kind, member, given)))
    assert found == [(f"customFields.1.value.{path}", code)]


@pytest.mark.parametrize(
    "field_id",
    [new_id(), "Colour", global_id("Quote", FIELDS[FieldType.TEXT].id)],
    ids=["unknown", "no id", "of another type"],
)
def test_a_field_the_company_does_not_have_is_refused(field_id):
    [(path, code)] = refusals(lambda: noted(ValueDraft(field_id, "text", "a")))
    assert path == "customFields.0.customFieldId"
    assert code in (ErrorCode.UNKNOWN_REFERENCE, ErrorCode.INVALID_ID)


def test_values_that_are_not_named_stay():
    before = noted(value(FieldType.TEXT, "text", "a"), value(FieldType.NUMBER, "number", "1"))
    after = noted(value(FieldType.TEXT, "text", "c"), before=before)
    assert {it.kind: it.value for it in after} == {FieldType.NUMBER: "1", FieldType.TEXT: "c"}


def test_a_field_is_named_once():
    twice = [value(FieldType.TEXT, "text", it) for it in "bc"]
    assert refusals(lambda: noted(*twice)) == [("customFields.1.customFieldId", ErrorCode.ALREADY_EXISTS)]


def test_a_required_field_is_missed_until_it_has_a_value():
    required = a_field(FieldType.TEXT, name="Cost centre", required=True)
    known = {required.id: required}
    assert refusals(lambda: noted(known=known)) == [("customFields", ErrorCode.REQUIRED)]
    before = noted(ValueDraft(required.id, "text", "42"), known=known)
    assert noted(before=before, known=known) == before
    assert refusals(lambda: noted(ValueDraft(required.id), before=before, known=known)) == [
        ("customFields", ErrorCode.REQUIRED)
    ]


def test_too_many_values_are_refused():
    drafts = [value(FieldType.TEXT, "text", "a")] * 201
    assert ("customFields", ErrorCode.TOO_MANY) in refusals(lambda: noted(*drafts))


DEFINITIONS = [
    (FieldType.TEXT, {"name": " "}, "name", ErrorCode.REQUIRED),
    (FieldType.TEXT, {"name": "n" * 201}, "name", ErrorCode.TOO_LONG),
    (FieldType.TEXT, {"options": ("Red",)}, "options", ErrorCode.NOT_SUPPORTED),
    (FieldType.RADIO, {"options": ()}, "options", ErrorCode.REQUIRED),
    (FieldType.DROP_DOWN, {"options": ("Red", " ")}, "options.1", ErrorCode.REQUIRED),
    (FieldType.CHECKLIST, {"options": tuple(map(str, range(101)))}, "options", ErrorCode.TOO_MANY),
]


@pytest.mark.parametrize(("kind", "given", "path", "code"), DEFINITIONS)
def test_a_bad_definition_is_refused_at_the_field(kind, given, path, code):
    assert refusals(lambda: a_field(kind, **given)) == [(path, code)]


def test_a_definition_changes_in_what_is_given_only():
    before = a_field(FieldType.RADIO, required=True)
    assert redefined_field(before, FieldDraft(), LATER) == before
    after = redefined_field(before, FieldDraft({"options": ("Black", "Red", "Black")}), LATER)
    assert (after.options, after.required, after.updated_at) == (("Black", "Red"), True, LATER)


def test_an_archived_fields_name_is_free_again():
    before = a_field(FieldType.TEXT, name="Cost Centre")
    assert field_key(before) == field_key(before._replace(name="cost centre "))
    assert field_key(before._replace(archived_at=NOW)) != field_key(before)


@pytest.mark.parametrize("typed", ["rot", "ROT", " Rot\u200f", "Gru\u0308n", "GRÜN"])
@pytest.mark.parametrize("kind", [FieldType.RADIO, FieldType.DROP_DOWN, FieldType.CHECKLIST])
def test_an_option_is_the_same_in_any_case_and_any_form_of_unicode(kind, typed):
    definition = a_field(kind, options=("Rot", "Grün"))
    draft = ValueDraft(
        global_id("CustomField", definition.id),
        "options" if kind == FieldType.CHECKLIST else "option",
        [typed] if kind == FieldType.CHECKLIST else typed,
    )
    [found] = noted(draft, known={definition.id: definition})
    assert found.display == ("Rot" if typed.strip("\u200f ").casefold() == "rot" else "Grün")


def test_options_that_are_the_same_are_one_and_the_first_spelling_stays():
    definition = a_field(FieldType.RADIO, options=("Rot", "rot", "Gru\u0308n", "GRÜN"))
    assert definition.options == ("Rot", "Gru\u0308n")
