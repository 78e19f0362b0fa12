"""Reading companies' customers and custom fields, and who is asking."""

import strawberry

from domain.shared.access import Scope
from resolvers.companies import company as companies
from resolvers.companies import customers
from schema.companies.inputs import CustomerBy
from schema.companies.lists import CUSTOM_FIELDS, CUSTOMERS
from schema.companies.types import Customer, CustomerConnection, CustomFieldConnection, Viewer
from schema.declare import Info, list_root, one_root, root


@strawberry.type
class CompanyQueries:
    @root("Returns the company, environment and scopes of the API key of the request. Requires no scope.")
    def viewer(info: Info) -> Viewer:
        return companies.viewer(info.context)


@strawberry.type
class CustomerQueries:
    customer: Customer | None = one_root(
        "Returns a customer, or null if there is none.", Scope.CUSTOMERS_READ, customers.customer, CustomerBy
    )

    customers: CustomerConnection | None = list_root(
        "Returns customers, by default by name.", Scope.CUSTOMERS_READ, "customers", CUSTOMERS
    )


@strawberry.type
class CustomFieldQueries:
    custom_fields: CustomFieldConnection | None = list_root(
        "Returns the custom fields of companies, by default by name.",
        Scope.QUOTES_READ,
        "custom_fields",
        CUSTOM_FIELDS,
    )
