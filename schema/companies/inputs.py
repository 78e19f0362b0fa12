"""What one sends about companies, customers and custom fields."""

from typing import Any

import strawberry

from domain.companies.custom_fields import FieldDraft, ValueDraft
from domain.companies.customers import CustomerDraft
from domain.fulfilment.margins import MarginDraft
from domain.use_cases.companies.custom_fields import CreateCustomField, DeleteCustomField, UpdateCustomField
from domain.use_cases.companies.customers import CreateCustomer, UpdateCustomer
from domain.use_cases.companies.settings import GivenSettings, UpdateCompany
from schema.companies.enums import FieldType
from schema.shared.addresses import AddressInput
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.metadata import MetadataEntryInput, given_metadata, metadata_field
from schema.shared.money import MoneyInput, money
from schema.shared.origins import ExternalBy, external_field
from schema.shared.scalars import Decimal, EmailAddress


@strawberry.input(one_of=True, description="Identifies the company.")
class CompanyBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    code: str | None = strawberry.field(default=strawberry.UNSET, description="Code of the company, such as `AUSTRAL`.")


@strawberry.input(one_of=True, description="What is added to the vendor's prices: a percentage or an amount.")
class VendorMarginInput:
    percentage: Decimal | None = strawberry.field(
        default=strawberry.UNSET,
        description="Percentage of the vendor's price, from 0 to 100 with at most four decimal places. The margin is "
        "rounded half up to the smallest unit of the currency.",
    )
    amount: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Amount for each device. Prices of the vendor in another currency are left to an operator.",
    )

    def draft(self) -> MarginDraft:
        if isinstance(self.amount, MoneyInput):
            return MarginDraft(amount=money(self.amount))
        return MarginDraft(self.percentage)


@strawberry.input(description="Input for `updateCompany`. Omitted fields stay unchanged; null clears a field.")
class UpdateCompanyInput:
    company_id: strawberry.ID | None = company_id_field()
    vendor_margin: VendorMarginInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="What the company adds to the prices that the vendor quotes from now on for `requestVendorPrices`. "
        "Null for nothing.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateCompany:
        given: GivenSettings = {}
        if self.vendor_margin is not strawberry.UNSET:
            given["vendor_margin"] = self.vendor_margin.draft() if self.vendor_margin else None
        return UpdateCompany(given, self.company_id)


@strawberry.input(one_of=True, description="Identifies the custom field.")
class CustomFieldBy:
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Global ID. A deleted custom field is found as well."
    )


@strawberry.input(one_of=True, description="Identifies the customer.")
class CustomerBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="ID that an integrator gave the customer here; for the ID in a connected system use `external`. If "
        "several companies have a customer with it, a platform key gets an `AMBIGUOUS` error that lists their IDs.",
    )
    external: ExternalBy | None = external_field()


@strawberry.input(
    description="Input for `createCustomer`. At least the name, first and last name, or company name is required."
)
class CreateCustomerInput:
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="Full name. Default: first and last name, or else the company name."
    )
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="First name.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="Last name.")
    company_name: str | None = strawberry.field(default=strawberry.UNSET, description="Name of the organization.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="E-mail address.")
    phone_number: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number.")
    address: AddressInput | None = strawberry.field(default=strawberry.UNSET, description="Postal address.")
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="ID of the customer in another system."
    )
    metadata: list[MetadataEntryInput] | None = metadata_field(strawberry.UNSET)
    company_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The company that the customer belongs to. Required for platform keys; other API keys belong to "
        "one company.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> CreateCustomer:
        return CreateCustomer(_customer_draft(self), self.company_id)


@strawberry.input(description="Input for `updateCustomer`. Omitted fields stay unchanged; null clears a field.")
class UpdateCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="The customer.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Full name. Null resets it to first and last name, or else the company name.",
    )
    first_name: str | None = strawberry.field(default=strawberry.UNSET, description="First name.")
    last_name: str | None = strawberry.field(default=strawberry.UNSET, description="Last name.")
    company_name: str | None = strawberry.field(default=strawberry.UNSET, description="Name of the organization.")
    email: EmailAddress | None = strawberry.field(default=strawberry.UNSET, description="E-mail address.")
    phone_number: str | None = strawberry.field(default=strawberry.UNSET, description="Telephone number.")
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET, description="Postal address. Replaces the whole address."
    )
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET, description="ID of the customer in another system."
    )
    metadata: list[MetadataEntryInput] | None = metadata_field(strawberry.UNSET)
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateCustomer:
        return UpdateCustomer(self.customer_id, _customer_draft(self))


