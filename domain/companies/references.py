"""Objects that the details of a quote can refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.companies.custom_fields import CustomField
from domain.companies.customers import Customer
from domain.shared.times import UTC_ZONE


@dataclass(frozen=True, slots=True)
class References:
    """Objects that details can refer to: the company's customers by id, its custom fields without archived ones, and
    its time zone."""

    customers: Mapping[str, Customer] = field(default_factory=dict)
    fields: Mapping[str, CustomField] = field(default_factory=dict)
    zone: str = UTC_ZONE


NO_REFERENCES = References()
