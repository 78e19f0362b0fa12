"""Where API keys and access tokens stand."""

from domain.access.statuses import CredentialStatus
from schema.shared.enums import describe

__all__ = ["CredentialStatus"]

describe(
    CredentialStatus,
    "Status of an API key or access token.",
    ACTIVE="It is valid.",
    EXPIRED="It has expired.",
    REVOKED="It was revoked.",
)
