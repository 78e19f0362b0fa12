"""What mutations of customers and custom fields answer."""

import strawberry

from schema.companies.types import Customer, CustomField
from schema.declare import identity_of
from schema.shared.payloads import payload, subject


@payload()
class CustomerPayload:
    """For mutations that create or update a customer."""

    customer: Customer | None = subject(
        "The customer after the mutation. Null if the mutation was refused.", "customer"
    )


@payload()
class CustomFieldPayload:
    """For mutations that create or update a custom field."""

    custom_field: CustomField | None = subject(
        "The custom field after the mutation. Null if the mutation was refused.", "custom_field"
    )


@payload()
class DeleteCustomFieldPayload:
    """For `deleteCustomField`."""

    deleted_custom_field_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted custom field, which existing values still refer to. Null if the "
        "mutation was refused.",
        type_name="CustomField",
        attribute="custom_field_id",
    )
