"""The people of the demo's identity provider, as members of its first company."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from app.emulators.oidc import PEOPLE
from domain.history.field_changes import field_changes
from domain.members.members import Identity, Member, MemberStatus, email_key, joined
from domain.members.roles import Role
from domain.shared.access import Actor, ActorType, Environment, TenantScope
from domain.shared.events import EventType, NewEvent, status_change
from domain.shared.ids import new_id

_INVITER = Actor(ActorType.SYSTEM, "demo", "Demo data")


async def stock_members(database: Database, code: str, issuer: str) -> None:
    """Adds them to live and to test data of a company, as people who have signed in before. Whoever is there, or was
    removed, stays as they are."""
    begin = SqlUnitOfWorkFactory(database, lambda _event: [], _now).begin
    for environment in Environment:
        tenant_id = await SqlCompanies(database).tenant_id(code, environment)
        assert tenant_id is not None, code
        async with begin(TenantScope(environment, tenant_id)) as work:
            for role, person in PEOPLE.items():
                if await work.members.with_email(tenant_id, email_key(person["email"])) is not None:
                    continue
                before = _invited(tenant_id, Role(role.upper()), person)
                identity = Identity(issuer, person["sub"], person["email"], person["name"])
                after = joined(before, identity, before.invited_at)
                await work.members.add(after)
                work.record(NewEvent(EventType.MEMBER_INVITED, tenant_id, after.ref, _INVITER, before.invited_at))
                themselves = Actor(ActorType.PERSON, person["email"], person["name"])
                work.record(
                    NewEvent(
                        EventType.MEMBER_JOINED,
                        tenant_id,
                        after.ref,
                        themselves,
                        before.invited_at,
                        status_change(before, after),
                        field_changes=field_changes([before], [after]),
                    )
                )
            await work.commit()


def _now() -> datetime:
    return datetime.now(UTC)


def _invited(tenant_id: int, role: Role, person: Mapping[str, Any]) -> Member:
    return Member(
        id=new_id(),
        tenant_id=tenant_id,
        email=person["email"],
        email_key=email_key(person["email"]),
        name=person["name"],
        role=role,
        status=MemberStatus.INVITED,
        issuer=None,
        subject=None,
        actor_kind=_INVITER.kind,
        actor_id=_INVITER.id,
        actor_name=_INVITER.name,
        invited_at=_now(),
        joined_at=None,
        removed_at=None,
        last_seen_at=None,
    )
