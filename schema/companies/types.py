"""Companies, their customers and custom fields, and who is asking."""

import strawberry

from domain.companies.company import Company as CompanyRow
from domain.companies.custom_fields import AddressValue as AddressValueRow
from domain.companies.custom_fields import ChecklistValue as ChecklistValueRow
from domain.companies.custom_fields import CustomField as CustomFieldRow
from domain.companies.custom_fields import DateValue as DateValueRow
from domain.companies.custom_fields import NumberValue as NumberValueRow
from domain.companies.custom_fields import OptionValue as OptionValueRow
from domain.companies.custom_fields import TextValue as TextValueRow
from domain.companies.customers import Customer as CustomerRow
from domain.shared.access import Scope
from resolvers.companies import company as companies
from resolvers.companies import customers
from schema.companies.enums import FieldKind, TaxRounding
from schema.declare import column, edge, identity, paged, type_of
from schema.shared.addresses import Address
from schema.shared.connections import Connection
from schema.shared.enums import Environment
from schema.shared.lazy import (
    LazyAssetConnection,
    LazyCustomerConnection,
    LazyDeviceActionConnection,
    LazyEmployeeConnection,
    LazyKitConnection,
    LazyQuoteConnection,
)
from schema.shared.nodes import Node
from schema.shared.scalars import Date, DateTime, Decimal, EmailAddress


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


@type_of(CustomerRow)
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


@type_of(CustomFieldRow)
class CustomField(Node):
    """A field that a company has defined for its quotes."""

    id: strawberry.ID = identity("CustomField")
    name: str = column("What it is called. Unique in the company, in any case.")
    kind: FieldKind = column("What sort of value it takes. Stays as it is.")
    options: list[str] = column("What can be chosen, in this order; empty where nothing is chosen.")
    required: bool = column(
        "Whether every new quote needs a value. Where customers fill it in, they give it before they sign."
    )
    customer_sees: bool = column("Whether customers see the value.")
    customer_edits: bool = column("Whether customers fill in the value, by the public key.")
    archived_at: DateTime | None = column("When it was deleted: only values noted before are left.")
    company: Company = edge("The company that defined it.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("When it was defined.")
    updated_at: DateTime = column("When its definition last changed.")


@strawberry.type(description="A page of custom fields.")
class CustomFieldConnection(Connection[CustomField]):
    pass


@strawberry.interface(description="What a quote has for a custom field, as it was when it was noted.")
class CustomFieldValue:
    field: CustomField = edge("The field.", loader="custom_field", key="field_id")
    display: str = column("The value as people read it.")


@type_of(TextValueRow)
class TextFieldValue(CustomFieldValue):
    """The value of a TEXT field."""

    text: str = column("The text.", attribute="value")


@type_of(NumberValueRow)
class NumberFieldValue(CustomFieldValue):
    """The value of a NUMBER field."""

    number: Decimal = column("The number.", attribute="value")


@type_of(DateValueRow)
class DateFieldValue(CustomFieldValue):
    """The value of a DATE field."""

    date: Date = column("The date.", attribute="value")


@type_of(OptionValueRow)
class OptionFieldValue(CustomFieldValue):
    """The value of a RADIO or DROP_DOWN field."""

    option: str = column("The option that was chosen.", attribute="value")


@type_of(ChecklistValueRow)
class ChecklistFieldValue(CustomFieldValue):
    """The value of a CHECKLIST field."""

    options: list[str] = column("The options that were ticked, in the order of the field's.", attribute="value")


@type_of(AddressValueRow)
class AddressFieldValue(CustomFieldValue):
    """The value of an ADDRESS field."""

    address: Address = column("The address.", attribute="value")


VALUE_TYPES = [
    TextFieldValue,
    NumberFieldValue,
    DateFieldValue,
    OptionFieldValue,
    ChecklistFieldValue,
    AddressFieldValue,
]
