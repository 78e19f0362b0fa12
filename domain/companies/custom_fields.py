"""Custom fields: what a company wants noted of its quotes beyond what every quote has (docs/domain.md#custom-fields).

A company defines fields; each quote has values for them, checked against the definition. A field that is no longer
wanted is archived, so that the values noted before can still be read.
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


class FieldKind(StrEnum):
    """What sort of value a field takes (docs/domain.md#custom-fields)."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    RADIO = "RADIO"
    DROP_DOWN = "DROP_DOWN"
    CHECKLIST = "CHECKLIST"
    ADDRESS = "ADDRESS"


CHOICES = frozenset({FieldKind.RADIO, FieldKind.DROP_DOWN, FieldKind.CHECKLIST})


class CustomField(NamedTuple):
    """The definition of a field. Customers see its values, and fill them in, where
    `customer_sees` and `customer_edits` say so (docs/domain.md#customer-fields). What is `required` the company says
    with a new quote; of what customers fill in, they do, before they sign."""

    id: str
    tenant_id: int
    name: str
    kind: FieldKind
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
    """Another field of the company has this name."""


class FieldValue(NamedTuple):
    """What a quote has for a field, as it was when it was noted."""

    field_id: str
    kind: FieldKind
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
    """The option that was chosen, of a RADIO or DROP_DOWN field."""

    __slots__ = ()


class ChecklistValue(FieldValue):
    """The options that were ticked, in the order of the field's."""

    __slots__ = ()


class AddressValue(FieldValue):
    """An address in parts."""

    __slots__ = ()


VALUE_TYPES: dict[FieldKind, type[FieldValue]] = {
    FieldKind.TEXT: TextValue,
    FieldKind.NUMBER: NumberValue,
    FieldKind.DATE: DateValue,
    FieldKind.RADIO: OptionValue,
    FieldKind.DROP_DOWN: OptionValue,
    FieldKind.CHECKLIST: ChecklistValue,
    FieldKind.ADDRESS: AddressValue,
}
# The member of the input that carries the value of each kind.
MEMBERS: dict[FieldKind, str] = {
    FieldKind.TEXT: "text",
    FieldKind.NUMBER: "number",
    FieldKind.DATE: "date",
    FieldKind.RADIO: "option",
    FieldKind.DROP_DOWN: "option",
    FieldKind.CHECKLIST: "options",
    FieldKind.ADDRESS: "address",
}


@dataclass(frozen=True, slots=True)
class ValueDraft:
    """A value as typed: which field, by id, which member of the input it came in, and what it was."""

    field_id: str
    member: str | None = None
    value: Any = None


# What is given of a definition, by its attributes. What is not given stays as it is.
@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A definition as typed."""

    details: Mapping[str, Any] = field(default_factory=dict)


def define_field(kind: FieldKind, draft: FieldDraft, tenant_id: int, at: datetime, field_id: str) -> CustomField:
    """A new field. Raises: InvalidInput, with every problem of the input."""
    unnamed = CustomField(field_id, tenant_id, "", kind, (), False, True, False, None, at, at)
    return redefined_field(unnamed, FieldDraft({"options": (), **draft.details}), at)


def redefined_field(before: CustomField, draft: FieldDraft, at: datetime) -> CustomField:
    """The field with what is given in place of its own. Values noted before stay as they are.

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
        message = "Customers cannot fill in what they do not see."
        raise InvalidInput(Problem(ErrorCode.NOT_SUPPORTED, message, ("customerEdits",)))
    return after if after == before else after._replace(updated_at=at)


def noted_values(
    before: tuple[FieldValue, ...],
    drafts: Sequence[ValueDraft],
    fields: Mapping[str, CustomField],
    problems: Problems,
    path: Path,
) -> tuple[FieldValue, ...]:
    """The values of a quote with those given in place of its own; an empty value clears
    (docs/domain.md#custom-field-values).

    `fields` are the company's, none of them archived. Unlike Quick Quote, which removes it, a bad value is refused.
    """
    if len(drafts) > MOST_FIELDS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_FIELDS} values, not {len(drafts)}.")
    values, named = {it.field_id: it for it in before}, set[str]()
    for index, draft in enumerate(drafts[:MOST_FIELDS]):
        here = (*path, str(index))
        definition = problems.check((*here, "fieldId"), _known, draft.field_id, fields)
        if definition is None:
            continue
        if definition.id in named:
            problems.add((*here, "fieldId"), ErrorCode.ALREADY_EXISTS, "This field is named before. Name it once.")
        named.add(definition.id)
        was = values.pop(definition.id, None)
        found = _value(definition, draft, was.value if was else None, problems, (*here, "value"))
        if found is not None:
            values[definition.id] = VALUE_TYPES[definition.kind](definition.id, definition.kind, found)
    missing = [it.name for it in fields.values() if it.required and not it.customer_edits and it.id not in values]
    if missing and not problems.found:
        problems.add(path, ErrorCode.REQUIRED, f"The company wants a value for {with_full_stop(', '.join(missing))}")
    return tuple(values.values())


