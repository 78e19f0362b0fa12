"""What mutations of API keys and access tokens answer."""

import strawberry

from resolvers.pages import NEWEST_FIRST
from schema.access.types import AccessToken, ApiKey
from schema.declare import column, identity_of, new_edge
from schema.shared.connections import Edge
from schema.shared.payloads import CHANGES, joined, payload, subject
from schema.shared.scalars import DateTime

_KEY = "The API key after the mutation. Null if the mutation was refused."
_SHOWN_ONCE = (
    "The API key to send in `Authorization: Bearer`. It is returned this once; null if the mutation was refused, a dry "
    "run, or sent again with its idempotency key."
)


@payload()
class CreateApiKeyPayload:
    """For `createApiKey`."""

    api_key: ApiKey | None = subject(_KEY, "api_key")
    api_key_edge: Edge[ApiKey] | None = new_edge(joined("API key", "apiKeys"), "ApiKey", "api_keys", NEWEST_FIRST)
    secret: str | None = column(_SHOWN_ONCE)


@payload()
class UpdateApiKeyPayload:
    """For `updateApiKey`."""

    api_key: ApiKey | None = subject(_KEY, "api_key")


@payload()
class RotateApiKeyPayload:
    """For `rotateApiKey`."""

    api_key: ApiKey | None = subject(_KEY, "api_key")
    secret: str | None = column(_SHOWN_ONCE)


@payload(changes=CHANGES)
class RevokeApiKeyPayload:
    """For `revokeApiKey`."""

    api_key: ApiKey | None = subject(_KEY, "api_key")


@payload()
class CreateAccessTokenPayload:
    """For `createAccessToken`."""

    token: str | None = column(
        "The access token to send in `Authorization: Bearer`. It is returned this once; null if the mutation was "
        "refused, a dry run, or sent again with its idempotency key.",
        attribute="secret",
    )
    expires_at: DateTime | None = column("Date and time when the token expires.")
    access_token_id: strawberry.ID | None = identity_of(
        "Global ID of the access token, to revoke it. Null if the mutation was refused.",
        type_name="AccessToken",
        attribute="access_token_id",
    )
    access_token: AccessToken | None = subject(
        "The access token, without its secret. Null if the mutation was refused.", "access_token"
    )


@payload(changes=CHANGES)
class RevokeAccessTokenPayload:
    """For `revokeAccessToken`."""

    access_token: AccessToken | None = subject(
        "The access token after the mutation. Null if the mutation was refused.", "access_token"
    )
