"""What one sends about customers and custom fields."""

import strawberry

from domain.companies.custom_fields import FieldDraft, ValueDraft
from domain.companies.customers import CustomerDraft
from domain.use_cases.companies.custom_fields import CreateCustomField, DeleteCustomField, UpdateCustomField
from domain.use_cases.companies.customers import CreateCustomer, UpdateCustomer
from resolvers.companies.customers import CustomerFilters
from schema.companies.enums import CustomerOrderField, FieldKind
from schema.shared.addresses import AddressInput
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS
from schema.shared.inputs import company_id_field
from schema.shared.ordering import order_input
from schema.shared.scalars import Decimal, EmailAddress

CustomerOrder = order_input("CustomerOrder", "How to order customers.", CustomerOrderField.NAME, OrderDirection.ASC)


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
        return CreateCustomer(_customer_draft(self), self.company_id)


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
        return UpdateCustomer(self.customer_id, _customer_draft(self))


_DETAILS = ("name", "first_name", "last_name", "company_name", "email", "phone_number", "address", "external_id")


def _customer_draft(input: CreateCustomerInput | UpdateCustomerInput) -> CustomerDraft:
    given = {name: value for name in _DETAILS if (value := getattr(input, name)) is not strawberry.UNSET}
    if isinstance(input.address, AddressInput):
        given["address"] = input.address.draft()
    return CustomerDraft(given)


@strawberry.input(one_of=True, description="A value, in the member of the field's kind. An empty one clears.")
class CustomFieldContentInput:
    text: str | None = strawberry.field(default=strawberry.UNSET, description="TEXT: at most 5,000 characters.")
    number: Decimal | None = strawberry.field(default=strawberry.UNSET, description="NUMBER: a decimal number as text.")
    date: str | None = strawberry.field(default=strawberry.UNSET, description="DATE: `YYYY-MM-DD` or `MM-DD-YYYY`.")
    option: str | None = strawberry.field(default=strawberry.UNSET, description="RADIO, DROP_DOWN: one of the options.")
    options: list[str] | None = strawberry.field(default=strawberry.UNSET, description="CHECKLIST: any of the options.")
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="ADDRESS: its parts. What is left out of them stays as it was; null or empty takes a part off.",
    )


@strawberry.input(description="A value for a custom field.")
class CustomFieldValueInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")
    value: CustomFieldContentInput | None = strawberry.field(default=None, description="The value; null clears it.")

    def draft(self) -> ValueDraft:
        for member in ("text", "number", "date", "option", "options", "address"):
            given = getattr(self.value, member, strawberry.UNSET)
            if given is not strawberry.UNSET:
                return ValueDraft(self.field_id, member, given.draft() if isinstance(given, AddressInput) else given)
        return ValueDraft(self.field_id)


@strawberry.input(description="A new field for quotes.")
class CreateCustomFieldInput:
    name: str = strawberry.field(description="What it is called, at most 200 characters.")
    kind: FieldKind = strawberry.field(description="What sort of value it takes.")
    options: list[str] | None = strawberry.field(
        default=None, description="What can be chosen with RADIO, DROP_DOWN and CHECKLIST: 1 to 100."
    )
    required: bool = strawberry.field(
        default=False,
        description="Whether every new quote needs a value, or where customers fill it in, a signature does.",
    )
    customer_sees: bool = strawberry.field(default=True, description="Whether customers see the value.")
    customer_edits: bool = strawberry.field(default=False, description="Whether customers fill in the value.")
    company_id: strawberry.ID | None = company_id_field()

    def command(self) -> CreateCustomField:
        names = ("name", "required", "customer_sees", "customer_edits")
        draft = FieldDraft({**{name: getattr(self, name) for name in names}, "options": tuple(self.options or ())})
        return CreateCustomField(self.kind, draft, self.company_id)


@strawberry.input(description="What changes of a field. What is left out or null stays.")
class UpdateCustomFieldInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")
    name: str | None = strawberry.field(default=None, description="What it is called, at most 200 characters.")
    options: list[str] | None = strawberry.field(default=None, description="What can be chosen from now on: 1 to 100.")
    required: bool | None = strawberry.field(
        default=None,
        description="Whether every new quote needs a value, or where customers fill it in, a signature does.",
    )
    customer_sees: bool | None = strawberry.field(default=None, description="Whether customers see the value.")
    customer_edits: bool | None = strawberry.field(default=None, description="Whether customers fill in the value.")

    def command(self) -> UpdateCustomField:
        names = ("name", "options", "required", "customer_sees", "customer_edits")
        draft = FieldDraft({name: value for name in names if (value := getattr(self, name)) is not None})
        return UpdateCustomField(self.field_id, draft)


@strawberry.input(description="Which field to delete.")
class DeleteCustomFieldInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")

    def command(self) -> DeleteCustomField:
        return DeleteCustomField(self.field_id)
