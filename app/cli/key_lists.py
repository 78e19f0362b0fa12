"""How API keys are listed on the command line."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.access.statuses import CredentialStatus
from domain.shared.ids import global_id
from domain.shared.rate_limits import RateLimit


def as_data(row: Any, now: datetime) -> dict[str, Any]:
    """Returns a key as `keys list --json` prints it."""
    limit = RateLimit(row.rate_limit_points, row.rate_limit_restore) if row.rate_limit_points else None
    return {
        "id": global_id("ApiKey", row.id),
        "prefix": row.prefix,
        "company": row.company_code,
        "environment": str(row.environment),
        "name": row.name,
        "scopes": list(row.scopes),
        "status": str(_status(row, now)),
        "createdAt": _time(row.created_at),
        "expiresAt": _time(row.expires_at),
        "revokedAt": _time(row.revoked_at),
        "lastUsedAt": _time(row.last_used_at),
        "previousUntil": _time(row.previous_until),
        "allowedAddresses": list(row.allowed_addresses),
        "allowedOrigins": list(row.allowed_origins),
        "rateLimit": None if limit is None else str(limit),
    }


def lines(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Returns two lines for each key: which it is, and what it may do."""
    if not found:
        yield "There are no such keys."
    for it in found:
        whose = f"{it['company'] or 'platform'} {it['environment'].lower()}"
        status = "" if it["status"] == CredentialStatus.ACTIVE else f"  ({it['status'].lower()})"
        yield f"{it['prefix']}…  {whose:<16}  {it['name']}{status}"
        details = {
            "scopes": ", ".join(it["scopes"]),
            "from": ", ".join(it["allowedAddresses"]),
            "pages": ", ".join(it["allowedOrigins"]),
            "rate limit": it["rateLimit"],
            "expires": it["expiresAt"],
            "last used": it["lastUsedAt"] or "never",
        }
        yield "  " + "; ".join(f"{name}: {value}" for name, value in details.items() if value)


def _status(row: Any, now: datetime) -> CredentialStatus:
    if row.revoked_at is not None:
        return CredentialStatus.REVOKED
    expired = row.expires_at is not None and row.expires_at <= now
    return CredentialStatus.EXPIRED if expired else CredentialStatus.ACTIVE


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
