"""People call the API with the tokens of their identity provider: as members, or by what the claims give them."""

from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from sqlalchemy import update

from adapters.database.members.tables import members
from adapters.oidc import provider
from app.emulators.oidc import AUDIENCE, CLIENT
from app.server import key_watch
from app.server.credentials import lookups
from domain.members.members import MemberStatus
from domain.members.roles import SCOPES, Role
from domain.shared.access import Environment, TenantScope
from tests.adapters.support.emulated import Emulated, emulated
from tests.api.support.running import Running, running
from tests.api.support.sockets import connected
from tests.builders import a_member
from tests.e2e.processes import eventually

VIEWER = "{ viewer { environment company { code } scopes } }"
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

    async def member(self, role: Role, email: str = "arturo@austral.example", **given: Any) -> str:
        waiting: dict[str, Any] = {"status": MemberStatus.INVITED, "issuer": None, "subject": None, "joined_at": None}
        member = a_member(role, 1, email=email, **{**waiting, **given})
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


@pytest_asyncio.fixture
async def sign_in(new_database, templates, tmp_path):
    url = await new_database("sqlite")
    async with emulated("oidc", tmp_path) as provider:
        settings: dict[str, Any] = {
            "oidc_issuer": provider.url,
            "oidc_audience": AUDIENCE,
            "oidc_client_id": CLIENT,
            "oidc_company_claim": "company",
            "oidc_role_claim": "role",
            "oidc_environment_claim": "environment",
        }
        async with running(url, **settings) as api:
            yield Provided(api, provider)
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
