"""Which tokens are accepted: signed by a published key, for this API, now, and for one of its clients."""

import base64
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from joserfc import jwk, jws, jwt

from adapters.oidc.provider import usable_keys
from adapters.oidc.verifier import TokenVerifier
from domain.shared.access import Unauthorized
from domain.sign_in.claims import ClaimMapping

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ISSUER, AUDIENCE, CLIENT = "https://id.example", "quotegraph", "desk"
KEYS: dict[str, Any] = {
    "RS256": jwk.generate_key("RSA", 2048, {"kid": "rsa"}),
    "ES256": jwk.generate_key("EC", "P-256", {"kid": "ec", "alg": "ES256", "use": "sig"}),
    "ES384": jwk.generate_key("EC", "P-384", {"kid": "ec384"}),
    "EdDSA": jwk.generate_key("OKP", "Ed25519", {"kid": "ed"}),
}
PUBLISHED = [it.as_dict(private=False) for it in KEYS.values()]


def verifier(published=PUBLISHED, clients=(CLIENT,), now=NOW):
    keys = usable_keys(published)

    async def key(key_id):
        return keys.get(key_id)

    return TokenVerifier(SimpleNamespace(issuer=ISSUER, key=key), AUDIENCE, clients, ClaimMapping(), lambda: now)


def claims(**changed):
    at = int(NOW.timestamp())
    found = {"iss": ISSUER, "aud": AUDIENCE, "azp": CLIENT, "sub": "u-1", "iat": at, "exp": at + 600, **changed}
    return {name: it for name, it in found.items() if it is not None}


def signed(algorithm="RS256", key=None, header=(), named=True, **changed):
    key = key or KEYS[algorithm]
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    named_key = {"kid": key.kid} if named else {}
    return jwt.encode({"alg": algorithm, **named_key, **dict(header)}, claims(**changed), key, registry=registry)


def seconds(delta):
    return int((NOW + timedelta(seconds=delta)).timestamp())


async def refusal(token, **about):
    with pytest.raises(Unauthorized) as refused:
        await verifier(**about).verify(token)
    return str(refused.value)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("algorithm", list(KEYS))
async def test_tokens_by_rsa_by_elliptic_curves_and_by_ed25519_are_accepted(algorithm):
    found = await verifier().verify(signed(algorithm))
    assert (found.subject, found.issuer, found.expires_at) == ("u-1", ISSUER, NOW + timedelta(minutes=10))


async def test_a_token_may_name_several_audiences_and_have_headers_of_its_own():
    await verifier().verify(signed(aud=["other", AUDIENCE], header={"typ": "at+jwt", "x-provider": "1"}))


async def test_a_token_may_name_no_key_if_there_is_only_one():
    token = signed(named=False)
    await verifier([KEYS["RS256"].as_dict(private=False)]).verify(token)
    assert "does not publish" in await refusal(token)


async def test_an_unsigned_token_is_refused():
    head, body, _ = signed().split(".")
    for alg in ("none", "None", "NONE", ""):
        unsigned = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "rsa"}).encode()).decode().rstrip("=")
        assert "algorithm that is not accepted" in await refusal(f"{unsigned}.{body}.")
    assert "signature" in await refusal(f"{head}.{body}.")


async def test_a_public_key_is_not_taken_for_a_shared_secret():
    secret = jwk.OctKey.import_key(json.dumps(KEYS["RS256"].as_dict(private=False)), {"kid": "rsa"})
    assert "algorithm that is not accepted" in await refusal(signed("HS256", key=secret))


async def test_a_published_shared_secret_is_no_key():
    secret = jwk.generate_key("oct", 256, {"kid": "shared"})
    assert usable_keys([secret.as_dict(private=True)]) == {}


async def test_a_key_signs_only_by_the_algorithm_that_it_is_published_for():
    for_others = KEYS["RS256"].as_dict(private=False) | {"alg": "RS512"}
    assert "accepted: RS512" in await refusal(signed(), published=[for_others])


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
async def test_keys_that_are_short_private_or_for_encryption_are_left_out():
    short = jwk.generate_key("RSA", 1024, {"kid": "short"}).as_dict(private=False)
    private = KEYS["ES256"].as_dict(private=True)
    for_encryption = KEYS["RS256"].as_dict(private=False) | {"use": "enc"}
    broken = {"kty": "RSA", "kid": "broken", "n": "%", "e": 3}
    assert usable_keys([short, private, for_encryption, broken, 7, None]) == {}


