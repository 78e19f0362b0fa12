"""Customers: the persons or firms that a company makes quotes for (docs/domain.md#customers)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from domain.shared.addresses import Address, AddressDraft, parse_address
from domain.shared.errors import DomainError, ErrorCode, Invalid, NodeRef, Path, Problems
from domain.shared.ids import parse_id
from domain.shared.metadata import MetadataEntry, parse_external_id, parse_metadata
from domain.shared.parsers import NAME_LENGTH, camel, optional_email, optional_phone, optional_text


class Customer(NamedTuple):
    """A person or firm. `name` is the full name, `external_id` the id in another system."""

    id: str
    tenant_id: int
    name: str
    first_name: str | None
    last_name: str | None
    company_name: str | None
    email: str | None
    phone_number: str | None
    address: Address | None
    external_id: str | None
    created_at: datetime
    updated_at: datetime
    metadata: tuple[MetadataEntry, ...] = ()

    @property
    def ref(self) -> NodeRef:
        return NodeRef("Customer", self.id)


# What a connected system says of a customer. The rest is what is noted here.
SAID = ("name", "first_name", "last_name", "company_name", "email", "phone_number", "address")


class ExternalIdTaken(DomainError):
    """Another customer of the company has this external id."""


# Values as entered, by attribute of the customer. Attributes that are not given keep their values.
CustomerDetails = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer as entered."""

    details: CustomerDetails = field(default_factory=dict)


def build_customer(draft: CustomerDraft, tenant_id: int, at: datetime, customer_id: str) -> Customer:
    """A new customer. Raises: InvalidInput, with every problem of the input."""
    blank: Customer = Customer(customer_id, tenant_id, "", None, None, None, None, None, None, None, at, at)
    return changed_customer(blank, draft, at)


def changed_customer(customer: Customer, draft: CustomerDraft, at: datetime) -> Customer:
    """The customer with the given attributes changed. Without a name of its own, `name` is the first and last name, or
    the company's name.

    Raises: InvalidInput, with every problem of the input.
    """
    problems = Problems()
    given = {name: _PARSERS[name](value, problems, _path(name)) for name, value in draft.details.items()}
    changed = customer._replace(**given)
    if "name" not in draft.details and customer.name == _default_name(customer):
        changed = changed._replace(name=_default_name(changed))
    changed = changed._replace(name=changed.name or _default_name(changed))
    if not changed.name and not problems.found:
        problems.add(("name",), ErrorCode.REQUIRED, "Send a name, the first and last name, or the company's name.")
    problems.raise_if_any()
    return changed if changed == customer else changed._replace(updated_at=at)


def known_customer(given: str, known: Mapping[str, Customer]) -> str:
    """The row id of the customer with a global id; `known` are the customers of the company. Raises: Invalid."""
    customer = known.get(parse_id(given, "Customer")[1])
    if customer is None:
        raise Invalid(ErrorCode.UNKNOWN_REFERENCE, "The company has no customer with this id.")
    return customer.id


def customer_search(customer: Customer) -> str:
    """The text by which a customer is searched and sorted."""
    parts = (customer.name, customer.company_name, customer.email, customer.external_id)
    return " ".join(part for part in parts if part)


def _default_name(customer: Customer) -> str:
    names = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    return names or customer.company_name or ""


def _path(attribute: str) -> Path:
    return (camel(attribute),)


def _name(given: str | None, problems: Problems, path: Path) -> str | None:
    return problems.check(path, optional_text, given, NAME_LENGTH)


def _email(given: str | None, problems: Problems, path: Path) -> str | None:
    return problems.check(path, optional_email, given)


def _phone(given: str | None, problems: Problems, path: Path) -> str | None:
    return problems.check(path, optional_phone, given)


def _address(given: AddressDraft | None, problems: Problems, path: Path) -> Address | None:
    return None if given is None else parse_address(given, problems, path)


_PARSERS: dict[str, Callable[[Any, Problems, Path], Any]] = {
    "name": lambda given, problems, path: _name(given, problems, path) or "",
    "first_name": _name,
    "last_name": _name,
    "company_name": _name,
    "email": _email,
    "phone_number": _phone,
    "address": _address,
    "external_id": parse_external_id,
    "metadata": lambda given, problems, path: parse_metadata(given or (), problems, path),
}
