"""Who may come in with a token of their identity provider, and what they may do (docs/domain.md#people-who-sign-in)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.members.access import Membership, admit_member
from domain.members.members import Identity, Member, MemberStatus, is_expired
from domain.members.roles import Role, scopes_of
from domain.shared.access import (
    CUSTOMER_SCOPES,
    ActorType,
    Caller,
    CredentialType,
    Environment,
    Expired,
    Forbidden,
    Person,
)
from domain.shared.times import UTC_ZONE, printed
from domain.sign_in.choices import NO_CHOICE, Choice, CompanyRequired, narrowed
from domain.sign_in.claims import CLOCK_SKEW, SignIn

_NAMESPACE = UUID("6f1d3a1e-5a0c-4b47-9d5e-0d7f3c1f8f26")


class InvitationExpired(Forbidden):
    """The person was invited, and has not signed in in time."""


class CompanyAccess(NamedTuple):
    """One environment of a company, and whether its API is switched on."""

    code: str
    company_id: str
    tenant_id: int
    environment: Environment
    api_enabled: bool = True
    time_zone: str = UTC_ZONE


def member_identity(sign_in: SignIn) -> Identity:
    """What members are recognised by."""
    return Identity(sign_in.issuer, sign_in.subject, sign_in.email if sign_in.is_email_verified else None, sign_in.name)


def membership_of(
    sign_in: SignIn, memberships: Sequence[Membership], now: datetime, choice: Choice = NO_CHOICE
) -> Membership | None:
    """The membership that a request is for: in the company and environment that its token or the request names. If
    neither names one, it is in live data, and otherwise in test data. One that has ended is found only if there is no
    other; so who was removed does not come back by what claims give.

    Of several companies the one counts that the person has joined; being invited by another changes nothing until the
    person names it. Raises: CompanyRequired, Forbidden.
    """
    wanted = narrowed(sign_in, choice)
    mine = [it for it in memberships if wanted.company in (None, it.company_code.upper())]
    current = [it for it in mine if it.member.status != MemberStatus.REMOVED and not is_expired(it.member, now)]
    for environment in [wanted.environment] if wanted.environment else list(Environment):
        found = [it for it in current if it.environment == environment]
        joined = [it for it in found if it.member.status == MemberStatus.ACTIVE]
        if len(found) > 1 and len(joined) != 1:
            raise CompanyRequired(sign_in, found)
        if found:
            return (joined or found)[0]
    return next((it for it in mine if wanted.environment in (None, it.environment)), None)


def admit_person(
    sign_in: SignIn,
    company: CompanyAccess | None,
    membership: Membership | None,
    now: datetime,
    choice: Choice = NO_CHOICE,
) -> Caller:
    """The caller with a verified token: a member with the scopes of their role, or else somebody to whom the claims
    give roles or scopes in the company that they name. A claim of scopes leaves those that it names.

    Raises: Expired, Forbidden, InvitationExpired.
    """
    if sign_in.expires_at + CLOCK_SKEW <= now:
        raise Expired(f"This token expired on {printed(sign_in.expires_at, UTC_ZONE)}. Sign in again.")
    if membership is not None:
        _check_invitation(membership.member, membership.time_zone, now)
    caller = admit_member(membership) if membership is not None else _by_claims(sign_in, company, choice)
    email = membership.member.email if membership is not None else _known_by(sign_in)
    return replace(
        caller,
        name=sign_in.name,
        scopes=caller.scopes if sign_in.scopes is None else caller.scopes & sign_in.scopes,
        credential=CredentialType.IDENTITY_TOKEN,
        person=Person(sign_in.name, email),
        expires_at=sign_in.expires_at + CLOCK_SKEW,
    )


def _check_invitation(member: Member, time_zone: str, now: datetime) -> None:
    """Raises: InvitationExpired."""
    if member.invitation_expires_at is not None and is_expired(member, now):
        raise InvitationExpired(
            f"The invitation of {member.email} expired on {printed(member.invitation_expires_at, time_zone)}. Ask an "
            "admin of the company to invite you again."
        )


def _by_claims(sign_in: SignIn, company: CompanyAccess | None, choice: Choice) -> Caller:
    scopes = _scopes_by_claims(sign_in)
    if company is None or not scopes or not _is_chosen(company, choice):
        where = "a company here" if choice.company is None else f"the company {choice.company[:40]}"
        raise Forbidden(
            f"You signed in as {sign_in.shown}, who is not a member of {where}, and the claims of the token "
            "give no access. Ask an admin of your company to invite you."
        )
    if not company.api_enabled:
        raise Forbidden("API access is switched off for this company.")
    return Caller(
        str(uuid5(_NAMESPACE, f"{sign_in.issuer}\n{sign_in.subject}")),
        sign_in.name,
        company.environment,
        company.company_id,
        company.tenant_id,
        scopes,
        kind=ActorType.PERSON,
        time_zone=company.time_zone,
    )


def _is_chosen(company: CompanyAccess, choice: Choice) -> bool:
    """Whether claims, which name a company and an environment themselves, give access to what a request names."""
    return choice.company in (None, company.code.upper()) and choice.environment in (None, company.environment)


def _scopes_by_claims(sign_in: SignIn) -> frozenset[str]:
    """The scopes of the roles that the claims name; without a role, the scopes that they name themselves."""
    roles = [Role(it) for it in sign_in.roles if it in set(Role)]
    if roles:
        return frozenset(scope for role in roles for scope in scopes_of(role))
    return (sign_in.scopes or frozenset()) & frozenset(map(str, CUSTOMER_SCOPES))


def _known_by(sign_in: SignIn) -> str:
    """What tells a person apart who is no member. An address that nobody has verified does not."""
    return sign_in.email if sign_in.email is not None and sign_in.is_email_verified else sign_in.subject
