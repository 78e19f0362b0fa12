"""Resolvers for the caller and for the lists of its company."""

from dataclasses import dataclass
from typing import Any

from domain.shared.access import Environment
from domain.shared.paging import PageKey
from resolvers.catalogue import kits
from resolvers.catalogue.kits import KitFilters
from resolvers.companies import customers
from resolvers.companies.customers import CustomerFilters
from resolvers.connections import NEWEST_FIRST, PageArguments
from resolvers.context import Context
from resolvers.inventory import assets, device_actions
from resolvers.inventory.assets import AssetFilters
from resolvers.inventory.device_actions import DeviceActionFilters
from resolvers.people import employees
from resolvers.people.employees import EmployeeFilters
from resolvers.quotes import queries
from resolvers.quotes.queries import QuoteFilters


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller, as in the graph."""

    company_id: str | None
    environment: Environment
    scopes: list[str]


def viewer(context: Context) -> Any:
    """The caller of the request."""
    caller = context.caller
    return Viewer(caller.company_id, caller.environment, sorted(caller.scopes))


def quotes_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's quotes."""
    return queries.quotes_key(parent, PageArguments(**page), QuoteFilters(), NEWEST_FIRST)


def employees_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's employees."""
    return employees.employees_key(parent, PageArguments(**page), EmployeeFilters())


def kits_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's kits."""
    return kits.kits_key(parent, PageArguments(**page), KitFilters())


def assets_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's assets."""
    return assets.assets_key(parent, PageArguments(**page), AssetFilters())


def customers_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's customers."""
    return customers.customers_key(parent, PageArguments(**page), CustomerFilters())


def device_actions_key(parent: int, **page: Any) -> PageKey:
    """The page of a company's device actions."""
    return device_actions.device_actions_key(parent, PageArguments(**page), DeviceActionFilters())
