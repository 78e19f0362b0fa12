"""Reading companies' customers and custom fields, and who is asking."""

from typing import Annotated

import strawberry

from domain.shared.access import Scope
from resolvers.companies import company as companies
from resolvers.companies import custom_fields, customers
from schema.companies.inputs import CustomerBy, CustomerFilter, CustomerOrder
from schema.companies.types import Customer, CustomerConnection, CustomFieldConnection, Viewer
from schema.declare import Info, list_root, one_root, root
from schema.shared.paging import After, Before, First, Last, arguments


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

    customers: CustomerConnection = list_root(
        "Returns customers. Default order: by name.",
        Scope.CUSTOMERS_READ,
        customers.customers,
        CustomerFilter,
        "Filters for customers.",
        CustomerOrder,
    )


@strawberry.type
class CustomFieldQueries:
    @root("Returns the custom fields of companies, by name.", Scope.QUOTES_READ)
    async def custom_fields(
        info: Info,
        with_deleted: Annotated[bool, strawberry.argument(description="Include deleted custom fields.")] = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> CustomFieldConnection:
        page = arguments(first, after, last, before)
        return await custom_fields.custom_fields(info.context, page, with_deleted)
