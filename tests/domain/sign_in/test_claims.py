"""What is read from the claims of a verified token."""

import pytest

from domain.shared.access import Environment, Forbidden, Unauthorized
from domain.sign_in.claims import ClaimMapping, sign_in_of

CLAIMS = {"iss": "https://id.example", "sub": "u-1", "exp": 1_800_000_000}


def read(mapping=None, **claims):
    return sign_in_of({**CLAIMS, **claims}, mapping or ClaimMapping())


def test_a_person_has_the_name_and_the_address_of_their_token():
    found = read(name=" Ada Admin ", email="Ada@Example.com", email_verified=True)
    assert (found.issuer, found.subject, found.name) == ("https://id.example", "u-1", "Ada Admin")
    assert (found.email, found.is_email_verified, found.shown) == ("ada@example.com", True, "ada@example.com")


def test_without_claims_of_a_name_a_person_is_called_by_what_else_is_known():
    assert read(preferred_username="ada").name == "ada"
    assert read(email="ada@example.com").name == "ada@example.com"
    assert read(name="\x00", preferred_username=7).name == "u-1"


@pytest.mark.parametrize("claims", [{}, {"email_verified": False}, {"email_verified": "false"}, {"xms_edov": 0}])
def test_an_address_is_not_verified_unless_the_provider_says_so(claims):
    assert not read(email="ada@example.com", **claims).is_email_verified


@pytest.mark.parametrize("claims", [{"email_verified": "true"}, {"xms_edov": 1}, {"xms_edov": True}])
def test_providers_say_in_several_forms_that_an_address_is_verified(claims):
    assert read(email="ada@example.com", **claims).is_email_verified


def test_an_operator_can_trust_all_addresses_of_a_provider():
    trusting = ClaimMapping(email="upn", trust_emails=True)
    assert read(trusting, upn="ada@example.com").is_email_verified
    assert not read(trusting).is_email_verified


def test_claims_are_not_read_unless_they_are_mapped():
    found = read(company="AUSTRAL", environment="test", role="admin", scope="quotes:read")
    assert (found.company, found.environment, found.roles, found.scopes) == (None, None, (), None)


def test_mapped_claims_name_the_company_the_environment_the_roles_and_the_scopes():
    mapping = ClaimMapping(
        company="https://quotegraph.example/company", environment="env", role="realm.roles", scopes="scope"
    )
    claims = {"https://quotegraph.example/company": ["AUSTRAL"], "env": "Test", "realm": {"roles": ["admin", "x"]}}
    found = read(mapping, **claims, scope="openid quotes:read email")
    assert (found.company, found.environment, found.roles) == ("AUSTRAL", Environment.TEST, ("ADMIN", "X"))
    assert found.scopes == {"quotes:read"}


def test_a_mapped_claim_of_scopes_that_is_missing_permits_nothing():
    assert read(ClaimMapping(scopes="scp")).scopes == frozenset()
    assert read(ClaimMapping(scopes="a.b.c"), a={"b": 3}).scopes == frozenset()


def test_a_claim_with_several_companies_or_an_unknown_environment_is_refused():
    with pytest.raises(Forbidden, match="`org` of the token has 2 values"):
        read(ClaimMapping(company="org"), org=["A", "B"])
    with pytest.raises(Forbidden, match="`env` of the token is 'prod'"):
        read(ClaimMapping(environment="env"), env="prod")


@pytest.mark.parametrize("subject", [None, 7, "", "a\nb", "x" * 256])
def test_a_token_without_a_usable_subject_is_refused(subject):
    with pytest.raises(Unauthorized, match="`sub`"):
        read(sub=subject)


def test_a_token_of_a_very_late_end_can_be_read():
    assert read(exp=10**30).expires_at.year == 9999
