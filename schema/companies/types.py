"""Companies, their customers and custom fields, and who is asking."""

from typing import Any

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
from domain.fulfilment.margins import Margin
from domain.shared.access import Scope
from resolvers.companies import company as companies
from schema.access.lists import API_KEYS
from schema.catalogue.lists import KITS
from schema.companies.enums import FieldType, TaxRounding
from schema.companies.lists import CUSTOM_FIELDS, CUSTOMERS
from schema.declare import SCOPE, column, edge, identity, paged, type_of
from schema.fulfilment.lists import VENDOR_ORDERS
from schema.inventory.lists import ASSETS, DEVICE_ACTIONS
from schema.members.lists import MEMBERS
from schema.people.lists import EMPLOYEES
from schema.quotes.lists import QUOTES
from schema.shared.actors import Person
from schema.shared.addresses import Address
from schema.shared.connections import Connection
from schema.shared.enums import Environment
from schema.shared.lazy import (
    LazyApiKeyConnection,
    LazyAssetConnection,
    LazyConnection,
    LazyCustomerConnection,
    LazyCustomFieldConnection,
    LazyDeviceActionConnection,
    LazyEmployeeConnection,
    LazyKitConnection,
    LazyMemberConnection,
    LazyOrigin,
    LazyOriginSource,
    LazyQuoteConnection,
    LazyVendorOrderConnection,
    LazyWebhookEndpointConnection,
)
from schema.shared.metadata import MetadataEntry, metadata
from schema.shared.money import Money
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import Date, DateTime, Decimal, EmailAddress
from schema.webhooks.lists import WEBHOOK_ENDPOINTS


@type_of(Margin)
class VendorMargin:
    """What a company adds to each price that the vendor quotes for `requestVendorPrices`: a percentage or an amount."""

    percentage: Decimal | None = column(
        "Percentage of the vendor's price, such as `12.5`. The margin is rounded half up to the smallest unit of the "
        "currency. Null for an amount."
    )
    amount: Money | None = column("Amount for each device. Null for a percentage.")


async def _vendor_margin(root: strawberry.Parent[Any]) -> VendorMargin | None:
    return companies.vendor_margin(root)


