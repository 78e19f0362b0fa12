"""Members for tests of the API, and complete inputs for their mutations."""

from typing import Any

from tests.api.support.running import Running, company_id

MEMBER_INPUTS: dict[str, Any] = {
    "inviteMember": {
        "companyId": company_id("AUSTRAL"),
        "email": "leo@austral.example",
        "role": "APPROVER",
        "name": "Leo Kim",
    },
    "setMemberRole": {"memberId": "<member id>", "role": "APPROVER"},
    "removeMember": {"memberId": "<member id>"},
}


async def a_member(api: Running, key: str, email: str = "mira@austral.example", **given: object) -> str:
    """The id of a new member, who is invited with a key that may grant the role."""
    payload = await api.act("inviteMember", {"email": email, "role": "REQUESTER", **given}, "member { id }", key=key)
    assert payload["userErrors"] == []
    found: str = payload["member"]["id"]
    return found
