"""Access tokens of people as credentials."""

from datetime import datetime

from app.server.credentials.hashed import HashedCredentials
from domain.access.access_tokens import LONGEST_TOKEN, StoredToken, admit_token, may_be_token
from domain.shared.access import Caller, CredentialType


class AccessTokens(HashedCredentials[StoredToken]):
    """Admits people by their access token."""

    type = CredentialType.ACCESS_TOKEN
    longest = LONGEST_TOKEN

    def is_mine(self, credential: str) -> bool:
        return may_be_token(credential)

    def _caller(self, stored: StoredToken | None, now: datetime, secret_hash: str) -> Caller:
        return admit_token(stored, now, secret_hash)

    def _last_use(self, stored: StoredToken) -> datetime | None:
        return stored.token.last_used_at

    def _reason(self, stored: StoredToken | None, now: datetime) -> str:
        return "access token"
