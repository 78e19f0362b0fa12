"""Custom fields: additional fields that a company defines for its quotes (docs/domain.md#custom-fields).

Each quote has values for them, which are checked against the definitions. A field that is no longer used is archived,
so that existing values stay readable.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from domain.shared.addresses import Address, AddressDraft, parse_address
from domain.shared.errors import DomainError, ErrorCode, Invalid, InvalidInput, NodeRef, Path, Problem, Problems
from domain.shared.ids import parse_id
from domain.shared.invisible_characters import without_marks
from domain.shared.parsers import NAME_LENGTH, NOTE_LENGTH, fold, optional_text, text, with_full_stop

MOST_OPTIONS = 100
MOST_FIELDS = 100

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_DATE = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|(?P<m2>[0-9]{2})-(?P<d2>[0-9]{2})-(?P<y2>[0-9]{4})"
)


class FieldType(StrEnum):
    """The type of a custom field's values (docs/domain.md#custom-fields)."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    RADIO = "RADIO"
    DROP_DOWN = "DROP_DOWN"
    CHECKLIST = "CHECKLIST"
    ADDRESS = "ADDRESS"


CHOICES = frozenset({FieldType.RADIO, FieldType.DROP_DOWN, FieldType.CHECKLIST})


class CustomField(NamedTuple):
    """The definition of a custom field. `customer_sees` and `customer_edits` say whether customers see and enter its
    values (docs/domain.md#customer-fields). A required field is entered with a new quote or, if customers enter
    it, before they sign."""

    id: str
    tenant_id: int
    name: str
    kind: FieldType
    options: tuple[str, ...]
    required: bool
    customer_sees: bool
    customer_edits: bool
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def ref(self) -> NodeRef:
        return NodeRef("CustomField", self.id)


class FieldNameTaken(DomainError):
    """Another custom field of the company has this name."""


class FieldValue(NamedTuple):
    """The value of a custom field on a quote, with the field's kind at the time it was stored."""

    field_id: str
    kind: FieldType
    value: Any

    @property
    def display(self) -> str:
        """The value as people read it."""
        if isinstance(self.value, Address):
            address = self.value._replace(province_code=None, country=self.value.country_name)
            return ", ".join(part for part in address if part)
        return ", ".join(self.value) if isinstance(self.value, tuple) else str(self.value)


class TextValue(FieldValue):
    """Text of a TEXT field."""

    __slots__ = ()


class NumberValue(FieldValue):
    """A decimal number as text, as it was typed."""

    __slots__ = ()


class DateValue(FieldValue):
    """A calendar date."""

    __slots__ = ()


class OptionValue(FieldValue):
    """The selected option of a RADIO or DROP_DOWN field."""

    __slots__ = ()


class ChecklistValue(FieldValue):
    """The checked options, in the order of the field's options."""

    __slots__ = ()


class AddressValue(FieldValue):
    """An address in parts."""

    __slots__ = ()


VALUE_TYPES: dict[FieldType, type[FieldValue]] = {
    FieldType.TEXT: TextValue,
    FieldType.NUMBER: NumberValue,
    FieldType.DATE: DateValue,
    FieldType.RADIO: OptionValue,
    FieldType.DROP_DOWN: OptionValue,
    FieldType.CHECKLIST: ChecklistValue,
    FieldType.ADDRESS: AddressValue,
}
# The input member for the values of each kind.
MEMBERS: dict[FieldType, str] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.DATE: "date",
    FieldType.RADIO: "option",
    FieldType.DROP_DOWN: "option",
    FieldType.CHECKLIST: "options",
    FieldType.ADDRESS: "address",
}


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A value as entered: the id of the field, the member of the input, and the value."""

    field_id: str
    member: str | None = None
    value: Any = None


# The given attributes of a definition. Attributes that are not given keep their values.
@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A definition as entered."""

    details: Mapping[str, Any] = field(default_factory=dict)


def define_field(kind: FieldType, draft: FieldDraft, tenant_id: int, at: datetime, field_id: str) -> CustomField:
    """A new custom field. Raises: InvalidInput, with every problem of the input."""
    unnamed = CustomField(field_id, tenant_id, "", kind, (), False, True, False, None, at, at)
    return redefined_field(unnamed, FieldDraft({"options": (), **draft.details}), at)


def redefined_field(before: CustomField, draft: FieldDraft, at: datetime) -> CustomField:
    """The custom field with the given attributes changed. Existing values stay as they are.

    Raises: InvalidInput, with every problem of the input.
    """
    problems, given = Problems(), dict(draft.details)
    if "name" in given:
        given["name"] = problems.check(("name",), text, given["name"], NAME_LENGTH) or ""
    if "options" in given:
        given["options"] = _options(before.kind, given["options"], problems)
    problems.raise_if_any()
    after = before._replace(**given)
    if after.customer_edits and not after.customer_sees:
        message = "Customers cannot edit a field that they do not see."
        raise InvalidInput(Problem(ErrorCode.NOT_SUPPORTED, message, ("isEditableByCustomer",)))
    return after if after == before else after._replace(updated_at=at)