@type_of(CompanyRow)
class Company(Node):
    """A company that procures devices for its people. All other objects belong to a company."""

    id: strawberry.ID = identity("Company")
    code: str = column("Short code that identifies the company to operators and the vendor.")
    name: str = column("Name.")
    created_at: DateTime = column("Date and time when the company was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")
    time_zone: str = column(
        "IANA time zone of the company, such as `America/Montevideo`. `UTC` unless changed with "
        "`quotegraph companies settings`."
    )
    tax_rounding: TaxRounding = column("How tax of new quotes is rounded. Set with `quotegraph companies settings`.")
    vendor_margin: VendorMargin | None = strawberry.field(
        resolver=_vendor_margin,
        description="What the company adds to the vendor's prices; `null` for nothing. Set with `updateCompany` or "
        "`quotegraph companies settings`. For operators. Requires scope `quotes:manage`.",
        metadata={SCOPE: Scope.QUOTES_MANAGE},
    )
    quotes: LazyQuoteConnection = paged(
        "Quotes of the company, by default newest first.",
        loader="quotes",
        key="tenant_id",
        of=QUOTES,
        scope=Scope.QUOTES_READ,
    )
    employees: LazyEmployeeConnection = paged(
        "Employees of the company, by default by name.",
        loader="employees",
        key="tenant_id",
        of=EMPLOYEES,
        scope=Scope.EMPLOYEES_READ,
    )
    assets: LazyAssetConnection = paged(
        "Assets of the company, by default newest first.",
        loader="assets",
        key="tenant_id",
        of=ASSETS,
        scope=Scope.ASSETS_READ,
    )
    device_actions: LazyDeviceActionConnection = paged(
        "Device actions of the company, by default newest first.",
        loader="device_actions",
        key="tenant_id",
        of=DEVICE_ACTIONS,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    kits: LazyKitConnection = paged(
        "Kits of the company, by default newest first.", loader="kits", key="tenant_id", of=KITS, scope=Scope.KITS_READ
    )
    customers: LazyCustomerConnection = paged(
        "Customers of the company, by default by name.",
        loader="customers",
        key="tenant_id",
        of=CUSTOMERS,
        scope=Scope.CUSTOMERS_READ,
    )
    custom_fields: LazyCustomFieldConnection = paged(
        "Custom fields that the company has defined, by default by name.",
        loader="custom_fields",
        key="tenant_id",
        of=CUSTOM_FIELDS,
        scope=Scope.QUOTES_READ,
    )
    members: LazyMemberConnection = paged(
        "Members of the company, by default by name.",
        loader="members",
        key="tenant_id",
        of=MEMBERS,
        scope=Scope.MEMBERS_MANAGE,
    )
    vendor_orders: LazyVendorOrderConnection = paged(
        "Vendor orders of the company, by default newest first.",
        loader="vendor_orders",
        key="tenant_id",
        of=VENDOR_ORDERS,
        scope=Scope.QUOTES_READ,
    )
    api_keys: LazyApiKeyConnection = paged(
        "API keys of the company, by default newest first.",
        loader="api_keys",
        key="tenant_id",
        of=API_KEYS,
        scope=Scope.KEYS_MANAGE,
    )
    webhook_endpoints: LazyWebhookEndpointConnection = paged(
        "Webhook endpoints of the company, by default newest first.",
        loader="webhook_endpoints",
        key="tenant_id",
        of=WEBHOOK_ENDPOINTS,
        scope=Scope.WEBHOOKS_MANAGE,
    )
    connections: list[LazyConnection] = edge(
        "Systems that the company has connected, oldest first: at most 20. Those that are disconnected are not among "
        "them.",
        loader="connected_by_tenant",
        key="tenant_id",
        many=True,
        scope=Scope.CONNECTIONS_MANAGE,
    )
    origin_sources: list[LazyOriginSource] = edge(
        "The same systems, for everyone who may read quotes: where quotes can come from, and what each system can be "
        "asked for, such as to create a quote.",
        loader="connected_by_tenant",
        key="tenant_id",
        many=True,
        scope=Scope.QUOTES_READ,
    )


@type_of(companies.Viewer)
class Viewer:
    """The caller of the request, by the API key or access token: whose it is, and what it may do."""

    person: Person | None = column("The person who sent the request. Null for an API key.")
    company: Company | None = edge(
        "Company of the API key or person. Null for a platform key.", loader="company", key="company_id"
    )
    environment: Environment = column("Environment that the API key or access token gives access to.")
    scopes: list[str] = column("Scopes of the API key or access token, such as `quotes:read`.")
    expires_at: DateTime | None = column("Date and time when the API key or access token expires. Null if it does not.")


@type_of(CustomerRow)
class Customer(Node):
    """A person or organization that quotes are made for."""

    id: strawberry.ID = identity("Customer")
    origin: LazyOrigin | None = origin()
    name: str = column("Full name of the customer.")
    first_name: str | None = column("First name of the person.")
    last_name: str | None = column("Last name of the person.")
    company_name: str | None = column("Name of the organization.")
    email: EmailAddress | None = column("E-mail address.")
    phone_number: str | None = column("Telephone number.")
    address: Address | None = column("Postal address.")
    external_id: str | None = column("ID of the customer in another system, such as a shop. Unique within the company.")
    metadata: list[MetadataEntry] = metadata(is_of_origin=False)
    company: Company = edge("The company that the customer belongs to.", loader="company_by_tenant", key="tenant_id")
    quotes: LazyQuoteConnection = paged(
        "Quotes made for the customer, by default newest first.",
        loader="quotes_by_customer",
        key="id",
        of=QUOTES,
        scope=Scope.QUOTES_READ,
    )
    created_at: DateTime = column("Date and time when the customer was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of customers.")
class CustomerConnection(Connection[Customer]):
    pass


@type_of(CustomFieldRow)
class CustomField(Node):
    """A custom field that a company has defined for its quotes."""

    id: strawberry.ID = identity("CustomField")
    name: str = column("Name of the field. Unique within the company, ignoring case.")
    type: FieldType = column("Type of value that the field takes. It cannot be changed.", attribute="kind")
    options: list[str] = column("Options that can be selected, in order. Empty for types without options.")
    is_required: bool = column(
        "Whether a value is required for new quotes. If customers fill in the field, the value is "
        "required before they sign.",
        attribute="required",
    )
    is_visible_to_customer: bool = column("Whether the value is visible to customers.", attribute="customer_sees")
    is_editable_by_customer: bool = column(
        "Whether customers fill in the value with the public key.", attribute="customer_edits"
    )
    archived_at: DateTime | None = column("Date and time when the field was deleted. Existing values are kept.")
    company: Company = edge("The company that defined the field.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("Date and time when the field was created.")
    updated_at: DateTime = column("Date and time when the field was last updated.")


@strawberry.type(description="A page of custom fields.")
class CustomFieldConnection(Connection[CustomField]):
    pass


@strawberry.interface(description="Value of a custom field of a quote, as of the time when it was set.")
class CustomFieldValue:
    field: CustomField = edge("The custom field.", loader="custom_field", key="field_id")
    display: str = column("Value formatted for display.")


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

    option: str = column("The selected option.", attribute="value")


@type_of(ChecklistValueRow)
class ChecklistFieldValue(CustomFieldValue):
    """The value of a CHECKLIST field."""

    options: list[str] = column("The selected options, in the order of the field's options.", attribute="value")


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
