"""The emulated identity provider gives tokens to whoever chose a person on its page, for a code and its verifier."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio

from app.emulators.oidc import challenge_of
from tests.adapters.support.emulated import emulated

VERIFIER = "v" * 64
BACK = "http://localhost:8000/graphql"
ASKED = {
    "response_type": "code",
    "client_id": "quotegraph-playground",
    "redirect_uri": BACK,
    "scope": "openid email profile",
    "state": "s-1",
    "nonce": "n-1",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}


@pytest_asyncio.fixture
async def provider(tmp_path):
    async with emulated("oidc", tmp_path) as provider:
        yield provider


async def choose(provider, who, **changed):
    form = {**ASKED, "person": who, **changed}
    async with provider.session.post(f"{provider.url}/authorize", data=form, allow_redirects=False) as answer:
        place = answer.headers.get("Location", "")
        return answer.status, {name: it for name, [it] in parse_qs(urlsplit(place).query).items()}


async def exchange(provider, code, **changed):
    asked = {"client_id": ASKED["client_id"], "redirect_uri": BACK, "code_verifier": VERIFIER, "code": code, **changed}
    form = {"grant_type": "authorization_code"} | asked
    async with provider.session.post(f"{provider.url}/token", data=form) as answer:
        return answer.status, await answer.json()


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


async def test_the_page_offers_three_people(provider):
    async with provider.session.get(f"{provider.url}/authorize", params=ASKED) as answer:
        page = await answer.text()
    assert answer.status == 200
    for name in ("Rita Requester", "Arturo Approver", "Ada Admin"):
        assert name in page


async def test_a_code_and_its_verifier_become_tokens_once(provider):
    status, back = await choose(provider, "approver")
    assert (status, back["state"], back["iss"]) == (303, "s-1", provider.url)
    status, tokens = await exchange(provider, back["code"])
    assert status == 200
    access, identity = claims(tokens["access_token"]), claims(tokens["id_token"])
    assert (access["aud"], access["azp"], access["role"]) == ("quotegraph", "quotegraph-playground", "approver")
    assert (identity["aud"], identity["nonce"]) == ("quotegraph-playground", "n-1")
    assert await exchange(provider, back["code"]) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 64},
        {"redirect_uri": "http://localhost:1/"},
        {"client_id": "x"},
        {"grant_type": "password"},
    ],
)
async def test_a_code_of_another_request_becomes_nothing_and_is_used_up(provider, changed):
    _, back = await choose(provider, "admin")
    assert (await exchange(provider, back["code"], **changed))[0] == 400
    assert (await exchange(provider, back["code"]))[0] == 400


async def test_who_cancels_goes_back_without_a_code(provider):
    _, back = await choose(provider, "")
    assert back == {"error": "access_denied", "state": "s-1", "iss": provider.url}


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/"},
        {"code_challenge_method": "plain"},
        {"response_type": "token"},
        {"scope": "email"},
        {"person": "nobody"},
    ],
)
async def test_a_wrong_request_is_answered_here(provider, changed):
    assert (await choose(provider, "admin", **changed))[0] == 400


async def test_a_token_can_be_had_without_a_page_and_with_other_claims(provider):
    status, body = await provider.call(
        "POST", "/control/tokens", {"person": "admin", "claims": {"company": "NORDLICHT", "role": None}}
    )
    assert status == 200
    found = claims(body["access_token"])
    assert (found["iss"], found["company"], "role" in found) == (provider.url, "NORDLICHT", False)
    assert (await provider.call("POST", "/control/tokens", {"person": "nobody"}))[0] == 400


async def test_a_new_key_is_published_beside_the_former_or_instead_of_it(provider):
    async def published():
        return [it["alg"] for it in (await provider.call("GET", "/jwks"))[1]["keys"]]

    await provider.call("POST", "/control/rotate", {"alg": "RS256"})
    await provider.call("POST", "/control/rotate", {"alg": "ES256"})
    assert await published() == ["RS256", "ES256"]
    await provider.call("POST", "/control/rotate", {"alg": "RS256", "keep": False})
    assert await published() == ["RS256"]
    assert (await provider.call("POST", "/control/rotate", {"alg": "HS256"}))[0] == 400
