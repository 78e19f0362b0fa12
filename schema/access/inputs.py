"""What one sends to manage API keys and access tokens."""

from typing import Any

import strawberry

from domain.access.api_keys import MAX_OVERLAP
from domain.shared.rate_limits import MOST_POINTS, MOST_RESTORED
from domain.use_cases.access.access_tokens import CreateAccessToken, RevokeAccessToken
from domain.use_cases.access.api_keys import CreateApiKey, RevokeApiKey, RotateApiKey, UpdateApiKey
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import DateTime, Duration, EmailAddress

_NAME = "Name, which the history shows as the actor. At most 200 characters."
_SCOPES = (
    "Scopes, such as `quotes:read`, at least one and only ones that you have. `keys:manage` can only be given with a "
    "platform key, or by a person who signs in."
)
_ADDRESSES = (
    "Addresses and networks in CIDR notation, such as `203.0.113.0/24`, that the key can be used from, at most 50."
)
_ORIGINS = (
    "Origins of web pages, such as `https://app.example.com`, at most 50: requests must then send one of them in the "
    "header `Origin`."
)
_EXPIRES = "Date and time when the key expires."
_RATE_LIMIT = (
    "Rate limit of the key, and of the access tokens that it makes. No higher than that of the credential of the "
    "request, unless that is a platform key."
)


@strawberry.input(one_of=True, description="Identifies the API key.")
class ApiKeyBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")


@strawberry.input(one_of=True, description="Identifies the access token.")
class AccessTokenBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")


@strawberry.input(description="The bucket of points of one API key: operations are paid from it.")
class KeyRateLimitInput:
    limit: int = strawberry.field(
        description=f"Points that the bucket holds when it is full, from 1 to {MOST_POINTS:,}. An operation that may "
        "cost more is refused."
    )
    restore_rate: int = strawberry.field(
        description=f"Points that are restored each second, from 1 to {MOST_RESTORED:,}."
    )


@strawberry.input(description="Input for `createApiKey`. What is omitted is as for the credential of the request.")
class CreateApiKeyInput:
    name: str = strawberry.field(description=_NAME)
    scopes: list[str] = strawberry.field(description=_SCOPES)
    expires_at: DateTime | None = strawberry.field(default=None, description=f"{_EXPIRES} Default: never.")
    allowed_addresses: list[str] | None = strawberry.field(default=None, description=f"{_ADDRESSES} Default: all.")
    allowed_origins: list[str] | None = strawberry.field(default=None, description=f"{_ORIGINS} Default: all.")
    rate_limit: KeyRateLimitInput | None = strawberry.field(
        default=None,
        description=f"{_RATE_LIMIT} Default: that of the credential; with a platform key, that of all keys.",
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateApiKey:
        given = _details(self)
        return CreateApiKey({name: it for name, it in given.items() if it is not None}, self.company_id)


@strawberry.input(
    description="Input for `updateApiKey`. Omitted fields stay unchanged; null removes the expiry, the allowed "
    "addresses, the allowed origins or the key's own rate limit."
)
class UpdateApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="The API key.")
    name: str | None = strawberry.field(default=None, description=_NAME)
    scopes: list[str] | None = strawberry.field(default=None, description=_SCOPES)
    expires_at: DateTime | None = strawberry.field(default=strawberry.UNSET, description=_EXPIRES)
    allowed_addresses: list[str] | None = strawberry.field(default=strawberry.UNSET, description=_ADDRESSES)
    allowed_origins: list[str] | None = strawberry.field(default=strawberry.UNSET, description=_ORIGINS)
    rate_limit: KeyRateLimitInput | None = strawberry.field(default=strawberry.UNSET, description=_RATE_LIMIT)
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateApiKey:
        return UpdateApiKey(self.api_key_id, _details(self))


@strawberry.input(description="Input for `rotateApiKey`.")
class RotateApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="The API key.")
    overlap: Duration | None = strawberry.field(
        default=None,
        description=f"How long the previous secret is valid too: up to {MAX_OVERLAP.days} days, by default `PT24H`. "
        "`PT0S` if the secret has leaked; connections that were opened with it are then closed within seconds.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> RotateApiKey:
        return RotateApiKey(self.api_key_id, self.overlap)  # type: ignore[arg-type]


@strawberry.input(description="Input for `revokeApiKey`.")
class RevokeApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="The API key.")
    dry_run: bool = dry_run_field()

    def command(self) -> RevokeApiKey:
        return RevokeApiKey(self.api_key_id)


@strawberry.input(description="Input for `createAccessToken`.")
class CreateAccessTokenInput:
    name: str = strawberry.field(description="Name of the person, which the history shows. At most 200 characters.")
    email: EmailAddress = strawberry.field(description="E-mail address of the person.")
    scopes: list[str] = strawberry.field(
        description="Scopes of the token, such as `quotes:read`, at least one and only ones that the API key has."
    )
    expires_in: Duration | None = strawberry.field(
        default=None,
        description="How long the token is valid, from `PT1M` to `PT12H`, by default `PT1H`, and at most as long as "
        "the API key.",
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateAccessToken:
        given = (self.name, self.email, tuple(self.scopes), self.expires_in, self.company_id)
        return CreateAccessToken(*given)  # type: ignore[arg-type]


@strawberry.input(description="Input for `revokeAccessToken`.")
class RevokeAccessTokenInput:
    access_token_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The access token. Default: the one that the request is sent with, to sign out. An API key without "
        "`keys:manage` can revoke the tokens that it has made.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> RevokeAccessToken:
        return RevokeAccessToken(self.access_token_id)


def _details(given: CreateApiKeyInput | UpdateApiKeyInput) -> dict[str, Any]:
    """The given details of a key, by attribute of the row."""
    required = {name: value for name in ("name", "scopes") if (value := getattr(given, name)) is not None}
    optional = {name: getattr(given, name) for name in ("expires_at", "allowed_addresses", "allowed_origins")}
    if given.rate_limit is not strawberry.UNSET:
        limit = given.rate_limit
        optional["rate_limit"] = None if limit is None else (limit.limit, limit.restore_rate)
    return required | {name: value for name, value in optional.items() if value is not strawberry.UNSET}