def left_to_customer(values: Sequence[FieldValue], fields: Mapping[str, CustomField]) -> tuple[str, ...]:
    """The names of the fields that the customer has still to fill in before they sign
    (docs/domain.md#customer-fields)."""
    known = {it.field_id for it in values}
    return tuple(it.name for it in fields.values() if it.required and it.customer_edits and it.id not in known)


def _options(kind: FieldKind, given: Sequence[str] | None, problems: Problems) -> tuple[str, ...]:
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
    once: dict[str, str] = {}
    for option in found:
        if option is not None:
            once.setdefault(fold(option), option)
    return tuple(once.values())


def _known(given: str, fields: Mapping[str, CustomField]) -> CustomField:
    definition = fields.get(parse_id(given, "CustomField")[1])
    if definition is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The company has no such field.")
    return definition


def _value(definition: CustomField, draft: ValueDraft, before: Any, problems: Problems, path: Path) -> Any:
    """The value as it is kept, or None for an empty one; of an address, parts that are not told stay as they were
    `before`. What is wrong is noted."""
    if draft.member is None or draft.value is None:
        return None
    wanted, here = MEMBERS[definition.kind], (*path, draft.member)
    if draft.member != wanted:
        message = f"{definition.name} takes {definition.kind} values: send `{wanted}`."
        problems.add(here, ErrorCode.NOT_SUPPORTED, message)
        return None
    match definition.kind:
        case FieldKind.TEXT:
            return problems.check(here, optional_text, draft.value, NOTE_LENGTH, lines=True)
        case FieldKind.NUMBER:
            return problems.check(here, _number, draft.value)
        case FieldKind.DATE:
            return problems.check(here, _date, draft.value)
        case FieldKind.CHECKLIST:
            return _ticked(definition, draft.value, problems, here)
        case FieldKind.ADDRESS:
            assert isinstance(draft.value, AddressDraft)
            return parse_address(draft.value, problems, here, before)
        case FieldKind.RADIO | FieldKind.DROP_DOWN:
            return problems.check(here, _option, draft.value, definition)


def _number(given: object) -> str | None:
    typed = without_marks(str(given)) if isinstance(given, str | int) and not isinstance(given, bool) else "?"
    if not typed:
        return None
    if not _NUMBER.fullmatch(typed):
        raise Invalid(ErrorCode.INVALID_AMOUNT, 'Send a decimal number as text, such as "12.5".')
    return typed


def _date(given: str) -> date | None:
    """As YYYY-MM-DD or MM-DD-YYYY (docs/domain.md#custom-field-values)."""
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
    """The option as the field spells it, however it was typed: in any case, and in any form of Unicode."""
    chosen = optional_text(given, NAME_LENGTH)
    if chosen is None or chosen in definition.options:
        return chosen
    for option in definition.options:
        if fold(option) == fold(chosen):
            return option
    listed = with_full_stop(", ".join(definition.options)[:150])
    raise Invalid(ErrorCode.UNKNOWN_OPTION, f"“{definition.name[:40]}” has no such option. Send one of: {listed}")


def _ticked(definition: CustomField, given: Sequence[str], problems: Problems, path: Path) -> tuple[str, ...] | None:
    if len(given) > MOST_OPTIONS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_OPTIONS} options, not {len(given)}.")
    chosen = {
        problems.check((*path, str(index)), _option, option, definition)
        for index, option in enumerate(given[:MOST_OPTIONS])
    }
    return tuple(option for option in definition.options if option in chosen) or None


def field_key(definition: CustomField) -> str:
    """What no two fields of a company have in common: the name in any case. An archived field's name is free again."""
    return fold(definition.name) + (f"\n{definition.id}" if definition.archived_at else "")
