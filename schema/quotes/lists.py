"""How lists of quotes, and of their recipients, are narrowed and ordered."""

import strawberry

from resolvers.people import employees
from resolvers.people.employees import RecipientFilters
from resolvers.quotes import queries
from resolvers.quotes.queries import QuoteFilters
from schema.declare import ListOf
from schema.quotes.enums import QuoteStatus, RecipientStatus
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WHICH_COUNTRY, DatedFilter, status_field
from schema.shared.metadata import MetadataFilter, QuotePartFilter, external_id_filter, metadata_filter
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.origins import OriginFilter, origin_field
from schema.shared.scalars import EmailAddress


@strawberry.input(description=f"Filters for quotes. {MUST_HOLD}")
class QuoteFilter(DatedFilter):
    kind = QuoteFilters

    status: list[QuoteStatus] | None = status_field()
    country: str | None = strawberry.field(
        default=None, description=f"Only quotes with a recipient in this country. {WHICH_COUNTRY}"
    )
    customer_id: strawberry.ID | None = strawberry.field(default=None, description="Only quotes for this customer.")
    project_reference: str | None = strawberry.field(
        default=None, description="Only quotes with exactly this project reference, ignoring case."
    )
    tag: str | None = strawberry.field(default=None, description="Only quotes with this tag, ignoring case.")
    assignee_email: EmailAddress | None = strawberry.field(
        default=None, description="Only quotes whose assignee has this e-mail address."
    )
    origin: OriginFilter | None = origin_field()
    has_origin: bool | None = strawberry.field(
        default=None, description="Only quotes that come from a connected system, or only those that do not."
    )
    has_pending_change: bool | None = strawberry.field(
        default=None, description="Only quotes that wait for their connected system, or only those that do not."
    )
    external_id: str | None = external_id_filter()
    metadata: MetadataFilter | None = metadata_filter()
    item: QuotePartFilter | None = strawberry.field(default=None, description="Only quotes with such a line.")
    recipient: QuotePartFilter | None = strawberry.field(default=None, description="Only quotes with such a recipient.")


QUOTES = ListOf(
    "quotes",
    QuoteFilter,
    order_input("Quote", "quotes", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    queries.narrow,
    shown_as="Quote",
)


@strawberry.input(description=f"Filters for recipients. {MUST_HOLD}")
class RecipientFilter(DatedFilter):
    kind = RecipientFilters

    status: list[RecipientStatus] | None = status_field()
    country: str | None = strawberry.field(
        default=None, description=f"Only recipients in this country. {WHICH_COUNTRY}"
    )
    external_id: str | None = external_id_filter()
    metadata: MetadataFilter | None = metadata_filter()


RECIPIENTS = ListOf(
    "recipients",
    RecipientFilter,
    order_input("Recipient", "recipients", OrderDirection.DESC, CREATED_AT=CREATED),
    employees.narrow_recipients,
)