async def test_the_key_is_the_published_one_wherever_the_header_points_to():
    stranger = jwk.generate_key("RSA", 2048, {"kid": "rsa"})
    for header in ({"jwk": stranger.as_dict(private=False)}, {"jku": "https://evil.example/jwks"}):
        assert "signature" in await refusal(signed(key=stranger, header=header))


async def test_a_token_with_changed_claims_is_refused():
    head, _, signature = signed().split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims(sub="admin")).encode()).decode().rstrip("=")
    assert "signature" in await refusal(f"{head}.{body}.{signature}")


async def test_a_critical_header_that_is_not_understood_is_refused():
    head, body, signature = signed().split(".")
    critical = json.dumps({"alg": "RS256", "kid": "rsa", "crit": ["exp2"], "exp2": 1}).encode()
    head = base64.urlsafe_b64encode(critical).decode().rstrip("=")
    assert "signature" in await refusal(f"{head}.{body}.{signature}")


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"iss": "https://other.example"}, "another issuer"),
        ({"iss": f"{ISSUER}/"}, "another issuer"),
        ({"iss": None}, "lacks a claim"),
        ({"aud": "other"}, "must be 'quotegraph'"),
        ({"aud": ["other"]}, "must be 'quotegraph'"),
        ({"aud": []}, "must be 'quotegraph'"),
        ({"aud": None}, "lacks a claim"),
        ({"sub": None}, "lacks a claim"),
        ({"exp": None}, "lacks a claim"),
        ({"exp": "tomorrow"}, "not valid"),
        ({"exp": seconds(-60)}, "expired"),
        ({"nbf": seconds(61)}, "not valid yet"),
        ({"iat": seconds(61)}, "in the future"),
        ({"azp": "other"}, "another client"),
        ({"azp": 7}, "another client"),
        ({"azp": "other", "client_id": CLIENT}, "another client (`azp`)"),
        ({"azp": None, "client_id": "other", "cid": CLIENT}, "another client (`client_id`)"),
        ({"azp": None, "cid": "other"}, "another client (`cid`)"),
        ({"azp": None}, "does not name the client"),
        ({"aud": [AUDIENCE, "other"], "azp": None}, "does not name the client"),
    ],
)
async def test_claims_must_be_right(changed, problem):
    assert problem in await refusal(signed(**changed))


async def test_clocks_may_be_a_minute_apart():
    await verifier().verify(signed(exp=seconds(-59), nbf=seconds(59), iat=seconds(59)))


async def test_any_client_may_have_asked_for_a_token_if_none_is_named():
    await verifier(clients=()).verify(signed(azp="other"))
    await verifier(clients=()).verify(signed(azp=None))
    assert "does not name the client" in await refusal(signed(aud=[AUDIENCE, "other"], azp=None), clients=())


@pytest.mark.parametrize("name", ["client_id", "cid"])
async def test_a_token_without_azp_names_its_client_as_other_providers_do(name):
    await verifier().verify(signed(azp=None, **{name: CLIENT}))


async def test_a_token_for_something_else_is_refused():
    assert "type 'logout+jwt'" in await refusal(signed(header={"typ": "logout+jwt"}))


@pytest.mark.parametrize(
    "token", ["ey", "eyJ.e.e", "ey.ey.ey", "eyJhbGciOiI" * 90, ".." * 20, "eyJhIjoxfQ.e30.", "a.b.c.d.e"]
)
async def test_what_is_no_token_is_refused(token):
    assert "not a signed JSON Web Token" in await refusal(token)


async def test_refusals_do_not_repeat_what_was_sent():
    marker = "s3cr3t-marker"
    for changed in ({"iss": marker}, {"aud": marker}, {"azp": marker}, {"exp": marker}):
        assert marker not in await refusal(signed(**changed))
