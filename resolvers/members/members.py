"""The filters of lists of members."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.members.members import MemberStatus
from domain.members.roles import Role
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFilters(DatedFilters):
    """The filters of a list of members, as entered."""

    status: Sequence[MemberStatus] | None = None
    role: Sequence[Role] | None = None
    search: str | None = None


def narrow(given: MemberFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of members."""
    narrowing.one_of("status", given.status)
    narrowing.one_of("role", given.role)
    narrowing.search(given.search)
    narrowing.dates(given)
