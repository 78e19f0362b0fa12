"""How lists of customers and custom fields are narrowed and ordered."""

import strawberry

from resolvers.companies import custom_fields, customers
from resolvers.companies.custom_fields import CustomFieldFilters
from resolvers.companies.customers import CustomerFilters
from schema.companies.enums import FieldType
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WORDS, DatedFilter, include_archived_field
from schema.shared.metadata import MetadataFilter, external_id_filter, metadata_filter
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.origins import OriginFilter, origin_field


@strawberry.input(description=f"Filters for customers. {MUST_HOLD}")
class CustomerFilter(DatedFilter):
    kind = CustomerFilters

    search: str | None = strawberry.field(
        default=None, description=f"Searches the name, company name, e-mail address and external ID. {WORDS}"
    )
    origin: OriginFilter | None = origin_field()
    external_id: str | None = external_id_filter()
    metadata: MetadataFilter | None = metadata_filter()


CUSTOMERS = ListOf(
    "customers",
    CustomerFilter,
    order_input(
        "Customer",
        "customers",
        OrderDirection.ASC,
        NAME="Name, ignoring case.",
        CREATED_AT=CREATED,
        UPDATED_AT=UPDATED,
    ),
    customers.narrow,
)


@strawberry.input(description=f"Filters for custom fields. {MUST_HOLD}")
class CustomFieldFilter(DatedFilter):
    kind = CustomFieldFilters

    type: list[FieldType] | None = strawberry.field(default=None, description="Only custom fields of these types.")
    include_archived: bool = include_archived_field("custom fields")


CUSTOM_FIELDS = ListOf(
    "custom fields",
    CustomFieldFilter,
    order_input(
        "CustomField",
        "custom fields",
        OrderDirection.ASC,
        NAME="Name, ignoring case.",
        CREATED_AT=CREATED,
        UPDATED_AT=UPDATED,
    ),
    custom_fields.narrow,
)
