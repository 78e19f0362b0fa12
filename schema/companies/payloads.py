"""What mutations of customers and custom fields answer."""

import strawberry

from schema.companies.types import Customer, CustomField
from schema.declare import identity_of
from schema.shared.payloads import payload, subject


@payload()
class CreateCustomerPayload:
    """Result of `createCustomer`."""

    customer: Customer | None = subject("The new customer. Null if the mutation was refused.", "customer")


@payload()
class UpdateCustomerPayload:
    """Result of `updateCustomer`."""

    customer: Customer | None = subject(
        "The customer after the mutation. Null if the mutation was refused.", "customer"
    )


@payload()
class CreateCustomFieldPayload:
    """Result of `createCustomField`."""

    custom_field: CustomField | None = subject(
        "The new custom field. Null if the mutation was refused.", "custom_field"
    )


@payload()
class UpdateCustomFieldPayload:
    """Result of `updateCustomField`."""

    custom_field: CustomField | None = subject(
        "The custom field after the mutation. Null if the mutation was refused.", "custom_field"
    )


@payload()
class DeleteCustomFieldPayload:
    """Result of `deleteCustomField`."""

    deleted_custom_field_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted custom field, which existing values still refer to. Null if the "
        "mutation was refused.",
        type_name="CustomField",
        attribute="custom_field_id",
    )
