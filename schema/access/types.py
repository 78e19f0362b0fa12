"""API keys of companies, and access tokens of people."""

import strawberry

from domain.access.access_tokens import AccessToken as AccessTokenRow
from domain.access.api_keys import CompanyKey
from domain.shared.access import Scope
from domain.shared.rate_limits import RateLimit
from schema.access.enums import CredentialStatus
from schema.access.lists import ACCESS_TOKENS
from schema.companies.types import Company
from schema.declare import column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.shared.actors import Actor, Person
from schema.shared.connections import Connection
from schema.shared.enums import Environment
from schema.shared.lazy import LazyAccessTokenConnection, LazyEventConnection
from schema.shared.nodes import Node
from schema.shared.scalars import DateTime
from schema.shared.statuses import HasStatus


@type_of(RateLimit)
class KeyRateLimit:
    """The bucket of points of one API key: operations are paid from it."""

    limit: int = column("Points that the bucket holds when it is full.", attribute="points")
    restore_rate: int = column("Points that are restored each second.", attribute="restore")


@type_of(CompanyKey)
class ApiKey(Node, HasStatus):
    """An API key of a company. The key itself is shown once, when it is created or rotated."""

    id: strawberry.ID = identity("ApiKey")
    name: str = column("Name, which the history shows as the actor.")
    prefix: str = column("First characters of the key, to tell keys apart.")
    environment: Environment = column("Set of the company's data that the key gives access to.")
    scopes: list[str] = column("Scopes of the key.")
    status: CredentialStatus = column("Status.")
    allowed_addresses: list[str] = column(
        "Addresses and networks in CIDR notation that the key can be used from. Empty: from everywhere."
    )
    allowed_origins: list[str] = column(
        "Origins of web pages, one of which requests with the key must send. Empty: none is required."
    )
    rate_limit: KeyRateLimit | None = column(
        "Rate limit of the key, and of the access tokens that it makes. Null if it is that of all keys."
    )
    created_by: Actor | None = column(
        "The person or program that created the key: of the type `SYSTEM` if the command line did. Null for a key that "
        "came with the installation."
    )
    company: Company = edge("The company that the key belongs to.", loader="company_by_tenant", key="tenant_id")
    access_tokens: LazyAccessTokenConnection = paged(
        "Access tokens that the key has made, by default newest first.",
        loader="access_tokens_by_key",
        key="id",
        of=ACCESS_TOKENS,
        scope=Scope.KEYS_MANAGE,
    )
    history: LazyEventConnection = history_of(Scope.KEYS_MANAGE)
    expires_at: DateTime | None = column("Date and time when the key expires. Null if it does not.")
    revoked_at: DateTime | None = column("Date and time when the key was revoked.")
    previous_until: DateTime | None = column(
        "Date and time until which the secret before the last rotation is valid too. Null if there is none."
    )
    last_used_at: DateTime | None = column("Date and time when the key was last used, to the minute.")
    created_at: DateTime = column("Date and time when the key was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of API keys.")
class ApiKeyConnection(Connection[ApiKey]):
    pass


@type_of(AccessTokenRow)
class AccessToken(Node, HasStatus):
    """A token that an API key has made for a person. The token itself is shown once, when it is created."""

    id: strawberry.ID = identity("AccessToken")
    prefix: str = column("First characters of the token, to tell tokens apart.")
    person: Person = column("The person who works with it, and is the actor of what is done with it.")
    scopes: list[str] = column("Scopes of the token. It permits those of them that its API key still has.")
    status: CredentialStatus = column("Status. A token is not valid either when its API key is not.")
    api_key: ApiKey | None = edge(
        "The API key that made it. Null for a platform key.", loader="api_key", key="api_key_id"
    )
    company: Company = edge("The company that the token is for.", loader="company_by_tenant", key="tenant_id")
    history: LazyEventConnection = history_of(Scope.KEYS_MANAGE)
    expires_at: DateTime = column("Date and time when the token expires.")
    revoked_at: DateTime | None = column("Date and time when the token was revoked.")
    last_used_at: DateTime | None = column("Date and time when the token was last used, to the minute.")
    created_at: DateTime = column("Date and time when the token was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of access tokens.")
class AccessTokenConnection(Connection[AccessToken]):
    pass
