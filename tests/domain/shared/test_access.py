"""Who is admitted, and what a key looks like."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.shared.access import (
    CUSTOMER_SCOPES,
    PLATFORM_SCOPES,
    ActorType,
    ApiKey,
    Environment,
    Forbidden,
    Scope,
    TenantScope,
    Unauthorized,
    admit,
    key_hash,
    key_prefix,
    new_key,
)
from tests.builders import NOW

KEY = ApiKey("k1", "CI", "qk_live_abcdefgh", Environment.LIVE, "c1", 7, frozenset({"quotes:read"}), NOW)
SOON, BEFORE = NOW + timedelta(seconds=1), NOW - timedelta(seconds=1)

ADMITTED = {
    "a plain key": KEY,
    "a key that expires later": replace(KEY, expires_at=SOON),
    "a platform key": replace(KEY, company_id=None, tenant_id=None),
}
TURNED_AWAY = {
    "an unknown key": (None, Unauthorized, "is unknown"),
    "a revoked key": (replace(KEY, revoked_at=BEFORE), Unauthorized, "revoked"),
    "an expired key": (replace(KEY, expires_at=BEFORE), Unauthorized, "expired on 22 November 2026"),
    "a key that expires now": (replace(KEY, expires_at=NOW), Unauthorized, "expired"),
    "a key of a company without the API": (replace(KEY, api_enabled=False), Forbidden, "switched off"),
    "a revoked key of a company without the API": (
        replace(KEY, revoked_at=BEFORE, api_enabled=False),
        Unauthorized,
        "revoked",
    ),
}


@pytest.mark.parametrize("key", ADMITTED.values(), ids=ADMITTED.keys())
def test_is_admitted(key):
    caller = admit(key, NOW)
    assert (caller.tenant_scope, caller.scopes) == (TenantScope(Environment.LIVE, key.tenant_id), key.scopes)
    assert caller.actor == (ActorType.API_KEY, "k1", "CI")


@pytest.mark.parametrize(("key", "refusal", "words"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys())
def test_is_turned_away(key, refusal, words):
    with pytest.raises(refusal, match=words):
        admit(key, NOW)


@pytest.mark.parametrize("environment", Environment)
def test_a_key_tells_its_environment_and_is_long(environment):
    assert re.fullmatch(rf"qk_{environment.lower()}_[a-z0-9]{{40}}", new_key(environment))


def test_no_two_keys_are_alike():
    assert len({new_key(Environment.LIVE) for _ in range(100)}) == 100


def test_a_key_is_stored_as_its_hash_and_shown_by_a_part_that_does_not_open_anything():
    key = new_key(Environment.TEST)
    assert key_hash(key) == hashlib.sha256(key.encode()).hexdigest()
    assert key.startswith(key_prefix(key))
    assert len(key) - len(key_prefix(key)) >= 32


def test_an_api_key_that_may_write_quotes_may_decide():
    assert "quotes:decide" in admit(replace(KEY, scopes=frozenset({"quotes:write"})), NOW).scopes
    assert "quotes:decide" not in admit(KEY, NOW).scopes


def test_scopes_of_operators_and_admins_are_not_among_the_customers():
    operators, admins = (
        {Scope.QUOTES_MANAGE, Scope.LOGISTICS_MANAGE, Scope.JOBS_MANAGE},
        {Scope.KEYS_MANAGE, Scope.MEMBERS_MANAGE},
    )
    assert frozenset(Scope) - operators - admins - PLATFORM_SCOPES == CUSTOMER_SCOPES


@pytest.mark.parametrize(
    ("company_id", "environment", "held"),
    [
        (None, Environment.LIVE, True),
        (None, Environment.TEST, False),
        ("company", Environment.LIVE, False),
        ("company", Environment.TEST, False),
    ],
)
def test_only_live_keys_of_the_platform_hold_its_own_scopes(company_id, environment, held):
    scopes = frozenset({Scope.CATALOGUE_MANAGE, Scope.PRODUCTS_READ})
    caller = admit(replace(KEY, company_id=company_id, environment=environment, scopes=scopes), NOW)
    assert caller.scopes == (scopes if held else {Scope.PRODUCTS_READ})
