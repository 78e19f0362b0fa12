"""The store of members in memory."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.members.members import Member, MemberStatus
from domain.members.roles import Role

if TYPE_CHECKING:
    from tests.fakes.storage import MemoryUnitOfWork


@dataclass
class MemoryMembers:
    work: "MemoryUnitOfWork"

    async def find(self, member_id: str) -> Member | None:
        found = self.work.memory.members.get(member_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def lock(self, member_id: str) -> Member | None:
        return await self.find(member_id)

    async def with_email(self, tenant_id: int, email_key: str) -> Member | None:
        mine = (it for it in self.work.memory.members.values() if it.tenant_id == tenant_id)
        return next((it for it in mine if it.email_key == email_key), None)

    async def other_admins(self, member: Member) -> int:
        others = [it for it in self.work.memory.members.values() if it.id != member.id]
        wanted = (member.tenant_id, Role.ADMIN, MemberStatus.ACTIVE)
        return sum((it.tenant_id, it.role, it.status) == wanted for it in others)

    async def add(self, member: Member) -> None:
        self.work.at_commit(lambda: self.work.memory.members.update({member.id: member}))

    async def save(self, member: Member) -> None:
        await self.add(member)
