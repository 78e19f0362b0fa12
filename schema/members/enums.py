"""Roles of members, and where members stand."""

from domain.members.members import MemberStatus
from domain.members.roles import Role
from schema.shared.enums import describe

__all__ = [
    "MemberStatus",
    "Role",
]

describe(
    MemberStatus,
    "Status of a member.",
    INVITED="The person was invited and has not signed in yet.",
    ACTIVE="The person has signed in.",
    REMOVED="The person has no access any more.",
)
describe(
    Role,
    "Name of a role. `roles` lists the scopes of each.",
    name="RoleName",
    VIEWER="Reads everything of the company, and changes nothing.",
    REQUESTER="Also creates and edits quotes.",
    APPROVER="Also accepts, rejects and declines what is offered.",
    BUYER="Also manages assets, device actions, kits and customers.",
    OPERATOR="A buyer who also sets prices, handles orders, deliveries and failed jobs.",
    ADMIN="A buyer who also manages members, API keys, webhooks and custom fields.",
)
