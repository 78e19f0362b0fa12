"""The store and loaders of members."""

from typing import Any

from sqlalchemy import func, insert, select, update

from adapters.database.core.loader_specs import LoaderSpec, contains_words, one, one_of, paged, times
from adapters.database.core.row_locks import lock_row
from adapters.database.core.row_mapping import column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.members.tables import members
from domain.members.members import Member, MemberStatus
from domain.members.roles import Role
from domain.shared.access import TenantScope
from domain.shared.ids import RowId
from domain.shared.search import search_form

MEMBERS = row_mapping(Member, members)

MEMBER_LOADERS: dict[str, LoaderSpec] = {
    "member": one(MEMBERS),
    "members": paged(
        MEMBERS,
        parent="tenant_id",
        orders={"NAME": "search", "CREATED_AT": "created_at", "UPDATED_AT": "updated_at"},
        filters={
            "status": one_of(members.c.status),
            "role": one_of(members.c.role),
            "search": contains_words(members.c.search),
            **times(members.c.created_at, members.c.updated_at),
        },
    ),
}


class SqlMembers:
    """Implements the `MemberStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def find(self, member_id: RowId) -> Member | None:
        mine = MEMBERS.select().where(members.c.id == member_id, in_scope(members.c.tenant_id, self._tenant_scope))
        return _member((await self._connection.execute(mine)).one_or_none())

    async def lock(self, member_id: str) -> Member | None:
        locked: Member | None = await lock_row(self._connection, MEMBERS, members.c.id == member_id, self._tenant_scope)
        return locked

    async def with_email(self, tenant_id: int, email_key: str) -> Member | None:
        mine = (members.c.tenant_id == tenant_id) & (members.c.email_key == email_key)
        locked: Member | None = await lock_row(self._connection, MEMBERS, mine, self._tenant_scope)
        return locked

    async def other_admins(self, member: Member) -> int:
        columns = members.c
        others = (
            columns.tenant_id == member.tenant_id,
            columns.id != member.id,
            columns.role == str(Role.ADMIN),
            columns.status == str(MemberStatus.ACTIVE),
        )
        number: int = (await self._connection.execute(select(func.count()).where(*others))).scalar_one()
        return number

    async def add(self, member: Member) -> None:
        await self._connection.execute(insert(members), member_values(member))

    async def save(self, member: Member) -> None:
        await self._connection.execute(update(members).where(members.c.id == member.id).values(member_values(member)))


def member_values(member: Member) -> dict[str, Any]:
    """Returns the values of a member's row, with the text that is searched and sorted by."""
    search = search_form(" ".join(filter(None, (member.name, member.email))))
    return {**column_values(member, members), "search": search}


def _member(row: Any) -> Member | None:
    return None if row is None else Member._make(row)
