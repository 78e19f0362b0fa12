"""A key makes tokens for people, which do no more than it does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.server.payers import payer_of
from domain.access.access_tokens import MAX_TOKENS, AccessToken, StoredToken, admit_token
from domain.access.statuses import CredentialStatus
from domain.portal.public_keys import UNKNOWN_VISITOR
from domain.shared.access import (
    ActorType,
    ApiKey,
    Caller,
    CredentialType,
    Environment,
    Forbidden,
    Scope,
    Unauthorized,
    admit,
    check_place,
    key_hash,
)
from domain.shared.allowed_places import SentFrom
from domain.shared.errors import InvalidInput, NotFound
from domain.shared.rate_limits import RateLimit
from domain.use_cases.access.access_tokens import (
    CreateAccessToken,
    RevokeAccessToken,
    create_access_token,
    revoke_access_token,
)
from domain.use_cases.access.api_keys import CreateApiKey, create_api_key
from tests.builders import ANA, NOW, TENANT, a_caller
from tests.fakes.storage import World

CALLER = a_caller(company_id="austral", scopes=frozenset({Scope.QUOTES_READ, Scope.QUOTES_WRITE}))
IDA = CreateAccessToken("Ida Ponce", "Ida@Austral.example", ("quotes:read",))
KEY = ApiKey(
    ANA.id, ANA.name, "qk_live_x", Environment.LIVE, "austral", TENANT, frozenset({"quotes:read", "kits:read"}), NOW
)


async def a_token(world: World, caller: Caller = CALLER, **given: Any) -> AccessToken:
    await create_access_token(world.deps, caller, replace(IDA, **given))
    return list(world.memory.access_tokens.values())[-1]


async def test_a_token_is_shown_once_and_stored_as_its_hash():
    world = World()
    outcome = await create_access_token(world.deps, CALLER, IDA)
    [token] = world.memory.access_tokens.values()
    assert outcome.secret is not None
    assert outcome.secret.startswith("qa_")
    assert world.memory.secret_hashes[token.id] == key_hash(outcome.secret)
    assert outcome.details == {"expires_at": (NOW + timedelta(hours=1)).isoformat()}
    assert world.memory.event_types == ["ACCESS_TOKEN_CREATED"]


async def test_a_token_ends_with_its_key_at_the_latest():
    ends = NOW + timedelta(minutes=30)
    assert (await a_token(World(), replace(CALLER, expires_at=ends), expires_in="PT12H")).expires_at == ends


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"name": " "}, "REQUIRED", ("name",)),
        ({"email": "ida"}, "INVALID_EMAIL", ("email",)),
        ({"scopes": ()}, "REQUIRED", ("scopes",)),
        ({"scopes": ("quotes:read", "kits:read")}, "NOT_ALLOWED", ("scopes", "1")),
        ({"expires_in": "PT12H1S"}, "OUT_OF_RANGE", ("expiresIn",)),
        ({"expires_in": "PT59S"}, "OUT_OF_RANGE", ("expiresIn",)),
    ],
)
async def test_bad_details_of_a_token_are_refused_by_name(given, code, path):
    with pytest.raises(InvalidInput) as error:
        await a_token(World(), **given)
    assert [(str(it.code), it.path) for it in error.value.problems] == [(code, path)]


@pytest.mark.parametrize("credential", [CredentialType.ACCESS_TOKEN, CredentialType.IDENTITY_TOKEN])
async def test_a_person_makes_no_tokens(credential):
    with pytest.raises(InvalidInput, match="Only an API key"):
        await a_token(World(), replace(CALLER, credential=credential))


async def test_the_caller_of_a_token_is_a_person_with_what_the_key_still_has():
    token = await a_token(World(), scopes=("quotes:read", "quotes:write"))
    caller = admit_token(StoredToken(token, KEY), NOW)
    assert caller.scopes == {"quotes:read"}
    assert (caller.key_id, caller.tenant_id, caller.kind) == (token.id, TENANT, ActorType.PERSON)
    assert caller.actor == (ActorType.PERSON, "Ida@austral.example", "Ida Ponce")
    assert (caller.actor.email, caller.actor.api_key_id) == ("Ida@austral.example", None)


async def test_all_tokens_of_a_key_pay_from_the_bucket_of_the_key_by_its_limit():
    world, key = World(), replace(KEY, rate_limit=RateLimit(50, 5))
    by_tokens = [admit_token(StoredToken(await a_token(world), key), NOW) for _ in range(2)]
    assert by_tokens[0].key_id != by_tokens[1].key_id
    payers = {payer_of(it, UNKNOWN_VISITOR) for it in (*by_tokens, admit(key, NOW))}
    assert [(it.id, it.limit) for it in payers] == [(KEY.id, RateLimit(50, 5))]


async def test_a_key_that_is_made_with_a_token_is_limited_to_the_places_of_the_key_of_the_token():
    world, scopes = World(), frozenset({Scope.QUOTES_READ, Scope.KEYS_MANAGE})
    places: dict[str, Any] = {"allowed_addresses": ("10.0.0.0/8",), "allowed_origins": ("https://app.example",)}
    key = replace(KEY, scopes=scopes, **places)
    token = await a_token(world, admit(key, NOW), scopes=tuple(scopes))
    person = admit_token(StoredToken(token, key), NOW)
    check_place(person, SentFrom("11.0.0.1", "https://elsewhere.example"))
    details = {"name": "Detour", "scopes": ["quotes:read"]}
    await create_api_key(world.deps, person, CreateApiKey(details))
    [made] = world.memory.api_keys.values()
    assert {it: getattr(made, it) for it in places} == places
    with pytest.raises(InvalidInput, match="from addresses that yours cannot"):
        await create_api_key(world.deps, person, CreateApiKey(details | {"allowed_addresses": []}))


async def test_a_key_has_a_limited_number_of_valid_tokens():
    world = World()
    token = await a_token(world)
    others = {str(it): token._replace(id=str(it)) for it in range(MAX_TOKENS - 1)}
    world.memory.access_tokens.update(others)
    with pytest.raises(InvalidInput, match="at most 1,000 valid access tokens") as error:
        await a_token(world)
    assert [(str(it.code), it.path) for it in error.value.problems] == [("TOO_MANY", ("name",))]
    await a_token(world, replace(CALLER, key_id="another"))
    world.memory.access_tokens["0"] = others["0"]._replace(status=CredentialStatus.EXPIRED)
    await a_token(world)


@pytest.mark.parametrize(
    ("of_token", "of_key", "error", "reason"),
    [
        ({"revoked_at": NOW}, {}, Unauthorized, "was revoked"),
        ({"expires_at": NOW}, {}, Unauthorized, "has expired"),
        ({}, {"revoked_at": NOW}, Unauthorized, "API key of this access token"),
        ({}, {"expires_at": NOW}, Unauthorized, "API key of this access token"),
        ({}, {"api_enabled": False}, Forbidden, "switched off"),
    ],
)
async def test_a_token_is_valid_as_long_as_it_and_its_key_are(of_token, of_key, error, reason):
    token = await a_token(World())
    with pytest.raises(error, match=reason):
        admit_token(StoredToken(token._replace(**of_token), replace(KEY, **of_key)), NOW)
    with pytest.raises(Unauthorized):
        admit_token(None, NOW)


async def test_a_key_revokes_its_tokens_a_person_their_own_and_a_manager_all():
    world = World()
    token = await a_token(world)
    given = RevokeAccessToken(token.id)
    stranger = replace(CALLER, key_id="another")
    with pytest.raises(NotFound):
        await revoke_access_token(world.deps, stranger, given)
    person = admit_token(StoredToken(token, KEY), NOW)
    for caller, command in (
        (CALLER, given),
        (person, given),
        (person, RevokeAccessToken()),
        (replace(stranger, scopes=frozenset({Scope.KEYS_MANAGE})), given),
    ):
        world.memory.access_tokens[token.id] = token
        [change] = (await revoke_access_token(world.deps, caller, command)).changes
        assert change.to_status == "REVOKED"
        assert world.memory.access_tokens[token.id].revoked_at == NOW
    assert (await revoke_access_token(world.deps, CALLER, given)).changes == ()
    with pytest.raises(InvalidInput, match="not sent with one"):
        await revoke_access_token(world.deps, CALLER, RevokeAccessToken())
