"""What mutations of customers and custom fields answer."""

import strawberry

from resolvers.pages import BY_NAME
from schema.companies.types import Company, Customer, CustomField
from schema.declare import identity_of, new_edge
from schema.shared.connections import Edge
from schema.shared.payloads import joined, payload, subject

_COMPANY = "The company after the mutation. Null if the mutation was refused."
_CUSTOMER = "The customer after the mutation. Null if the mutation was refused."
_CUSTOM_FIELD = "The custom field after the mutation. Null if the mutation was refused."


@payload()
class UpdateCompanyPayload:
    """For `updateCompany`."""

    company: Company | None = subject(_COMPANY, "company")


@payload()
class CreateCustomerPayload:
    """For `createCustomer`."""

    customer: Customer | None = subject(_CUSTOMER, "customer")
    customer_edge: Edge[Customer] | None = new_edge(joined("customer", "customers"), "Customer", "customers", BY_NAME)


@payload()
class UpdateCustomerPayload:
    """For `updateCustomer`."""

    customer: Customer | None = subject(_CUSTOMER, "customer")


@payload()
class CreateCustomFieldPayload:
    """For `createCustomField`."""

    custom_field: CustomField | None = subject(_CUSTOM_FIELD, "custom_field")
    custom_field_edge: Edge[CustomField] | None = new_edge(
        joined("custom field", "customFields"), "CustomField", "custom_fields", BY_NAME
    )


@payload()
class UpdateCustomFieldPayload:
    """For `updateCustomField`."""

    custom_field: CustomField | None = subject(_CUSTOM_FIELD, "custom_field")


@payload()
class DeleteCustomFieldPayload:
    """For `deleteCustomField`."""

    deleted_custom_field_id: strawberry.ID | None = identity_of(
        "Global ID of the deleted custom field, which existing values still refer to. Null if the "
        "mutation was refused or a dry run.",
        type_name="CustomField",
        attribute="deleted_custom_field_id",
    )
