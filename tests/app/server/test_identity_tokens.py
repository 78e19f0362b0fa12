"""A token is verified now and then, and what is known of its person is looked up all the time."""

from datetime import timedelta

import pytest

from app.server.credentials import identity_tokens, lookups
from app.server.credentials.identity_tokens import IdentityTokens
from app.server.refusals import Refusal
from domain.members.access import Membership
from domain.members.members import MemberStatus
from domain.members.roles import SCOPES, Role
from domain.rate_limits.buckets import SECOND
from domain.shared.access import Environment, Expired, Forbidden, Unauthorized
from domain.shared.rate_limits import RateLimit
from domain.sign_in.choices import Choice, CompanyRequired
from domain.sign_in.claims import CLOCK_SKEW, SignIn
from resolvers.budgets import FURTHER, POINTS_OF_WRONG_KEY, WrongKeys
from tests.builders import LATER, a_member

TOKEN = "eyJ.e30.signature"


class FakeProvider:
    """Verifies any token as one of the same person, and counts how often."""

    def __init__(self):
        self.verified = 0
        self.is_strict = False
        self.has_expired = False

    async def verify(self, token):
        self.verified += 1
        if self.has_expired:
            raise Expired("This token expired.")
        if self.is_strict:
            raise Unauthorized("The signature of the token is not valid.")
        address = "mira@austral.example"
        return SignIn("https://id.example", "mira-1", "Mira Sol", address, True, None, None, (), None, LATER)


class FakeMembers:
    """The one member there is."""

    def __init__(self):
        self.member = a_member(Role.BUYER)
        self.noted = 0
        self.others = []

    async def of(self, identity):
        is_removed = self.member.status == MemberStatus.REMOVED
        mine = [] if is_removed else [Membership(self.member, "company-1", "AUSTRAL", Environment.LIVE)]
        return [*mine, *self.others]

    async def former(self, identity):
        return []

    async def touch(self, id_, at):
        return None

    async def note(self, membership, identity):
        self.noted += 1
        self.member = self.member._replace(status=MemberStatus.ACTIVE)


class Clock:
    at = LATER - timedelta(hours=1)

    def __call__(self):
        return self.at


@pytest.fixture
def people(monkeypatch):
    monkeypatch.setattr(lookups, "CACHE_SECONDS", -1.0)
    return FakeProvider(), FakeMembers(), Clock()


def source(provider, members, clock, wrong_keys=WrongKeys(None)):
    return IdentityTokens(provider, members, members, members.note, clock, wrong_keys)


async def test_a_token_is_verified_once_for_many_requests_and_again_after_a_while(people, monkeypatch):
    provider, _, _ = people
    tokens = source(*people)
    for _ in range(10):
        await tokens.admit(TOKEN)
    assert provider.verified == 1
    monkeypatch.setattr(identity_tokens, "VERIFIED_SECONDS", -1.0)
    await tokens.admit(TOKEN)
    assert provider.verified == 2


async def test_a_verified_token_ends_with_its_time(people):
    _, _, clock = people
    tokens = source(*people)
    caller = await tokens.admit(TOKEN)
    clock.at = LATER + CLOCK_SKEW
    with pytest.raises(Unauthorized, match="expired"):
        await tokens.admit(TOKEN)
    with pytest.raises(Unauthorized, match="expired"):
        await tokens.admit_again(caller)
    assert tokens.refused["identity token"] == 1


async def test_wrong_tokens_of_a_network_are_not_verified_beyond_its_budget_of_wrong_keys(people):
    provider, members, clock = people
    limit = RateLimit(2 * POINTS_OF_WRONG_KEY, 1)
    tokens = source(provider, members, clock, WrongKeys(limit, lambda: SECOND))
    known = await tokens.admit(TOKEN, "192.0.2.1")
    provider.is_strict = True
    refused = []
    for number in range(20):
        with pytest.raises((Unauthorized, Refusal)) as why:
            await tokens.admit(f"ey{number}", "192.0.2.1")
        refused.append(type(why.value))
    assert refused == [Unauthorized] * 2 + [Refusal] * 18
    # Some more are verified, in case one is right.
    assert provider.verified == 1 + 2 + 2 * FURTHER
    assert await tokens.admit(TOKEN, "192.0.2.1") == known
    with pytest.raises(Unauthorized):
        await tokens.admit("ey", "192.0.2.2")


async def test_a_token_that_has_expired_is_no_wrong_one(people):
    provider, members, clock = people
    tokens = source(provider, members, clock, WrongKeys(RateLimit(POINTS_OF_WRONG_KEY, 1), lambda: SECOND))
    provider.has_expired = True
    for _ in range(10):
        with pytest.raises(Expired):
            await tokens.admit(TOKEN, "192.0.2.1")
    provider.has_expired = False
    assert await tokens.admit(TOKEN, "192.0.2.1")


async def test_a_known_token_that_is_not_right_any_longer_is_a_wrong_one(people, monkeypatch):
    provider, members, clock = people
    tokens = source(provider, members, clock, WrongKeys(RateLimit(POINTS_OF_WRONG_KEY, 1), lambda: SECOND))
    await tokens.admit(TOKEN)
    monkeypatch.setattr(identity_tokens, "VERIFIED_SECONDS", -1.0)
    provider.is_strict = True
    for expected in (Unauthorized, Unauthorized, Refusal):
        with pytest.raises(expected):
            await tokens.admit(TOKEN)


async def test_another_role_and_a_removal_reach_whoever_is_connected(people):
    _, members, _ = people
    tokens = source(*people)
    caller = await tokens.admit(TOKEN)
    members.member = members.member._replace(role=Role.VIEWER)
    again = await tokens.admit_again(caller)
    assert again.scopes == SCOPES[Role.VIEWER]
    members.member = members.member._replace(status=MemberStatus.REMOVED)
    with pytest.raises(Forbidden):
        await tokens.admit_again(again)


async def test_an_open_connection_stays_in_the_company_in_which_it_was_opened(people):
    _, members, _ = people
    tokens = source(*people)
    caller = await tokens.admit(TOKEN)
    other = Membership(members.member._replace(id="m-2", tenant_id=9), "company-2", "NORDLICHT", Environment.LIVE)
    members.others = [other]
    with pytest.raises(CompanyRequired):
        await tokens.admit(TOKEN)
    assert (await tokens.admit(TOKEN, choice=Choice("NORDLICHT"))).company_id == "company-2"
    assert (await tokens.admit_again(caller)).company_id == "company-1"


async def test_a_caller_whose_token_is_not_known_here_has_to_sign_in_again(people):
    caller = await source(*people).admit(TOKEN)
    with pytest.raises(Unauthorized, match="Sign in again"):
        await source(*people).admit_again(caller)


async def test_no_more_tokens_are_kept_than_fit(people, monkeypatch):
    provider, _, _ = people
    monkeypatch.setattr(identity_tokens, "MAX_CACHED", 2)
    tokens = source(*people)
    for token in ("eyA", "eyB", "eyC", "eyA"):
        await tokens.admit(token)
    assert provider.verified == 4
    await tokens.admit("eyC")
    assert provider.verified == 4


async def test_the_first_sign_in_is_noted_once(people):
    _, members, _ = people
    members.member = members.member._replace(status=MemberStatus.INVITED, issuer=None, subject=None)
    tokens = source(*people)
    await tokens.admit(TOKEN)
    await tokens.admit(TOKEN)
    assert members.noted == 1
