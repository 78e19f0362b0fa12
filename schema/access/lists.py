"""How lists of API keys and access tokens are narrowed and ordered."""

import strawberry

from resolvers.access.lists import AccessTokenFilters, ApiKeyFilters, narrow_keys, narrow_tokens
from schema.access.enums import CredentialStatus
from schema.declare import ListOf
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, DatedFilter, status_field
from schema.shared.ordering import CREATED, UPDATED, order_input
from schema.shared.scalars import EmailAddress


@strawberry.input(description=f"Filters for API keys. {MUST_HOLD}")
class ApiKeyFilter(DatedFilter):
    kind = ApiKeyFilters

    status: list[CredentialStatus] | None = status_field()


API_KEYS = ListOf(
    "API keys",
    ApiKeyFilter,
    order_input("ApiKey", "API keys", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    narrow_keys,
)


@strawberry.input(description=f"Filters for access tokens. {MUST_HOLD}")
class AccessTokenFilter(DatedFilter):
    kind = AccessTokenFilters

    status: list[CredentialStatus] | None = status_field()
    api_key_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only access tokens that this API key has made."
    )
    email: EmailAddress | None = strawberry.field(
        default=None, description="Only access tokens of the person with this e-mail address."
    )


ACCESS_TOKENS = ListOf(
    "access tokens",
    AccessTokenFilter,
    order_input("AccessToken", "access tokens", OrderDirection.DESC, CREATED_AT=CREATED, UPDATED_AT=UPDATED),
    narrow_tokens,
)
