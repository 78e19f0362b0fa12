"""Who comes in with a token of an identity provider, and with which scopes."""

from datetime import timedelta

import pytest

from domain.members.access import Membership
from domain.members.members import INVITATION_LASTS, MemberStatus
from domain.members.roles import SCOPES, Role
from domain.shared.access import Actor, ActorType, CredentialType, Environment, Forbidden, Scope, Unauthorized
from domain.sign_in.admission import CompanyAccess, InvitationExpired, admit_person
from domain.sign_in.admission import membership_of as found_membership
from domain.sign_in.choices import NO_CHOICE, Choice, CompanyRequired, chosen_by
from domain.sign_in.claims import CLOCK_SKEW, SignIn
from tests.builders import LATER, NOW, TENANT, a_member

COMPANY = CompanyAccess("AUSTRAL", "company-1", TENANT, Environment.LIVE, time_zone="America/Bogota")


def a_sign_in(**given):
    blank = SignIn(
        issuer="https://id.example",
        subject="mira-1",
        name="Mira Sol",
        email="mira@austral.example",
        is_email_verified=True,
        company=None,
        environment=None,
        roles=(),
        scopes=None,
        expires_at=LATER,
    )
    return blank._replace(**given)


def a_membership(company="AUSTRAL", environment=Environment.LIVE, api_enabled=True, **member):
    return Membership(a_member(**member), f"id of {company}", company, environment, api_enabled)


def an_invitation(company="AUSTRAL", environment=Environment.LIVE, **member):
    waiting = {"status": MemberStatus.INVITED, "issuer": None, "subject": None, "joined_at": None, "invited_at": NOW}
    return a_membership(company, environment, **{**waiting, **member})


def membership_of(sign_in, memberships, choice=NO_CHOICE, now=NOW):
    return found_membership(sign_in, memberships, now, choice)


def admitted(sign_in, company=None, membership=None, now=LATER, choice=NO_CHOICE):
    return admit_person(sign_in, company, membership, now, choice)


def test_a_member_comes_in_with_the_scopes_of_their_role_and_acts_in_their_own_name():
    membership = a_membership(role=Role.APPROVER)
    caller = admitted(a_sign_in(), membership=membership)
    assert caller.scopes == SCOPES[Role.APPROVER]
    assert (caller.key_id, caller.credential) == (membership.member.id, CredentialType.IDENTITY_TOKEN)
    assert caller.actor == Actor(ActorType.PERSON, membership.member.email, "Mira Sol")


def test_a_claim_of_scopes_narrows_what_a_role_permits_and_never_widens_it():
    narrow = a_sign_in(scopes=frozenset({Scope.QUOTES_READ, Scope.KEYS_MANAGE}))
    assert admitted(narrow, membership=a_membership(role=Role.VIEWER)).scopes == {Scope.QUOTES_READ}
    assert admitted(a_sign_in(scopes=frozenset()), membership=a_membership()).scopes == frozenset()
    by_claims = narrow._replace(roles=("BUYER",))
    assert admitted(by_claims, COMPANY).scopes == {Scope.QUOTES_READ}


def test_who_is_no_member_comes_in_by_the_roles_and_the_company_of_the_claims():
    caller = admitted(a_sign_in(roles=("EVERYONE", "VIEWER", "APPROVER")), COMPANY)
    assert caller.scopes == SCOPES[Role.VIEWER] | SCOPES[Role.APPROVER]
    assert (caller.company_id, caller.tenant_id, caller.environment) == ("company-1", TENANT, Environment.LIVE)
    assert caller.time_zone == "America/Bogota"


def test_scopes_of_claims_alone_are_those_of_customers():
    caller = admitted(a_sign_in(scopes=frozenset({Scope.QUOTES_READ, Scope.CATALOGUE_MANAGE})), COMPANY)
    assert caller.scopes == {Scope.QUOTES_READ}


def test_a_person_is_the_same_caller_with_every_token():
    first = admitted(a_sign_in(roles=("VIEWER",)), COMPANY)
    second = admitted(a_sign_in(roles=("BUYER",), expires_at=LATER + timedelta(hours=1)), COMPANY)
    other = admitted(a_sign_in(roles=("VIEWER",), subject="mira-2"), COMPANY)
    assert first.key_id == second.key_id != other.key_id


def test_an_address_that_nobody_has_verified_is_no_name_for_the_history():
    caller = admitted(a_sign_in(roles=("VIEWER",), is_email_verified=False), COMPANY)
    assert caller.actor.id == "mira-1"


@pytest.mark.parametrize(
    ("given", "company"),
    [({}, None), ({}, COMPANY), ({"roles": ("OWNER",)}, COMPANY), ({"roles": ("ADMIN",)}, None)],
)
def test_who_is_neither_a_member_nor_mapped_is_refused_with_the_reason(given, company):
    with pytest.raises(Forbidden, match="who is not a member"):
        admitted(a_sign_in(**given), company)


