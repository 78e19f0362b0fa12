"""API keys and access tokens for tests of the API, and complete inputs for their mutations."""

from typing import Any

from domain.shared.access import CUSTOMER_SCOPES, Scope
from tests.api.support.running import Running, company_id

ACCESS_INPUTS: dict[str, Any] = {
    "createApiKey": {
        "companyId": company_id("AUSTRAL"),
        "name": "ERP",
        "scopes": ["quotes:read"],
        "expiresAt": "2099-01-01T00:00:00Z",
        "allowedAddresses": ["203.0.113.0/24"],
        "allowedOrigins": ["https://erp.example"],
        "rateLimit": {"limit": 600, "restoreRate": 10},
    },
    "updateApiKey": {
        "apiKeyId": "<api_key id>",
        "name": "ERP",
        "scopes": ["quotes:read"],
        "expiresAt": "2099-01-01T00:00:00Z",
        "allowedAddresses": ["203.0.113.0/24"],
        "allowedOrigins": ["https://erp.example"],
        "rateLimit": {"limit": 600, "restoreRate": 10},
    },
    "rotateApiKey": {"apiKeyId": "<api_key id>", "overlap": "PT1H"},
    "revokeApiKey": {"apiKeyId": "<api_key id>"},
    "createAccessToken": {
        "companyId": company_id("AUSTRAL"),
        "name": "Ida Ponce",
        "email": "ida@austral.example",
        "scopes": ["quotes:read"],
        "expiresIn": "PT8H",
    },
    "revokeAccessToken": {"accessTokenId": "<access_token id>"},
}
IDA = {"name": "Ida Ponce", "email": "ida@austral.example", "scopes": ["quotes:decide", "quotes:read"]}


async def a_manager(api: Running, **given: Any) -> str:
    """A new key of a company that may manage keys."""
    return await api.key(*CUSTOMER_SCOPES, Scope.KEYS_MANAGE, **given)


async def an_api_key(api: Running, key: str, **given: Any) -> tuple[str, str]:
    """The id and the secret of a new key."""
    made = await api.act("createApiKey", {"name": "ERP", "scopes": ["quotes:read"], **given}, KEY, key=key)
    assert made["userErrors"] == []
    return made["apiKey"]["id"], made["secret"]


async def an_access_token(api: Running, key: str | None = None, **given: Any) -> tuple[str, str]:
    """The id and the secret of a new access token."""
    made = await api.act("createAccessToken", {**IDA, **given}, "accessTokenId token", key=key)
    assert made["userErrors"] == []
    return made["accessTokenId"], made["token"]


KEY = "apiKey { id } secret"
