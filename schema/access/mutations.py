"""Managing API keys, and making access tokens."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.access import access_tokens, api_keys
from schema.access.inputs import (
    CreateAccessTokenInput,
    CreateApiKeyInput,
    RevokeAccessTokenInput,
    RevokeApiKeyInput,
    RotateApiKeyInput,
    UpdateApiKeyInput,
)
from schema.access.payloads import (
    CreateAccessTokenPayload,
    CreateApiKeyPayload,
    RevokeAccessTokenPayload,
    RevokeApiKeyPayload,
    RotateApiKeyPayload,
    UpdateApiKeyPayload,
)
from schema.declare import mutation


@strawberry.type
class AccessMutations:
    create_api_key = mutation(
        "Creates an API key of a company in the environment of the request. It can do no more than the credential of "
        "the request: its scopes, expiry, allowed addresses and origins are within those of its maker.",
        Scope.KEYS_MANAGE,
        CreateApiKeyInput,
        api_keys.create_api_key,
        CreateApiKeyPayload,
    )
    update_api_key = mutation(
        "Updates an API key that can do no more than the credential of the request, before and after.",
        Scope.KEYS_MANAGE,
        UpdateApiKeyInput,
        api_keys.update_api_key,
        UpdateApiKeyPayload,
    )
    rotate_api_key = mutation(
        "Replaces the secret of an API key that can do no more than the credential of the request. During the overlap, "
        "both secrets are valid.",
        Scope.KEYS_MANAGE,
        RotateApiKeyInput,
        api_keys.rotate_api_key,
        RotateApiKeyPayload,
    )
    revoke_api_key = mutation(
        "Revokes an API key and the access tokens that it has made, for good. Connections are closed within seconds.",
        Scope.KEYS_MANAGE,
        RevokeApiKeyInput,
        api_keys.revoke_api_key,
        RevokeApiKeyPayload,
    )
    create_access_token = mutation(
        "Creates an access token with which a person works for some hours, in a browser or on a phone, where an API "
        "key would be shown to everybody. The person is the actor of all that is done with it. It can do no more than "
        "the API key, and ends with it. Requires no scope.",
        None,
        CreateAccessTokenInput,
        access_tokens.create_access_token,
        CreateAccessTokenPayload,
    )
    revoke_access_token = mutation(
        "Revokes an access token, for good. Connections are closed within seconds. The token of the request and those "
        "that its API key has made can be revoked with any scopes, others with `keys:manage`. Requires no scope.",
        None,
        RevokeAccessTokenInput,
        access_tokens.revoke_access_token,
        RevokeAccessTokenPayload,
    )
