"""Members, from the invitation to the removal, through all layers."""

from domain.members.roles import SCOPES, Role
from tests.api.support.members import a_member
from tests.api.support.running import Running, company_id, on_both_databases

MEMBER = "member { id email name role scopes status joinedAt invitedBy { type name } company { code } }"
CHANGES = "changes { node { id } from to }"
ERRORS = "userErrors { __typename code path message ... on ConflictError { currentStatus attemptedStatus } }"
MEMBERS = "query($filter: MemberFilter) { members(filter: $filter) { totalCount nodes { email role } } }"

HISTORY = """query($id: ID!) { member(by: {id: $id}) {
    history { nodes { type fieldChanges { field from to } } }
} }"""


async def an_admin(api: Running) -> str:
    """A key of the company with what an admin may do."""
    return await api.key(*SCOPES[Role.ADMIN], name="Austral's admin")


@on_both_databases
async def test_a_member_is_invited_gets_another_role_and_is_removed(api):
    admin = await an_admin(api)
    given = {"email": "Mira@AUSTRAL.example", "role": "REQUESTER", "name": "Mira Sol"}
    payload = await api.act("inviteMember", given, f"{MEMBER} {CHANGES}", key=admin)
    assert (payload["userErrors"], payload["changes"]) == ([], [])
    member = payload["member"]
    assert {**member, "id": "", "scopes": []} == {
        "id": "",
        "email": "Mira@austral.example",
        "name": "Mira Sol",
        "role": "REQUESTER",
        "scopes": [],
        "status": "INVITED",
        "joinedAt": None,
        "invitedBy": {"type": "API_KEY", "name": "Austral's admin"},
        "company": {"code": "AUSTRAL"},
    }
    assert member["scopes"] == sorted(SCOPES[Role.REQUESTER])
    named = {"memberId": member["id"]}
    changed = await api.act("setMemberRole", {**named, "role": "BUYER"}, "member { role }", key=admin)
    assert changed["member"] == {"role": "BUYER"}
    removed = await api.act("removeMember", named, f"member {{ status removedAt }} {CHANGES}", key=admin)
    assert (removed["member"]["status"], removed["member"]["removedAt"] is None) == ("REMOVED", False)
    [change] = removed["changes"]
    assert (change["node"]["id"], change["from"], change["to"]) == (member["id"], "INVITED", "REMOVED")
    history = (await api.data(HISTORY, {"id": member["id"]}, admin))["member"]["history"]["nodes"]
    assert [it["type"] for it in history] == ["MEMBER_REMOVED", "MEMBER_UPDATED", "MEMBER_INVITED"]
    assert history[1]["fieldChanges"] == [{"field": "role", "from": "REQUESTER", "to": "BUYER"}]


@on_both_databases
async def test_members_are_listed_by_name_and_found_by_status_role_and_words(api):
    admin = await an_admin(api)
    await a_member(api, admin, "zoe@austral.example", name="Ana Ruiz", role="VIEWER")
    gone = await a_member(api, admin, "leo@austral.example", role="BUYER")
    await api.act("removeMember", {"memberId": gone}, "member { id }", key=admin)

    async def found(**filter_: object) -> list[str]:
        listed = (await api.data(MEMBERS, {"filter": filter_}, admin))["members"]
        return [it["email"].partition("@")[0] for it in listed["nodes"]]

    assert await found() == ["zoe", "leo"]
    assert await found(status=["REMOVED"]) == await found(role=["BUYER"]) == ["leo"]
    assert await found(search="ruiz") == await found(status=["INVITED", "ACTIVE"]) == ["zoe"]


async def test_a_platform_key_invites_the_first_admin_and_sees_the_members_of_each_company(api):
    both = {it: company_id(it) for it in ("AUSTRAL", "NORDLICHT")}
    for company in both.values():
        await a_member(api, api.operator, companyId=company, role="ADMIN")
    assert (await api.data(MEMBERS, {}, api.operator))["members"]["totalCount"] == 2
    query = "query($id: ID!) { company(by: {id: $id}) { code members { nodes { email } } } }"
    for code, company in both.items():
        shown = (await api.data(query, {"id": company}, api.operator))["company"]
        assert shown == {"code": code, "members": {"nodes": [{"email": "mira@austral.example"}]}}


async def test_another_companys_member_is_as_one_that_does_not_exist(api):
    member = await a_member(api, await an_admin(api))
    stranger = await api.key(*SCOPES[Role.ADMIN], company="NORDLICHT")
    assert (await api.data(MEMBERS, {}, stranger))["members"] == {"totalCount": 0, "nodes": []}
    query = "query($id: ID!) { member(by: {id: $id}) { email } node(id: $id) { id } }"
    assert await api.data(query, {"id": member}, stranger) == {"member": None, "node": None}
    payload = await api.act("removeMember", {"memberId": member}, ERRORS, key=stranger)
    assert [it["code"] for it in payload["userErrors"]] == ["NOT_FOUND"]


async def test_what_is_refused_names_the_field_and_the_fix(api):
    admin = await an_admin(api)
    wider = await api.act("inviteMember", {"email": "x@y.example", "role": "OPERATOR"}, ERRORS, key=admin)
    [error] = wider["userErrors"]
    assert (error["code"], error["path"]) == ("NOT_ALLOWED", ["role"])
    assert "quotes:manage" in error["message"]
    member = await a_member(api, admin)
    await api.act("removeMember", {"memberId": member}, "member { id }", key=admin)
    again = await api.act("setMemberRole", {"memberId": member, "role": "VIEWER"}, ERRORS, key=admin)
    [error] = again["userErrors"]
    assert (error["__typename"], error["code"], error["currentStatus"]) == ("ConflictError", "WRONG_STATUS", "REMOVED")
    assert "inviteMember" in error["message"]


async def test_roles_are_readable_with_any_key_and_say_what_they_are_for(api):
    roles = (await api.data("{ roles { name description scopes } }", key=await api.key("quotes:read")))["roles"]
    assert [it["name"] for it in roles] == [str(it) for it in Role]
    assert all(it["description"] for it in roles)
    assert {it["name"]: it["scopes"] for it in roles} == {str(role): sorted(it) for role, it in SCOPES.items()}