_DETAILS = (
    "name",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "phone_number",
    "address",
    "external_id",
    "metadata",
)


def _customer_draft(input: CreateCustomerInput | UpdateCustomerInput) -> CustomerDraft:
    given = {name: value for name in _DETAILS if (value := getattr(input, name)) is not strawberry.UNSET}
    if isinstance(input.address, AddressInput):
        given["address"] = input.address.draft()
    if "metadata" in given:
        given["metadata"] = given_metadata(given["metadata"])
    return CustomerDraft(given)


@strawberry.input(
    one_of=True, description="Value in the field for the type of the custom field. An empty value clears it."
)
class CustomFieldContentInput:
    text: str | None = strawberry.field(
        default=strawberry.UNSET, description="Value of a TEXT field. At most 5,000 characters."
    )
    number: Decimal | None = strawberry.field(default=strawberry.UNSET, description="Value of a NUMBER field.")
    date: str | None = strawberry.field(
        default=strawberry.UNSET, description="Value of a DATE field, as `YYYY-MM-DD` or `MM-DD-YYYY`."
    )
    option: str | None = strawberry.field(
        default=strawberry.UNSET, description="Value of a RADIO or DROP_DOWN field: one of its options."
    )
    options: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Value of a CHECKLIST field: any number of its options."
    )
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Value of an ADDRESS field. Omitted parts stay unchanged; null or an empty string removes a part.",
    )


@strawberry.input(description="Value of a custom field.")
class CustomFieldValueInput:
    custom_field_id: strawberry.ID = strawberry.field(description="The custom field.")
    value: CustomFieldContentInput | None = strawberry.field(default=None, description="The value. Null clears it.")

    def draft(self) -> ValueDraft:
        for member in ("text", "number", "date", "option", "options", "address"):
            given = getattr(self.value, member, strawberry.UNSET)
            if given is not strawberry.UNSET:
                return ValueDraft(
                    self.custom_field_id, member, given.draft() if isinstance(given, AddressInput) else given
                )
        return ValueDraft(self.custom_field_id)


@strawberry.input(description="Input for `createCustomField`.")
class CreateCustomFieldInput:
    name: str = strawberry.field(description="Name. At most 200 characters.")
    type: FieldType = strawberry.field(description="Type of value that the field takes.")
    options: list[str] | None = strawberry.field(
        default=None, description="Options of a RADIO, DROP_DOWN or CHECKLIST field, 1 to 100."
    )
    is_required: bool = strawberry.field(
        default=False,
        description="Whether a value is required: for new quotes or, if customers fill in the field, before they sign.",
    )
    is_visible_to_customer: bool = strawberry.field(
        default=True, description="Whether the value is visible to customers."
    )
    is_editable_by_customer: bool = strawberry.field(
        default=False, description="Whether customers fill in the value with the public key."
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateCustomField:
        draft = FieldDraft({**_field_details(self), "options": tuple(self.options or ())})
        return CreateCustomField(self.type, draft, self.company_id)


@strawberry.input(description="Input for `updateCustomField`. Omitted and null fields stay unchanged.")
class UpdateCustomFieldInput:
    custom_field_id: strawberry.ID = strawberry.field(description="The custom field.")
    name: str | None = strawberry.field(default=None, description="Name. At most 200 characters.")
    options: list[str] | None = strawberry.field(default=None, description="New options, 1 to 100.")
    is_required: bool | None = strawberry.field(
        default=None,
        description="Whether a value is required: for new quotes or, if customers fill in the field, before they sign.",
    )
    is_visible_to_customer: bool | None = strawberry.field(
        default=None, description="Whether the value is visible to customers."
    )
    is_editable_by_customer: bool | None = strawberry.field(
        default=None, description="Whether customers fill in the value with the public key."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateCustomField:
        return UpdateCustomField(self.custom_field_id, FieldDraft(_field_details(self)))


@strawberry.input(description="Input for `deleteCustomField`.")
class DeleteCustomFieldInput:
    custom_field_id: strawberry.ID = strawberry.field(description="The custom field.")
    dry_run: bool = dry_run_field()

    def command(self) -> DeleteCustomField:
        return DeleteCustomField(self.custom_field_id)


def _field_details(given: CreateCustomFieldInput | UpdateCustomFieldInput) -> dict[str, Any]:
    """The given details of a custom field, by attribute of the row."""
    details = {
        "name": given.name,
        "options": given.options,
        "required": given.is_required,
        "customer_sees": given.is_visible_to_customer,
        "customer_edits": given.is_editable_by_customer,
    }
    return {name: value for name, value in details.items() if value is not None}
