"""What the details of a quote may refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.companies.custom_fields import CustomField
from domain.companies.customers import Customer
from domain.shared.times import UTC_ZONE


@dataclass(frozen=True, slots=True)
class References:
    """What details may refer to: customers of the company by id, its custom fields, none of them archived, and the
    time zone that its days are in."""

    customers: Mapping[str, Customer] = field(default_factory=dict)
    fields: Mapping[str, CustomField] = field(default_factory=dict)
    zone: str = UTC_ZONE


NO_REFERENCES = References()
