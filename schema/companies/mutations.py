"""Keeping customers, custom fields and settings."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.companies import custom_fields, customers, settings
from schema.companies.inputs import (
    CreateCustomerInput,
    CreateCustomFieldInput,
    DeleteCustomFieldInput,
    UpdateCompanyInput,
    UpdateCustomerInput,
    UpdateCustomFieldInput,
)
from schema.companies.payloads import (
    CreateCustomerPayload,
    CreateCustomFieldPayload,
    DeleteCustomFieldPayload,
    UpdateCompanyPayload,
    UpdateCustomerPayload,
    UpdateCustomFieldPayload,
)
from schema.declare import mutation


@strawberry.type
class CompanyMutations:
    update_company = mutation(
        "Updates settings of a company. Its live and test data share them, so that only live API keys change them.",
        Scope.QUOTES_MANAGE,
        UpdateCompanyInput,
        settings.update_company,
        UpdateCompanyPayload,
    )


@strawberry.type
class CustomerMutations:
    create_customer = mutation(
        "Creates a customer.",
        Scope.CUSTOMERS_WRITE,
        CreateCustomerInput,
        customers.create_customer,
        CreateCustomerPayload,
    )
    update_customer = mutation(
        "Updates a customer.",
        Scope.CUSTOMERS_WRITE,
        UpdateCustomerInput,
        customers.update_customer,
        UpdateCustomerPayload,
    )


@strawberry.type
class CustomFieldMutations:
    create_custom_field = mutation(
        "Creates a custom field for quotes.",
        Scope.CUSTOM_FIELDS_MANAGE,
        CreateCustomFieldInput,
        custom_fields.create_custom_field,
        CreateCustomFieldPayload,
    )
    update_custom_field = mutation(
        "Updates a custom field. Values that quotes have for it stay unchanged.",
        Scope.CUSTOM_FIELDS_MANAGE,
        UpdateCustomFieldInput,
        custom_fields.update_custom_field,
        UpdateCustomFieldPayload,
    )
    delete_custom_field = mutation(
        "Deletes a custom field. Quotes keep the values that they have for it.",
        Scope.CUSTOM_FIELDS_MANAGE,
        DeleteCustomFieldInput,
        custom_fields.delete_custom_field,
        DeleteCustomFieldPayload,
    )
