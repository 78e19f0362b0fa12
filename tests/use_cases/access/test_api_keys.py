"""Nobody makes a key, or gets the secret of one, that can do more than they can."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.access.api_keys import MAX_KEYS, CompanyKey, KeyNotActive
from domain.access.statuses import CredentialStatus
from domain.ports.dependencies import Dependencies
from domain.shared.access import ActorType, Caller, CredentialType, Person, Scope, key_hash
from domain.shared.errors import InvalidInput
from domain.shared.ids import global_id
from domain.shared.rate_limits import RateLimit
from domain.use_cases.access.api_keys import (
    CreateApiKey,
    RevokeApiKey,
    RotateApiKey,
    UpdateApiKey,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
    update_api_key,
)
from tests.builders import NOW, TENANT, a_caller
from tests.fakes.storage import World

MANAGER = a_caller(company_id="austral", scopes=frozenset({Scope.KEYS_MANAGE, Scope.QUOTES_READ, Scope.QUOTES_WRITE}))
PLATFORM = a_caller(scopes=frozenset(Scope))
IDA = replace(MANAGER, kind=ActorType.PERSON, person=Person("Ida", "ida@austral.example"))
GIVEN = {"name": "ERP", "scopes": ["quotes:read"]}


async def created(world: World, caller: Caller = MANAGER, **given: Any) -> CompanyKey:
    await create_api_key(world.deps, caller, CreateApiKey({**GIVEN, **given}))
    return list(world.memory.api_keys.values())[-1]


async def refused(world: World, caller: Caller, **given: Any) -> list[tuple[str, tuple[str, ...]]]:
    """The codes and paths of what is wrong with a new key."""
    with pytest.raises(InvalidInput) as error:
        await created(world, caller, **given)
    assert world.memory.api_keys == {}
    return [(str(it.code), it.path) for it in error.value.problems]


async def test_a_new_key_is_shown_once_and_stored_as_its_hash():
    world = World()
    outcome = await create_api_key(world.deps, MANAGER, CreateApiKey(GIVEN))
    [key] = world.memory.api_keys.values()
    assert outcome.secret is not None
    assert world.memory.secret_hashes[key.id] == key_hash(outcome.secret)
    assert (key.prefix, key.scopes, key.created_by) == (outcome.secret[:16], ("quotes:read",), MANAGER.actor)
    assert world.memory.event_types == ["API_KEY_CREATED"]


async def test_a_dry_run_stores_and_shows_no_key():
    world = World()
    outcome = await create_api_key(world.deps, MANAGER, CreateApiKey(GIVEN, dry_run=True))
    assert (outcome.secret, world.memory.api_keys) == (None, {})


@pytest.mark.parametrize(
    ("scopes", "path"),
    [
        (["quotes:read", "quotes:manage"], ("scopes", "1")),
        (["catalogue:manage"], ("scopes", "0")),
        (["keys:manage"], ("scopes", "0")),
    ],
)
async def test_a_key_gets_no_scope_that_its_maker_lacks_or_cannot_pass_on(scopes, path):
    assert await refused(World(), MANAGER, scopes=scopes) == [("NOT_ALLOWED", path)]


@pytest.mark.parametrize("caller", [PLATFORM, replace(IDA, credential=CredentialType.IDENTITY_TOKEN)])
async def test_a_platform_key_and_a_person_who_signs_in_pass_on_the_managing_of_keys(caller):
    assert (await created(World(), caller, scopes=["keys:manage"])).scopes == ("keys:manage",)


async def test_a_person_is_noted_as_the_maker():
    created_by = (await created(World(), IDA)).created_by
    assert created_by is not None
    assert (created_by.kind, created_by.id, created_by.name, created_by.email) == (
        *(ActorType.PERSON, "ida@austral.example", "Ida"),
        "ida@austral.example",
    )


TOMORROW = NOW + timedelta(days=1)
LIMITED = replace(
    MANAGER,
    expires_at=NOW + timedelta(days=2),
    allowed_addresses=("10.0.0.0/8",),
    allowed_origins=("https://app.example",),
)


async def test_a_key_has_the_limits_of_its_maker_unless_it_gets_narrower_ones():
    key = await created(World(), LIMITED)
    assert (key.expires_at, key.allowed_addresses, key.allowed_origins) == (
        *(LIMITED.expires_at, LIMITED.allowed_addresses),
        LIMITED.allowed_origins,
    )
    narrower = await created(World(), LIMITED, allowed_addresses=["10.1.0.0/16"], expires_at=TOMORROW.isoformat())
    assert (narrower.allowed_addresses, narrower.expires_at) == (("10.1.0.0/16",), TOMORROW)


@pytest.mark.parametrize(
    "wider",
    [
        {"expires_at": (NOW + timedelta(days=3)).isoformat()},
        {"allowed_addresses": ["11.0.0.0/8"]},
        {"allowed_addresses": []},
        {"allowed_origins": ["https://other.example"]},
        {"allowed_origins": []},
    ],
)
async def test_a_key_gets_no_wider_limits_than_its_maker_has(wider):
    assert await refused(World(), LIMITED, **wider) == [("NOT_ALLOWED", ())]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"name": " "}, "REQUIRED", ("name",)),
        ({"scopes": []}, "REQUIRED", ("scopes",)),
        ({"scopes": ["quotes:fly"]}, "UNKNOWN_OPTION", ("scopes", "0")),
        ({"expires_at": NOW.isoformat()}, "OUT_OF_RANGE", ("expiresAt",)),
        ({"allowed_addresses": ["here"]}, "INVALID_NETWORK", ("allowedAddresses", "0")),
        ({"allowed_addresses": ["10.0.0.1"] * 51}, "TOO_MANY", ("allowedAddresses",)),
        ({"allowed_origins": ["https://a.example", "*"]}, "INVALID_URL", ("allowedOrigins", "1")),
        ({"rate_limit": (0, 10)}, "OUT_OF_RANGE", ("rateLimit", "limit")),
        ({"rate_limit": (10, 1_000_000)}, "OUT_OF_RANGE", ("rateLimit", "restoreRate")),
    ],
)
async def test_bad_details_of_a_key_are_refused_by_name(given, code, path):
    assert await refused(World(), MANAGER, **given) == [(code, path)]


OF_ALL = RateLimit(600, 10)


class LimitedWorld(World):
    """Where keys without a rate limit of their own have one."""

    @property
    def deps(self) -> Dependencies:
        return replace(super().deps, rate_limit=OF_ALL)


@pytest.mark.parametrize(
    ("own", "given", "is_allowed"),
    [
        (None, (600, 10), True),
        (None, (601, 10), False),
        (None, (600, 11), False),
        (RateLimit(6_000, 100), (6_000, 100), True),
        (RateLimit(100, 1), (100, 2), False),
    ],
)
async def test_a_key_gets_no_higher_rate_limit_than_its_maker_has(own, given, is_allowed):
    caller = replace(MANAGER, rate_limit=own)
    if is_allowed:
        assert (await created(LimitedWorld(), caller, rate_limit=given)).rate_limit == RateLimit(*given)
    else:
        assert await refused(LimitedWorld(), caller, rate_limit=given) == [("NOT_ALLOWED", ("rateLimit",))]


async def test_without_a_rate_limit_given_a_key_has_that_of_its_maker_but_not_an_operators():
    slow = RateLimit(100, 1)
    assert (await created(LimitedWorld(), replace(MANAGER, rate_limit=slow))).rate_limit == slow
    world = LimitedWorld()
    operator = replace(PLATFORM, tenant_id=None, rate_limit=slow)
    command = CreateApiKey(GIVEN, global_id("Company", world.memory.tenants[TENANT].company_id))
    await create_api_key(world.deps, operator, command)
    [key] = world.memory.api_keys.values()
    assert key.rate_limit is None


async def test_a_rate_limit_is_changed_and_removed_and_the_history_says_so():
    world = LimitedWorld()
    key = await created(world, rate_limit=(100, 1))
    for given in ((200, 2), None):
        await update_api_key(world.deps, MANAGER, UpdateApiKey(key.id, {"rate_limit": given}))
    changes = [it for event in world.memory.events[1:] for it in event.field_changes]
    assert [(it.field, it.before, it.after) for it in changes] == [
        ("rateLimit", "100/1", "200/2"),
        ("rateLimit", "200/2", None),
    ]


async def test_who_is_limited_more_does_not_lift_the_rate_limit_of_a_key():
    world = LimitedWorld()
    key = await created(world, rate_limit=(100, 1))
    caller = replace(MANAGER, rate_limit=RateLimit(100, 1))
    with pytest.raises(InvalidInput, match="would exceed yours, which is 100 points and 1 a second"):
        await update_api_key(world.deps, caller, UpdateApiKey(key.id, {"rate_limit": None}))
    await update_api_key(world.deps, caller, UpdateApiKey(key.id, {"name": "Shop"}))


async def test_a_company_has_so_many_valid_keys_and_no_more():
    world = World()
    first = await created(world)
    for number in range(MAX_KEYS - 1):
        world.memory.api_keys[str(number)] = first._replace(id=str(number))
    with pytest.raises(InvalidInput, match="revoke one first"):
        await created(world)
    world.memory.api_keys["0"] = first._replace(id="0", status=CredentialStatus.REVOKED)
    await created(world)


async def test_a_key_is_changed_and_the_history_says_what():
    world = World()
    key = await created(world)
    await update_api_key(world.deps, MANAGER, UpdateApiKey(key.id, {"name": "Shop", "scopes": ["quotes:write"]}))
    assert world.memory.api_keys[key.id].scopes == ("quotes:write",)
    assert {it.field for it in world.memory.events[-1].field_changes} == {"name", "scopes"}
    await update_api_key(world.deps, MANAGER, UpdateApiKey(key.id, {"name": "Shop"}))
    assert world.memory.event_types == ["API_KEY_CREATED", "API_KEY_UPDATED"]


async def test_the_secret_of_a_key_is_replaced_and_the_one_before_is_valid_for_a_while():
    world = World()
    key = await created(world)
    before = world.memory.secret_hashes[key.id]
    outcome = await rotate_api_key(world.deps, MANAGER, RotateApiKey(key.id, "PT2H"))
    assert outcome.secret is not None
    assert world.memory.secret_hashes[key.id] == key_hash(outcome.secret) != before
    assert world.memory.api_keys[key.id].previous_until == NOW + timedelta(hours=2)
    await rotate_api_key(world.deps, MANAGER, RotateApiKey(key.id, "PT0S"))
    assert world.memory.api_keys[key.id].previous_until is None
    with pytest.raises(InvalidInput, match="At most 7 days"):
        await rotate_api_key(world.deps, MANAGER, RotateApiKey(key.id, "P8D"))


WIDER = [
    {"scopes": ("quotes:manage", "quotes:read")},
    {"expires_at": None},
    {"allowed_addresses": ()},
    {"allowed_origins": ()},
]


@pytest.mark.parametrize("wider", WIDER)
async def test_the_secret_of_a_key_that_can_do_more_is_nobodys_who_can_do_less(wider):
    world = World()
    key = (await created(world, LIMITED))._replace(**wider)
    world.memory.api_keys[key.id] = key
    with pytest.raises(InvalidInput):
        await rotate_api_key(world.deps, LIMITED, RotateApiKey(key.id))
    with pytest.raises(InvalidInput):
        await update_api_key(world.deps, LIMITED, UpdateApiKey(key.id, {"name": "Mine"}))
    await revoke_api_key(world.deps, LIMITED, RevokeApiKey(key.id))
    assert world.memory.api_keys[key.id].revoked_at == NOW


async def test_a_key_is_revoked_once_and_cannot_be_rotated_then():
    world = World()
    key = await created(world)
    [change] = (await revoke_api_key(world.deps, MANAGER, RevokeApiKey(key.id))).changes
    assert (change.from_status, change.to_status) == ("ACTIVE", "REVOKED")
    assert (await revoke_api_key(world.deps, MANAGER, RevokeApiKey(key.id))).changes == ()
    with pytest.raises(KeyNotActive):
        await rotate_api_key(world.deps, MANAGER, RotateApiKey(key.id))
    assert world.memory.event_types == ["API_KEY_CREATED", "API_KEY_REVOKED"]
