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
    @root("Whose key this is and what it may do. Any key may ask.")
    def viewer(info: Info) -> Viewer:
        return companies.viewer(info.context)


@strawberry.type
class CustomerQueries:
    customer: Customer | None = one_root(
        "A customer; null when there is none.", Scope.CUSTOMERS_READ, customers.customer, CustomerBy
    )

    customers: CustomerConnection = list_root(
        "Customers, by default by name.",
        Scope.CUSTOMERS_READ,
        customers.customers,
        CustomerFilter,
        "Which customers.",
        CustomerOrder,
    )


@strawberry.type
class CustomFieldQueries:
    @root("The fields that companies have defined for their quotes, by name.", Scope.QUOTES_READ)
    async def custom_fields(
        info: Info,
        with_deleted: Annotated[bool, strawberry.argument(description="Also those that were deleted.")] = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> CustomFieldConnection:
        page = arguments(first, after, last, before)
        return await custom_fields.custom_fields(info.context, page, with_deleted)
