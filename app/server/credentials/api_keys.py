"""API keys as credentials, and the source that anything without another form belongs to."""

from datetime import datetime

from app.server.credentials.hashed import HashedCredentials
from domain.shared.access import ApiKey, Caller, CredentialType, admit


class ApiKeys(HashedCredentials[ApiKey]):
    """Admits callers by their API key."""

    type = CredentialType.API_KEY
    longest = 200

    def is_mine(self, credential: str) -> bool:
        return True

    def _caller(self, stored: ApiKey | None, now: datetime, secret_hash: str) -> Caller:
        return admit(stored, now, secret_hash)

    def _last_use(self, stored: ApiKey) -> datetime | None:
        return stored.last_used_at

    def _reason(self, stored: ApiKey | None, now: datetime) -> str:
        if stored is None:
            return "unknown"
        if stored.revoked_at is not None:
            return "revoked"
        if stored.expires_at is not None and stored.expires_at <= now:
            return "expired"
        return "rotated" if stored.replaced_at is not None and stored.replaced_at <= now else "switched off"
