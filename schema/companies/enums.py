"""Choices of companies, and of what belongs to them."""

from domain.companies.company import TaxRounding
from domain.companies.custom_fields import FieldType
from schema.shared.enums import describe

__all__ = [
    "FieldType",
    "TaxRounding",
]

describe(
    TaxRounding,
    "How tax is rounded to the minor unit of the currency (half up).",
    PER_RATE="Once for each tax rate, on the sum of its lines (as EN 16931 and Japan's qualified invoices "
    "require). The tax is allocated to the lines by largest remainder.",
    PER_LINE="For each line. The tax of a rate is the sum of the tax of its lines.",
)
describe(
    FieldType,
    "Type of value that a custom field takes.",
    name="CustomFieldType",
    TEXT="Text.",
    NUMBER="A decimal number.",
    DATE="A calendar date.",
    RADIO="One of the options, shown as radio buttons.",
    DROP_DOWN="One of the options, shown as a drop-down list.",
    CHECKLIST="Any number of the options.",
    ADDRESS="Postal address in separate fields.",
)
