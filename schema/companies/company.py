"""Companies, and who is asking."""

import strawberry

from domain.companies.company import Company as CompanyRow
from domain.companies.company import TaxRounding as TaxRounding
from domain.shared.access import Scope
from resolvers.companies import company as companies
from schema.declare import Info, column, edge, identity, paged, root, type_of
from schema.shared.common import Node
from schema.shared.enums import Environment, describe
from schema.shared.lazy import (
    LazyAssetConnection,
    LazyCustomerConnection,
    LazyDeviceActionConnection,
    LazyEmployeeConnection,
    LazyKitConnection,
    LazyQuoteConnection,
)
from schema.shared.scalars import DateTime

describe(
    TaxRounding,
    "Where tax is rounded, to the nearest minor unit, a half up.",
    PER_RATE="Once for each rate, of the sum of its lines (EN 16931, Japan's qualified invoices), and spread over them "
    "by largest remainder.",
    PER_LINE="For each line. The tax of a rate is the sum of its lines'.",
)


@type_of(CompanyRow)
class Company(Node):
    """A company whose people get devices. Everything else belongs to one."""

    id: strawberry.ID = identity("Company")
    code: str = column("A short code, by which operators and the vendor know the company.")
    name: str = column("Its name.")
    created_at: DateTime = column("Since when it is a customer.")
    time_zone: str = column(
        "The time zone its days are in, by its name in the IANA's database, such as `America/Montevideo`; `UTC` unless "
        "`quotegraph companies settings` sets another."
    )
    tax_rounding: TaxRounding = column(
        "Where the tax of its new quotes is rounded. `quotegraph companies settings` sets it."
    )
    quotes: LazyQuoteConnection = paged(
        "What it asked for, newest first.",
        loader="quotes",
        key="tenant_id",
        page=companies.quotes_key,
        scope=Scope.QUOTES_READ,
    )
    employees: LazyEmployeeConnection = paged(
        "Its people, by name.",
        loader="employees",
        key="tenant_id",
        page=companies.employees_key,
        scope=Scope.EMPLOYEES_READ,
    )
    assets: LazyAssetConnection = paged(
        "Its devices, newest first.",
        loader="assets",
        key="tenant_id",
        page=companies.assets_key,
        scope=Scope.ASSETS_READ,
    )
    device_actions: LazyDeviceActionConnection = paged(
        "What is done with its devices, newest first.",
        loader="device_actions",
        key="tenant_id",
        page=companies.device_actions_key,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    kits: LazyKitConnection = paged(
        "Its kits, by name.", loader="kits", key="tenant_id", page=companies.kits_key, scope=Scope.KITS_READ
    )
    customers: LazyCustomerConnection = paged(
        "Its customers, by name.",
        loader="customers",
        key="tenant_id",
        page=companies.customers_key,
        scope=Scope.CUSTOMERS_READ,
    )


@type_of(companies.Viewer)
class Viewer:
    """Whose key this is and what it may do."""

    company: Company | None = edge("The key's company; null for a platform key.", loader="company", key="company_id")
    environment: Environment = column("Which set of data the key reaches.")
    scopes: list[str] = column("What the key may do, such as `quotes:read`.")


@strawberry.type
class CompanyQueries:
    @root("Whose key this is and what it may do. Any key may ask.")
    def viewer(info: Info) -> Viewer:
        return companies.viewer(info.context)
