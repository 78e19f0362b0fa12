"""Finds the members that a signed-in person is, before their tenant is known, and records when they were seen."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from adapters.database.companies.tables import companies, tenants
from adapters.database.core.engine import Database
from adapters.database.members.store import MEMBERS
from adapters.database.members.tables import members
from domain.members.access import Membership
from domain.members.members import Identity, Member, MemberStatus, email_key, recognises
from domain.shared.access import Environment

# The minimum time between two updates of when a member was last seen.
LAST_SEEN_EVERY = timedelta(minutes=1)
_MEMBER = len(Member._fields)


class SqlMemberships:
    """Finds members of all companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, identity: Identity) -> Sequence[Membership]:
        """Returns the memberships of a person, those in live environments first, then the oldest first. Removed
        members are not among them."""
        found = await self._read(_wanted(identity) & (members.c.status != str(MemberStatus.REMOVED)))
        return [it for it in found if recognises(it.member, identity)]

    async def former(self, identity: Identity) -> Sequence[Membership]:
        """Returns the memberships that a person has had until they were removed."""
        found = await self._read(_wanted(identity) & (members.c.status == str(MemberStatus.REMOVED)))
        return [it for it in found if recognises(it.member._replace(status=MemberStatus.ACTIVE), identity)]

    async def by_id(self, member_id: str) -> Membership | None:
        """Returns a membership, whether or not the member was removed."""
        return next(iter(await self._read(members.c.id == member_id)), None)

    async def touch(self, member_id: str, at: datetime) -> None:
        """Records that a member was seen, at most once a minute."""
        columns = members.c
        stale = columns.last_seen_at.is_(None) | (columns.last_seen_at <= at - LAST_SEEN_EVERY)
        # Being seen is no update of the member.
        seen = {"last_seen_at": at, "updated_at": columns.updated_at}
        async with self._database.write.begin() as connection:
            await connection.execute(update(members).where(columns.id == member_id, stale).values(seen))

    async def _read(self, which: ColumnElement[bool]) -> list[Membership]:
        company = companies.c
        others = (company.id, company.code, tenants.c.environment, company.api_enabled, company.time_zone, company.name)
        source = members.join(tenants, tenants.c.id == members.c.tenant_id).join(
            companies, company.id == tenants.c.company_id
        )
        statement = (
            select(*MEMBERS.columns, *others)
            .select_from(source)
            .where(which)
            .order_by(tenants.c.environment, members.c.created_at, members.c.id)
        )
        async with self._database.read.connect() as connection:
            return [_membership(row) for row in await connection.execute(statement)]


def _wanted(identity: Identity) -> ColumnElement[bool]:
    columns = members.c
    known = and_(columns.issuer == identity.issuer, columns.subject == identity.subject)
    return known if identity.email is None else or_(known, columns.email_key == email_key(identity.email))


def _membership(row: Any) -> Membership:
    company_id, code, environment, api_enabled, time_zone, name = row[_MEMBER:]
    member = Member._make(row[:_MEMBER])
    return Membership(member, company_id, code, Environment(environment), api_enabled is not False, time_zone, name)
