"""A caller as JSON, in the row of what it has made."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Dialect

from adapters.database.core.column_types import Json
from domain.shared.access import ActorType, Caller, CredentialType, Environment, Person


class CallerColumn(Json):
    """A caller, without the idempotency key of one request."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else super().process_bind_param(_dumped(value), dialect)

    def load(self, stored: str) -> Any:
        return _loaded(json.loads(stored))


def _dumped(caller: Caller) -> dict[str, Any]:
    return {
        "key_id": caller.key_id,
        "name": caller.name,
        "environment": str(caller.environment),
        "company_id": caller.company_id,
        "tenant_id": caller.tenant_id,
        "scopes": sorted(caller.scopes),
        "kind": str(caller.kind),
        "time_zone": caller.time_zone,
        "credential": str(caller.credential),
        "person": caller.person,
        "expires_at": caller.expires_at and caller.expires_at.isoformat(),
        "secret_hash": caller.secret_hash,
    }


def _loaded(kept: dict[str, Any]) -> Caller:
    return Caller(
        **kept
        | {
            "environment": Environment(kept["environment"]),
            "scopes": frozenset(kept["scopes"]),
            "kind": ActorType(kept["kind"]),
            "credential": CredentialType(kept["credential"]),
            "person": Person(*kept["person"]) if kept["person"] else None,
            "expires_at": datetime.fromisoformat(kept["expires_at"]) if kept["expires_at"] else None,
        }
    )
