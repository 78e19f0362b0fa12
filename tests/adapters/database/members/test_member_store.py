"""Members come back as they were stored, and are found by who signs in, on both databases."""

import asyncio
from datetime import timedelta

from sqlalchemy import update

from adapters.database.companies.tables import companies
from adapters.database.core.engine import Database
from adapters.database.members.memberships import SqlMemberships
from domain.members.members import Identity, LastAdmin, Member, MemberStatus
from domain.members.roles import SCOPES, Role
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import RowId
from domain.use_cases.members.managing import InviteMember, RemoveMember, invite_member, remove_member
from tests.builders import LATER, NOW, a_caller, a_member
from tests.databases import LIVE, a_company, dependencies_on, rows_of

TEST = TenantScope(Environment.TEST, None)
IDENTITY = Identity("https://id.example", "mira-1", "mira@austral.example")


async def stored(database: Database, *members: Member, scope: TenantScope = LIVE) -> None:
    async with dependencies_on(database).unit_of_work(scope) as work:
        for it in members:
            await work.members.add(it)
        await work.commit()


async def test_a_member_comes_back_as_stored_and_is_of_one_tenant(database):
    company = await a_company(database)
    member = a_member(Role.BUYER, company.live)
    await stored(database, member)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.members.find(RowId(member.id)) == await work.members.lock(member.id) == member
        assert await work.members.with_email(company.live, "mira@austral.example") == member
        assert await work.members.with_email(company.live, "leo@austral.example") is None
        changed = member._replace(role=Role.ADMIN, status=MemberStatus.REMOVED, removed_at=LATER)
        await work.members.save(changed)
        assert await work.members.lock(member.id) == changed
    async with dependencies_on(database).unit_of_work(TenantScope(Environment.LIVE, company.live + 1)) as work:
        assert await work.members.find(RowId(member.id)) is None
        assert await work.members.lock(member.id) is None
        assert await work.members.with_email(company.live, "mira@austral.example") is None


async def test_other_admins_are_the_active_ones_of_the_same_company(database):
    company, other = await a_company(database), await a_company(database, "NORDLICHT")
    admin = a_member(Role.ADMIN, company.live)
    await stored(
        database,
        admin,
        a_member(Role.ADMIN, company.live, email="leo@austral.example"),
        a_member(Role.ADMIN, company.live, email="eva@austral.example", status=MemberStatus.INVITED),
        a_member(Role.ADMIN, company.live, email="ida@austral.example", status=MemberStatus.REMOVED),
        a_member(Role.BUYER, company.live, email="ana@austral.example"),
        a_member(Role.ADMIN, other.live),
    )
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.members.other_admins(admin) == 1


async def test_a_person_is_found_in_every_company_first_in_live_ones_and_not_where_removed(database):
    company, other = await a_company(database), await a_company(database, "NORDLICHT")
    here, there = a_member(tenant_id=company.live), a_member(tenant_id=other.live, issuer=None, subject=None)
    tester, gone = a_member(tenant_id=company.test), a_member(tenant_id=other.test, status=MemberStatus.REMOVED)
    await stored(database, here, there)
    await stored(database, tester, gone, scope=TEST)
    memberships = SqlMemberships(database)
    found = await memberships.of(IDENTITY)
    assert {it.member.id for it in found[:2]} == {here.id, there.id}
    assert [(it.member.id, it.environment, it.company_code) for it in found[2:]] == [
        (tester.id, Environment.TEST, "AUSTRAL")
    ]
    assert await memberships.of(IDENTITY._replace(subject="somebody-else", email=None)) == []
    removed = await memberships.by_id(gone.id)
    assert removed is not None
    assert removed.member.status == MemberStatus.REMOVED
    assert await memberships.by_id(RowId("0190a5b0-0000-7000-8000-000000000000")) is None


async def test_a_membership_says_whether_its_company_has_access(database):
    company = await a_company(database)
    await stored(database, member := a_member(tenant_id=company.live))
    async with database.write.begin() as connection:
        await connection.execute(update(companies).values(api_enabled=False, time_zone="America/Montevideo"))
    found = await SqlMemberships(database).by_id(member.id)
    assert found is not None
    assert (found.company_id, found.api_enabled, found.time_zone) == (company.id, False, "America/Montevideo")


async def test_when_a_member_was_seen_is_noted_once_a_minute_and_is_no_update(database):
    company = await a_company(database)
    await stored(database, member := a_member(tenant_id=company.live))
    memberships = SqlMemberships(database)
    before = await rows_of(database, "SELECT updated_at FROM members")
    for seconds in (0, 30, 59):
        await memberships.touch(member.id, NOW + timedelta(seconds=seconds))
    first = await memberships.by_id(member.id)
    await memberships.touch(member.id, NOW + timedelta(seconds=60))
    second = await memberships.by_id(member.id)
    assert first is not None
    assert second is not None
    assert (first.member.last_seen_at, second.member.last_seen_at) == (NOW, NOW + timedelta(seconds=60))
    assert await rows_of(database, "SELECT updated_at FROM members") == before


async def test_of_two_admins_who_remove_each_other_at_once_one_stays(database):
    company = await a_company(database)
    admins = [a_member(Role.ADMIN, company.live, email=f"{name}@austral.example") for name in ("mira", "leo")]
    await stored(database, *admins)
    caller = a_caller(company.live, scopes=frozenset(map(str, SCOPES[Role.ADMIN])))
    deps = dependencies_on(database)
    removing = (remove_member(deps, caller, RemoveMember(it.id)) for it in admins)
    results = await asyncio.gather(*removing, return_exceptions=True)
    assert [type(it) for it in results if isinstance(it, Exception)] == [LastAdmin]


async def test_one_person_who_is_invited_twice_at_once_is_one_member(database):
    company = await a_company(database)
    caller = a_caller(company.live, scopes=frozenset(map(str, SCOPES[Role.ADMIN])))
    deps = dependencies_on(database)
    invitation = InviteMember("mira@austral.example", Role.VIEWER)
    await asyncio.gather(*(invite_member(deps, caller, invitation) for _ in range(3)))
    assert await rows_of(database, "SELECT count(*) FROM members") == [(1,)]
