"""Customers: whom a company sells to or asks for."""

from enum import StrEnum

import strawberry

from domain.companies import customers as rows
from domain.companies.customers import CustomerDraft
from domain.shared.access import Scope
from domain.use_cases.companies import customers as use_cases
from domain.use_cases.companies.customers import CreateCustomer, UpdateCustomer
from resolvers.companies import customers
from resolvers.companies.customers import CustomerFilters
from schema.companies.company import Company
from schema.declare import column, edge, identity, list_root, mutation, one_root, paged, type_of
from schema.shared.addresses import Address, AddressInput
from schema.shared.common import MUST_HOLD, WORDS, Connection, Node
from schema.shared.enums import OrderDirection, describe
from schema.shared.lazy import LazyQuoteConnection
from schema.shared.payloads import payload, subject
from schema.shared.scalars import DateTime, EmailAddress


@type_of(rows.Customer)
class Customer(Node):
    """A person or firm that quotes are made for."""

    id: strawberry.ID = identity("Customer")
    name: str = column("What the customer is called in full.")
    first_name: str | None = column("First name of the person.")
    last_name: str | None = column("Last name of the person.")
    company_name: str | None = column("The firm, or the person's firm.")
    email: EmailAddress | None = column("Address for mail.")
    phone_number: str | None = column("Telephone number.")
    address: Address | None = column("Postal address.")
    external_id: str | None = column("How another system, such as a shop, knows the customer. Unique in the company.")
    company: Company = edge("The company whose customer this is.", loader="company_by_tenant", key="tenant_id")
    quotes: LazyQuoteConnection = paged(
        "What was quoted, newest first.",
        loader="quotes_by_customer",
        key="id",
        page=customers.quotes_key,
        scope=Scope.QUOTES_READ,
    )
    created_at: DateTime = column("Since when the customer is known.")
    updated_at: DateTime = column("When it last changed.")


@strawberry.type(description="A page of customers.")
class CustomerConnection(Connection[Customer]):
    pass


class CustomerOrderField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    CustomerOrderField,
    "What customers can be ordered by.",
    NAME="Their names, in any case.",
    CREATED_AT="Since when they are known.",
    UPDATED_AT="When they last changed.",
)


@strawberry.input(description="How to order customers.")
class CustomerOrder:
    field: CustomerOrderField = strawberry.field(default=CustomerOrderField.NAME, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.input(description=f"Which customers. {MUST_HOLD}")
class CustomerFilter:
    search: str | None = strawberry.field(
        default=None, description=f"In name, company, address for mail or external id: {WORDS}"
    )

    def filters(self) -> CustomerFilters:
        return CustomerFilters(self.search)


@strawberry.input(one_of=True, description="How to name a customer.")
class CustomerBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By the other system's id. If several companies have one, a platform key is told their ids.",
    )


@strawberry.input(description="A new customer: at least its name, first and last name, or company.")
class CreateCustomerInput:
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="By default first and last name, else the company."
    )
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="First name.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="Last name.")
    company_name: str | None = strawberry.field(default=strawberry.UNSET, description="The firm.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="Address for mail.")
    phone_number: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number.")
    address: AddressInput | None = strawberry.field(default=strawberry.UNSET, description="Postal address.")
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="How another system knows the customer."
    )
    company_id: strawberry.ID | None = strawberry.field(
        default=None, description="The company whose customer it is. Platform keys name it; other keys have their own."
    )

    def command(self) -> CreateCustomer:
        return CreateCustomer(draft(self), self.company_id)


@strawberry.input(description="What changes of a customer. What is left out stays; null clears.")
class UpdateCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="Null to be called by first and last name, else the company."
    )
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="First name.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="Last name.")
    company_name: str | None = strawberry.field(default=strawberry.UNSET, description="The firm.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="Address for mail.")
    phone_number: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number.")
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET, description="Postal address, in place of the whole one with all its parts."
    )
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="How another system knows the customer."
    )

    def command(self) -> UpdateCustomer:
        return UpdateCustomer(self.customer_id, draft(self))


_DETAILS = ("name", "first_name", "last_name", "company_name", "email", "phone_number", "address", "external_id")


def draft(input: CreateCustomerInput | UpdateCustomerInput) -> CustomerDraft:
    given = {name: value for name in _DETAILS if (value := getattr(input, name)) is not strawberry.UNSET}
    if isinstance(input.address, AddressInput):
        given["address"] = input.address.draft()
    return CustomerDraft(given)


@payload()
class CreateCustomerPayload:
    """What came of making a customer."""

    customer: Customer | None = subject("The new customer; null when the action was refused.", "customer")


@payload()
class UpdateCustomerPayload:
    """What came of changing a customer."""

    customer: Customer | None = subject("The customer as it is now; null when refused.", "customer")


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
class CustomerMutations:
    create_customer: CreateCustomerPayload | None = mutation(
        "Make a customer, to attach quotes to.",
        Scope.CUSTOMERS_WRITE,
        CreateCustomerInput,
        use_cases.create_customer,
    )
    update_customer: UpdateCustomerPayload | None = mutation(
        "Change a customer.",
        Scope.CUSTOMERS_WRITE,
        UpdateCustomerInput,
        use_cases.update_customer,
    )
