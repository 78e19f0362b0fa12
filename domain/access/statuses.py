"""Where API keys and access tokens stand."""

from enum import StrEnum


class CredentialStatus(StrEnum):
    """Whether an API key or access token is valid."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