def changed_values(
    before: tuple[FieldValue, ...],
    drafts: Sequence[ValueDraft],
    fields: Mapping[str, CustomField],
    problems: Problems,
    path: Path,
) -> tuple[FieldValue, ...]:
    """The values of a quote with the given ones changed; an empty value clears (docs/domain.md#custom-field-values).

    `fields` are the company's fields, without archived ones. An invalid value is refused; Quick Quote removes it
    instead.
    """
    if len(drafts) > MOST_FIELDS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_FIELDS} values, not {len(drafts)}.")
    values, named = {it.field_id: it for it in before}, set[str]()
    for index, draft in enumerate(drafts[:MOST_FIELDS]):
        here = (*path, str(index))
        definition = problems.check((*here, "customFieldId"), _definition_of, draft.field_id, fields)
        if definition is None:
            continue
        if definition.id in named:
            problems.add(
                (*here, "customFieldId"), ErrorCode.ALREADY_EXISTS, "This field is repeated. Send each field unique."
            )
        named.add(definition.id)
        was = values.pop(definition.id, None)
        found = _value(definition, draft, was.value if was else None, problems, (*here, "value"))
        if found is not None:
            values[definition.id] = VALUE_TYPES[definition.kind](definition.id, definition.kind, found)
    missing = [it.name for it in fields.values() if it.required and not it.customer_edits and it.id not in values]
    if missing and not problems.found:
        problems.add(path, ErrorCode.REQUIRED, f"Send a value for {with_full_stop(', '.join(missing))}")
    return tuple(values.values())


def missing_customer_fields(values: Sequence[FieldValue], fields: Mapping[str, CustomField]) -> tuple[str, ...]:
    """The names of the required fields that the customer has not entered yet (docs/domain.md#customer-fields)."""
    known = {it.field_id for it in values}
    return tuple(it.name for it in fields.values() if it.required and it.customer_edits and it.id not in known)


def _options(kind: FieldType, given: Sequence[str] | None, problems: Problems) -> tuple[str, ...]:
    options = tuple(given or ())
    if kind not in CHOICES:
        if options:
            problems.add(("options",), ErrorCode.NOT_SUPPORTED, f"A {kind} field has no options.")
        return ()
    if not options:
        problems.add(("options",), ErrorCode.REQUIRED, f"A {kind} field has at least one option.")
    if len(options) > MOST_OPTIONS:
        problems.add(("options",), ErrorCode.TOO_MANY, f"At most {MOST_OPTIONS} options, not {len(options)}.")
    found = [
        problems.check(("options", str(index)), text, option, NAME_LENGTH)
        for index, option in enumerate(options[:MOST_OPTIONS])
    ]
    unique: dict[str, str] = {}
    for option in found:
        if option is not None:
            unique.setdefault(fold(option), option)
    return tuple(unique.values())


def _definition_of(given: str, fields: Mapping[str, CustomField]) -> CustomField:
    definition = fields.get(parse_id(given, "CustomField")[1])
    if definition is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The company has no custom field with this id.")
    return definition


def _value(definition: CustomField, draft: ValueDraft, before: Any, problems: Problems, path: Path) -> Any:
    """The value to store, or None for an empty one; parts of an address that are not given stay as in `before`.
    Problems are added."""
    if draft.member is None or draft.value is None:
        return None
    expected, here = MEMBERS[definition.kind], (*path, draft.member)
    if draft.member != expected:
        message = f"{definition.name} takes {definition.kind} values: send `{expected}`."
        problems.add(here, ErrorCode.NOT_SUPPORTED, message)
        return None
    match definition.kind:
        case FieldType.TEXT:
            return problems.check(here, optional_text, draft.value, NOTE_LENGTH, lines=True)
        case FieldType.NUMBER:
            return problems.check(here, _number, draft.value)
        case FieldType.DATE:
            return problems.check(here, _date, draft.value)
        case FieldType.CHECKLIST:
            return _checked_options(definition, draft.value, problems, here)
        case FieldType.ADDRESS:
            assert isinstance(draft.value, AddressDraft)
            return parse_address(draft.value, problems, here, before)
        case FieldType.RADIO | FieldType.DROP_DOWN:
            return problems.check(here, _option, draft.value, definition)


def _number(given: object) -> str | None:
    typed = without_marks(str(given)) if isinstance(given, str | int) and not isinstance(given, bool) else "?"
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        raise Invalid(ErrorCode.INVALID_AMOUNT, 'Send a decimal number as text, such as "12.5".')
    return typed


def _date(given: str) -> date | None:
    """A date, as YYYY-MM-DD or MM-DD-YYYY (docs/domain.md#custom-field-values)."""
    if not (typed := without_marks(given)):
        return None
    try:
        if (found := _DATE.fullmatch(typed)) is None:
            raise ValueError
        year, month, day = (found[name] or found[f"{name}2"] for name in ("y", "m", "d"))
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Invalid(ErrorCode.INVALID_DATE, "Send a date as YYYY-MM-DD or MM-DD-YYYY.") from None


def _option(given: str, definition: CustomField) -> str | None:
    """The option as the field spells it; input is compared without regard to case and Unicode form."""
    option_given = optional_text(given, NAME_LENGTH)
    if option_given is None or option_given in definition.options:
        return option_given
    for option in definition.options:
        if fold(option) == fold(option_given):
            return option
    listed = with_full_stop(", ".join(definition.options)[:150])
    raise Invalid(ErrorCode.UNKNOWN_OPTION, f"“{definition.name[:40]}” has no such option. Send one of: {listed}")


def _checked_options(
    definition: CustomField, given: Sequence[str], problems: Problems, path: Path
) -> tuple[str, ...] | None:
    if len(given) > MOST_OPTIONS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_OPTIONS} options, not {len(given)}.")
    option_given = {
        problems.check((*path, str(index)), _option, option, definition)
        for index, option in enumerate(given[:MOST_OPTIONS])
    }
    return tuple(option for option in definition.options if option in option_given) or None


def field_key(definition: CustomField) -> str:
    """The unique key of a field within its company: the case-folded name. The name of an archived field can be
    reused."""
    return fold(definition.name) + (f"\n{definition.id}" if definition.archived_at else "")
