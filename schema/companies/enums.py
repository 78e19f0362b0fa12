"""Choices of companies, and of what belongs to them."""

from enum import StrEnum

from domain.companies.company import TaxRounding
from domain.companies.custom_fields import FieldKind
from schema.shared.enums import describe

__all__ = [
    "CustomerOrderField",
    "FieldKind",
    "TaxRounding",
]

describe(
    TaxRounding,
    "Where tax is rounded, to the nearest minor unit, a half up.",
    PER_RATE="Once for each rate, of the sum of its lines (EN 16931, Japan's qualified invoices), and spread over them "
    "by largest remainder.",
    PER_LINE="For each line. The tax of a rate is the sum of its lines'.",
)


class CustomerOrderField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    CustomerOrderField,
    "What customers can be ordered by.",
    NAME="Their names, in any case.",
    CREATED_AT="Since when they are known.",
    UPDATED_AT="When they last changed.",
)
describe(
    FieldKind,
    "What sort of value a custom field takes.",
    name="CustomFieldKind",
    TEXT="Text of any kind.",
    NUMBER="A decimal number.",
    DATE="A calendar date.",
    RADIO="One of the options, all of which are shown.",
    DROP_DOWN="One of the options, chosen from a list.",
    CHECKLIST="Any of the options.",
    ADDRESS="A postal address in parts.",
)