def test_an_expired_token_is_refused_a_minute_after_its_end():
    sign_in, membership = a_sign_in(), a_membership()
    caller = admitted(sign_in, membership=membership, now=LATER + CLOCK_SKEW - timedelta(seconds=1))
    assert caller.expires_at == LATER + CLOCK_SKEW
    with pytest.raises(Unauthorized, match="expired"):
        admitted(sign_in, membership=membership, now=LATER + CLOCK_SKEW)


def test_nobody_comes_in_while_access_of_the_company_is_switched_off():
    with pytest.raises(Forbidden, match="switched off"):
        admitted(a_sign_in(), membership=a_membership(api_enabled=False))
    with pytest.raises(Forbidden, match="switched off"):
        admitted(a_sign_in(roles=("ADMIN",)), COMPANY._replace(api_enabled=False))


def test_a_membership_is_that_of_the_company_and_the_environment_of_the_claims():
    live, test, other = a_membership(), a_membership(environment=Environment.TEST), a_membership("NORDLICHT")
    assert membership_of(a_sign_in(), [test, live]) == live
    assert membership_of(a_sign_in(), [test]) == test
    assert membership_of(a_sign_in(environment=Environment.TEST), [live, test]) == test
    assert membership_of(a_sign_in(company="nordlicht"), [live, other]) == other
    assert membership_of(a_sign_in(company="ACME"), [live, other]) is None


def test_a_member_of_several_companies_has_to_say_of_which():
    both = [a_membership("NORDLICHT")._replace(company_name="Nordlicht Analytics"), a_membership()]
    with pytest.raises(CompanyRequired, match="AUSTRAL, NORDLICHT") as refused:
        membership_of(a_sign_in(), both)
    assert refused.value.companies == (("AUSTRAL", ""), ("NORDLICHT", "Nordlicht Analytics"))
    assert membership_of(a_sign_in(), both, Choice("NORDLICHT")) == both[0]


def test_a_request_chooses_the_company_and_the_environment_in_any_case():
    live, test = a_membership(), a_membership(environment=Environment.TEST)
    assert membership_of(a_sign_in(), [live, test], chosen_by("test", "austral ")) == test
    assert membership_of(a_sign_in(), [live, test], chosen_by(None, "")) == live
    assert membership_of(a_sign_in(), [live], chosen_by("test", None)) is None
    with pytest.raises(Forbidden, match="`live` or `test`"):
        chosen_by("staging", None)


def test_a_request_does_not_choose_what_the_token_is_not_for():
    both = [a_membership("NORDLICHT"), a_membership()]
    with pytest.raises(Forbidden, match="for the company AUSTRAL"):
        membership_of(a_sign_in(company="austral"), both, Choice("NORDLICHT"))
    with pytest.raises(Forbidden, match="for the environment LIVE"):
        membership_of(a_sign_in(environment=Environment.LIVE), both, Choice("AUSTRAL", Environment.TEST))


def test_claims_give_no_access_to_a_company_or_environment_that_only_the_request_names():
    sign_in = a_sign_in(roles=("ADMIN",))
    assert admitted(sign_in, COMPANY, choice=Choice("AUSTRAL", Environment.LIVE)).tenant_id == TENANT
    for choice in (Choice("NORDLICHT"), Choice("AUSTRAL", Environment.TEST)):
        with pytest.raises(Forbidden, match="not a member of the company"):
            admitted(sign_in, COMPANY, choice=choice)


def test_an_invitation_to_another_company_changes_nothing_until_the_person_names_it():
    mine, invitation = a_membership(), an_invitation("NORDLICHT")
    assert membership_of(a_sign_in(), [mine, invitation]) == mine
    assert membership_of(a_sign_in(), [mine, invitation], Choice("NORDLICHT")) == invitation
    assert membership_of(a_sign_in(), [invitation]) == invitation
    with pytest.raises(CompanyRequired):
        membership_of(a_sign_in(), [an_invitation(), invitation])


def test_an_invitation_that_was_not_accepted_in_time_is_refused_with_its_end_and_a_new_one_is_not():
    expired, late = an_invitation(), NOW + INVITATION_LASTS
    sign_in = a_sign_in(company="AUSTRAL", roles=("ADMIN",), expires_at=late + timedelta(hours=1))
    with pytest.raises(InvitationExpired, match=r"mira@austral\.example expired on .* invite you again"):
        admitted(sign_in, COMPANY, membership_of(sign_in, [expired], now=late), now=late)
    in_time = late - timedelta(seconds=1)
    assert admitted(sign_in, COMPANY, membership_of(sign_in, [expired], now=in_time), now=in_time).person is not None
    again = an_invitation(invited_at=late)
    assert admitted(sign_in, COMPANY, membership_of(sign_in, [again], now=late), now=late).person is not None
    mine = a_membership("NORDLICHT")
    assert membership_of(a_sign_in(), [expired, mine], now=late) == mine


def test_who_was_removed_does_not_come_back_by_claims():
    gone = a_membership(status=MemberStatus.REMOVED)
    sign_in = a_sign_in(company="AUSTRAL", roles=("ADMIN",))
    with pytest.raises(Forbidden, match="not a member"):
        admitted(sign_in, COMPANY, membership_of(sign_in, [gone]))
    assert membership_of(sign_in, [gone, a_membership()]) != gone
