"""People call the API with the tokens of their identity provider: as members, or by what the claims give them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import update

from adapters.database.members.tables import members
from adapters.oidc import provider
from app.emulators.oidc import AUDIENCE, CLIENT
from app.server import key_watch
from app.server.credentials import lookups
from app.server.credentials.choices import COMPANY_HEADER, ENVIRONMENT_HEADER
from domain.members.members import INVITATION_LASTS, MemberStatus
from domain.members.roles import SCOPES, Role
from domain.shared.access import Environment, TenantScope
from tests.adapters.support.emulated import Emulated, emulated
from tests.api.support.access import an_access_token
from tests.api.support.customers import visit
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, company_id, running
from tests.api.support.sockets import connected
from tests.builders import a_member
from tests.e2e.processes import eventually

VIEWER = "{ viewer { environment company { code } scopes person { name email } } }"
EVERYTHING = "subscription { events { type } }"
LIVE = TenantScope(Environment.LIVE, None)


class Provided(NamedTuple):
    """The application with an identity provider."""

    api: Running
    provider: Emulated

    async def token(self, person: str = "approver", **claims: Any) -> str:
        _, body = await self.provider.call("POST", "/control/tokens", {"person": person, "claims": claims})
        return str(body["access_token"])

    async def viewer(self, person: str = "approver", **claims: Any) -> Any:
        answer = await self.api.run(VIEWER, key=await self.token(person, **claims))
        return answer.data["viewer"] if answer.status == 200 else (answer.status, answer.error["message"])

    async def member(self, role: Role, email: str = "arturo@austral.example", tenant_id: int = 1, **given: Any) -> str:
        waiting: dict[str, Any] = {"status": MemberStatus.INVITED, "issuer": None, "subject": None, "joined_at": None}
        waiting["invited_at"] = datetime.now(UTC)
        member = a_member(role, tenant_id, email=email, **{**waiting, **given})
        async with self.api.parts.deps.unit_of_work(LIVE) as work:
            await work.members.add(member)
            await work.commit()
        return member.id

    async def change(self, member_id: str, **values: Any) -> None:
        async with self.api.parts.database.write.begin() as connection:
            await connection.execute(update(members).where(members.c.id == member_id).values(values))

    async def stored(self, member_id: str) -> Any:
        async with self.api.parts.deps.unit_of_work(LIVE) as work:
            return await work.members.lock(member_id)


@asynccontextmanager
async def served(url: str, provider: Emulated, **more: Any) -> AsyncIterator[Provided]:
    settings: dict[str, Any] = {
        "oidc_issuer": provider.url,
        "oidc_audience": AUDIENCE,
        "oidc_client_id": CLIENT,
        "oidc_company_claim": "company",
        "oidc_role_claim": "role",
        "oidc_environment_claim": "environment",
    }
    async with running(url, **settings, **more) as api:
        yield Provided(api, provider)


@pytest_asyncio.fixture
async def sign_in(new_database, templates, tmp_path):
    url = await new_database("sqlite")
    async with emulated("oidc", tmp_path) as provider, served(url, provider) as found:
        yield found
    templates.give_back(url)


@pytest.fixture
def impatient(monkeypatch):
    """Tokens of open sockets are checked again at once, and nothing that was found is kept."""
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.02)
    monkeypatch.setattr(lookups, "CACHE_SECONDS", 0.0)


async def test_claims_say_of_which_company_a_person_is_and_in_which_role(sign_in):
    found = await sign_in.viewer("approver")
    assert (found["environment"], found["company"]["code"]) == ("LIVE", "AUSTRAL")
    assert set(found["scopes"]) == SCOPES[Role.APPROVER]
    test = await sign_in.viewer("admin", company="nordlicht", environment="test")
    assert (test["environment"], test["company"]["code"]) == ("TEST", "NORDLICHT")
    assert set(test["scopes"]) == SCOPES[Role.ADMIN]


async def test_a_browser_that_goes_on_with_an_expired_token_locks_nobody_out(new_database, tmp_path):
    url = await new_database("sqlite")
    async with emulated("oidc", tmp_path) as provider, served(url, provider, wrong_key_rate_limit="30/1") as sign_in:
        expired = await sign_in.token(exp=int(datetime.now(UTC).timestamp()) - 3_600)
        for _ in range(20):
            answer = await sign_in.api.run(VIEWER, key=expired)
            assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])
            assert answer.error["extensions"]["reason"] == "CREDENTIAL_EXPIRED"
        assert (await sign_in.viewer())["company"] == {"code": "AUSTRAL"}


async def test_a_member_joins_by_the_first_sign_in_and_has_the_role_that_was_set_here(sign_in):
    member_id = await sign_in.member(Role.VIEWER)
    found = await sign_in.viewer("approver", role="admin")
    assert set(found["scopes"]) == SCOPES[Role.VIEWER]
    joined = await sign_in.stored(member_id)
    assert (joined.status, joined.subject, joined.name) == (MemberStatus.ACTIVE, "demo-approver", "Arturo Approver")
    await eventually(lambda: seen(sign_in, member_id))


async def seen(sign_in, member_id):
    return (await sign_in.stored(member_id)).last_seen_at


async def test_an_address_that_is_not_verified_makes_nobody_a_member(sign_in):
    await sign_in.member(Role.ADMIN)
    status, message = await sign_in.viewer("approver", email_verified=False, role=None)
    assert (status, "who is not a member" in message) == (403, True)


async def test_who_is_neither_a_member_nor_mapped_is_told_so(sign_in):
    for claims in ({"role": None}, {"role": "owner"}, {"company": None}, {"company": "ACME"}):
        status, message = await sign_in.viewer("requester", **claims)
        assert (status, "signed in as rita@austral.example" in message) == (403, True), claims


async def test_a_person_is_the_actor_of_what_they_do(sign_in):
    token = await sign_in.token("admin")
    kit = """mutation { createCustomer(input: {name: "Ana", email: "ana@example.com"}) {
        customer { id } userErrors { message } } }"""
    assert (await sign_in.api.data(kit, key=token))["createCustomer"]["userErrors"] == []
    [event] = await sign_in.api.rows("events")
    assert (event.actor_kind, event.actor_id, event.actor_name) == ("PERSON", "ada@austral.example", "Ada Admin")


async def test_the_viewer_is_the_person_of_an_identity_token_and_of_an_access_token_and_nobody_of_a_key(sign_in):
    assert (await sign_in.viewer())["person"] == {"name": "Arturo Approver", "email": "arturo@austral.example"}
    _, token = await an_access_token(sign_in.api)
    ida = (await sign_in.api.data(VIEWER, key=token))["viewer"]
    assert ida["person"] == {"name": "Ida Ponce", "email": "ida@austral.example"}
    for key in (sign_in.api.customer, sign_in.api.operator):
        assert (await sign_in.api.data(VIEWER, key=key))["viewer"]["person"] is None


async def test_with_a_public_key_there_is_no_viewer(sign_in):
    quote = await a_quote(sign_in.api)
    seen = await visit(sign_in.api, "query($key: String!) { publicQuote(key: $key) { orderId } }", {"key": quote.key})
    assert seen.data["publicQuote"]["orderId"] == quote.order_id
    body = {"query": VIEWER, "variables": {"key": quote.key}}
    answer = await sign_in.api.post(json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


async def test_who_is_a_member_of_several_companies_names_one_in_a_header_or_is_told_which_there_are(sign_in):
    for tenant_id in (1, 3):
        await sign_in.member(Role.VIEWER, tenant_id=tenant_id)
    token = await sign_in.token("approver", company=None)
    answer = await sign_in.api.run(VIEWER, key=token)
    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
    assert answer.error["extensions"]["reason"] == "COMPANY_REQUIRED"
    assert [it["code"] for it in answer.error["extensions"]["companies"]] == ["AUSTRAL", "NORDLICHT"]
    assert all(it["name"] for it in answer.error["extensions"]["companies"])
    for code in ("AUSTRAL", "NORDLICHT"):
        found = await sign_in.api.run(VIEWER, key=token, headers={COMPANY_HEADER: code.lower()})
        assert found.data["viewer"]["company"] == {"code": code}
    foreign = await sign_in.api.run(VIEWER, key=token, headers={COMPANY_HEADER: "ACME"})
    assert (foreign.status, "not a member of the company ACME" in foreign.error["message"]) == (403, True)


async def test_a_socket_names_the_company_in_its_first_message(sign_in):
    for tenant_id in (1, 3):
        await sign_in.member(Role.VIEWER, tenant_id=tenant_id)
    token = await sign_in.token("approver", company=None)
    async with connected(sign_in.api, init=False) as socket:
        await socket.init({"Authorization": f"Bearer {token}", COMPANY_HEADER: "NORDLICHT"})
        assert (await socket.event(await socket.start(VIEWER)))["company"] == {"code": "NORDLICHT"}


async def test_an_invitation_expires_and_is_sent_again_by_inviting_again(sign_in):
    member_id = await sign_in.member(Role.VIEWER)
    await sign_in.change(member_id, invited_at=datetime.now(UTC) - INVITATION_LASTS)
    answer = await sign_in.api.run(VIEWER, key=await sign_in.token())
    assert (answer.status, answer.error["extensions"]["reason"]) == (403, "INVITATION_EXPIRED")
    assert (await sign_in.stored(member_id)).status == MemberStatus.INVITED
    again = {"email": "arturo@austral.example", "role": "VIEWER", "companyId": company_id("AUSTRAL")}
    selection = "member { status invitedAt invitationExpiresAt }"
    invited = (await sign_in.api.act("inviteMember", again, selection, key=sign_in.api.operator))["member"]
    expires_at = datetime.fromisoformat(invited["invitedAt"]) + INVITATION_LASTS
    assert (invited["status"], datetime.fromisoformat(invited["invitationExpiresAt"])) == ("INVITED", expires_at)
    await eventually(lambda: seen_as(sign_in, Role.VIEWER))
    assert (await sign_in.stored(member_id)).invitation_expires_at is None


async def seen_as(sign_in, role):
    answer = await sign_in.api.run(VIEWER, key=await sign_in.token())
    return answer.status == 200 and set(answer.data["viewer"]["scopes"]) == SCOPES[role]


async def test_a_key_is_not_used_for_another_environment_than_a_request_names(sign_in):
    answer = await sign_in.api.run(VIEWER, headers={ENVIRONMENT_HEADER: "test"})
    assert (answer.status, "live data" in answer.error["message"]) == (403, True)
    assert (await sign_in.api.run(VIEWER, headers={ENVIRONMENT_HEADER: "live"})).status == 200


async def test_a_token_of_another_issuer_or_audience_or_time_is_refused(sign_in):
    for claims in ({"iss": "https://other.example"}, {"aud": "other"}, {"exp": 1}, {"azp": "other"}):
        status, message = await sign_in.viewer("admin", **claims)
        assert status == 401, message
    answer = await sign_in.api.run(VIEWER, key="eyJhbGciOiJub25lIn0.e30.")
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])


async def test_a_new_key_of_the_provider_is_taken_up(sign_in, monkeypatch):
    monkeypatch.setattr(provider, "UNKNOWN_KEY_SECONDS", 0.0)
    assert "scopes" in await sign_in.viewer()
    await sign_in.provider.call("POST", "/control/rotate", {"alg": "ES256"})
    assert "scopes" in await sign_in.viewer()


async def test_while_the_provider_has_never_answered_people_are_told_to_try_again(sign_in):
    token = await sign_in.token()
    await sign_in.provider.go_wrong(mode="status", status=503, times=100)
    answer = await sign_in.api.run(VIEWER, key=token)
    assert (answer.status, answer.codes) == (503, ["SERVICE_UNAVAILABLE"])
    assert "identity provider" in answer.error["message"]
    assert (await sign_in.api.run(VIEWER)).status == 200


async def test_a_socket_of_a_person_ends_when_they_are_removed(sign_in, impatient):
    member_id = await sign_in.member(Role.APPROVER)
    async with connected(sign_in.api, await sign_in.token()) as socket:
        await socket.start(EVERYTHING)
        await sign_in.change(member_id, status=str(MemberStatus.REMOVED))
        assert (await socket.closed()).code == 4403


async def test_two_tokens_of_a_person_do_not_lend_each_other_their_scopes(sign_in, impatient):
    async with (
        connected(sign_in.api, await sign_in.token("admin")) as wide,
        connected(sign_in.api, await sign_in.token("admin", role="viewer")) as narrow,
    ):
        scopes = "{ viewer { scopes } }"
        assert set((await wide.event(await wide.start(scopes)))["scopes"]) == SCOPES[Role.ADMIN]
        assert set((await narrow.event(await narrow.start(scopes)))["scopes"]) == SCOPES[Role.VIEWER]


async def test_a_stream_ticket_is_not_made_for_a_person(sign_in):
    ticket = "mutation { createStreamTicket(input: {}) { ticket userErrors { code message } } }"
    payload = (await sign_in.api.data(ticket, key=await sign_in.token()))["createStreamTicket"]
    assert payload["ticket"] is None
    assert payload["userErrors"][0]["code"] == "NOT_ALLOWED"


async def test_without_an_issuer_a_token_is_no_credential(api):
    answer = await api.run(VIEWER, key="eyJhbGciOiJSUzI1NiJ9.e30.AAAA")
    assert answer.status == 401
