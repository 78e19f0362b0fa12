"""What mutations of customers and custom fields answer."""

import strawberry

from schema.companies.types import Customer, CustomField
from schema.shared.payloads import deleted_id, payload, subject


@payload()
class CreateCustomerPayload:
    """What came of making a customer."""

    customer: Customer | None = subject("The new customer; null when the action was refused.", "customer")


@payload()
class UpdateCustomerPayload:
    """What came of changing a customer."""

    customer: Customer | None = subject("The customer as it is now; null when refused.", "customer")


@payload()
class CreateCustomFieldPayload:
    """What came of defining a field."""

    custom_field: CustomField | None = subject("The new field; null when refused.", "custom_field")


@payload()
class UpdateCustomFieldPayload:
    """What came of changing a field."""

    custom_field: CustomField | None = subject("The field as it is now; null when refused.", "custom_field")


@payload()
class DeleteCustomFieldPayload:
    """What came of deleting a field."""

    deleted_custom_field_id: strawberry.ID | None = deleted_id(
        "The field's id, under which values noted before still show it; null when refused.",
        "CustomField",
        "custom_field_id",
    )
