"""Reading API keys and access tokens."""

import strawberry

from domain.shared.access import Scope
from resolvers.nodes import node_by_id
from schema.access.inputs import AccessTokenBy, ApiKeyBy
from schema.access.lists import ACCESS_TOKENS, API_KEYS
from schema.access.types import AccessToken, AccessTokenConnection, ApiKey, ApiKeyConnection
from schema.declare import list_root, one_root


@strawberry.type
class AccessQueries:
    api_key: ApiKey | None = one_root(
        "Returns an API key of a company, or null if there is none.", Scope.KEYS_MANAGE, node_by_id("ApiKey"), ApiKeyBy
    )

    api_keys: ApiKeyConnection | None = list_root(
        "Returns API keys of companies, by default newest first. Those of the platform are managed on the command "
        "line.",
        Scope.KEYS_MANAGE,
        "api_keys",
        API_KEYS,
    )

    access_token: AccessToken | None = one_root(
        "Returns an access token, or null if there is none.",
        Scope.KEYS_MANAGE,
        node_by_id("AccessToken"),
        AccessTokenBy,
    )

    access_tokens: AccessTokenConnection | None = list_root(
        "Returns access tokens, by default newest first. A token is listed for 30 days after it has expired.",
        Scope.KEYS_MANAGE,
        "access_tokens",
        ACCESS_TOKENS,
    )
