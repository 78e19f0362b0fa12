"""Reading companies' customers and custom fields, and who is asking."""

import strawberry

from domain.shared.access import Scope
from resolvers.companies import company as companies
from resolvers.companies import customers
from resolvers.nodes import node_by_id
from schema.companies.inputs import CompanyBy, CustomerBy, CustomFieldBy
from schema.companies.lists import CUSTOM_FIELDS, CUSTOMERS
from schema.companies.types import Company, Customer, CustomerConnection, CustomField, CustomFieldConnection, Viewer
from schema.declare import Info, list_root, one_root, root


@strawberry.type
class CompanyQueries:
    @root("Returns the company, environment and scopes of the API key of the request. Requires no scope.")
    def viewer(info: Info) -> Viewer:
        return companies.viewer(info.context)

    company: Company | None = one_root(
        "Returns a company, or null if the API key reaches none that has this ID or code. Requires no scope.",
        None,
        companies.company,
        CompanyBy,
    )


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
    custom_field: CustomField | None = one_root(
        "Returns a custom field, or null if there is none.", Scope.QUOTES_READ, node_by_id("CustomField"), CustomFieldBy
    )

    custom_fields: CustomFieldConnection | None = list_root(
        "Returns the custom fields of companies, by default by name.",
        Scope.QUOTES_READ,
        "custom_fields",
        CUSTOM_FIELDS,
    )
