"""An OpenID Connect provider: discovery, keys, a login page on which one chooses a person, and tokens for the code that
it gives (authorization code with PKCE). Its address is its issuer.

`POST /control/rotate` gives it a new key, with `{"alg": "ES256"}` for another algorithm, and with `{"keep": false}` the
former keys are no longer published. `POST /control/tokens` answers with a token of a person, `{"person": "approver"}`,
whose `claims` are set or, by null, left out.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web
from joserfc import jwk, jwt

from app.emulators.http import Answer, Call, Emulator
from app.emulators.oidc_page import login_page

# Another client may be given any name: the emulator only knows public clients, whose pages are on this machine.
CLIENT = "quotegraph-playground"
AUDIENCE = "quotegraph"
SCOPES = ("openid", "email", "profile")
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "requester": {"sub": "demo-requester", "name": "Rita Requester", "email": "rita@austral.example"},
    "approver": {"sub": "demo-approver", "name": "Arturo Approver", "email": "arturo@austral.example"},
    "admin": {"sub": "demo-admin", "name": "Ada Admin", "email": "ada@austral.example"},
}
COMPANY = "AUSTRAL"
TOKEN_SECONDS = 3_600
CODE_SECONDS = 60
ALGORITHMS = {"RS256": ("RSA", 2048), "ES256": ("EC", "P-256")}
# Pages of other origins read these, as those of a front end do.
FOR_PAGES = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


class OidcEmulator(Emulator):
    """The provider. Keys and codes survive a restart."""

    def answer(self, call: Call) -> Answer:
        match call.method, call.path:
            case "GET", "/.well-known/openid-configuration":
                return Answer(200, _discovery(_issuer(call)), FOR_PAGES)
            case "GET", "/jwks":
                published = [it["public"] for it in self._keys() if it["published"]]
                return Answer(200, {"keys": published}, FOR_PAGES)
            case "POST", "/token":
                return self._tokens(call)
        return self.failure(404)

    def failure(self, status: int) -> Answer:
        return Answer(status, {"error": "server_error" if status >= 500 else "invalid_request"}, FOR_PAGES)

    def add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/authorize", self._authorize)
        router.add_post("/authorize", self._signed_in)
        router.add_post("/control/rotate", self._rotate)
        router.add_post("/control/tokens", self._token_of)

    async def _authorize(self, request: web.Request) -> web.Response:
        """Shows the people to choose from. What is wrong with the request is said here, and not at its sender's."""
        if (problem := _problem(request.query)) is not None:
            return web.Response(status=400, text=problem)
        people = [(key, it["name"], it["email"]) for key, it in PEOPLE.items()]
        page = login_page(people, dict(request.query))
        return web.Response(text=page, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def _signed_in(self, request: web.Request) -> web.Response:
        asked = {name: str(value) for name, value in (await request.post()).items()}
        person = asked.pop("person", "")
        if (problem := _problem(asked)) is not None or (person and person not in PEOPLE):
            return web.Response(status=400, text=problem or "There is no such person.")
        back = {"state": asked.get("state", ""), "iss": f"http://{request.host}"}
        if person:
            back["code"] = secrets.token_urlsafe(24)
            self.store.put("code", back["code"], {**asked, "person": person, "until": time() + CODE_SECONDS})
        else:
            back["error"] = "access_denied"
        return web.Response(status=303, headers={"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})

    def _tokens(self, call: Call) -> Answer:
        """Exchanges a code, which is used up by the attempt."""
        asked = dict(parse_qsl(call.content.decode("utf-8", "replace")))
        code = self.store.get("code", asked.get("code", "")) or {}
        if code:
            self.store.put("code", asked["code"], {})
        fits = (
            asked.get("grant_type") == "authorization_code"
            and code.get("until", 0) > time()
            and all(asked.get(it) == code[it] for it in ("client_id", "redirect_uri"))
            and secrets.compare_digest(challenge_of(asked.get("code_verifier", "")), code["code_challenge"])
        )
        if not fits:
            return Answer(400, {"error": "invalid_grant"}, FOR_PAGES)
        issuer, client = _issuer(call), code["client_id"]
        nonce = {"nonce": code["nonce"]} if "nonce" in code else {}
        body = {
            "access_token": self._signed(claims_of(issuer, code["person"], AUDIENCE, client), "at+jwt"),
            "id_token": self._signed(claims_of(issuer, code["person"], client, client) | nonce),
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "scope": code.get("scope", " ".join(SCOPES)),
        }
        return Answer(200, body, FOR_PAGES)

    async def _rotate(self, request: web.Request) -> web.Response:
        wanted = await _json(request)
        algorithm, keep = wanted.get("alg", "RS256"), wanted.get("keep", True)
        if algorithm not in ALGORITHMS:
            return web.json_response({"error": f"Send an `alg` of {', '.join(ALGORITHMS)}."}, status=400)
        with self.store.transaction():
            for it in self.store.all("key"):
                self.store.put("key", it["public"]["kid"], {**it, "published": it["published"] and bool(keep)})
            key = self._new_key(algorithm)
        return web.json_response(key["public"])

    async def _token_of(self, request: web.Request) -> web.Response:
        wanted = await _json(request)
        if wanted.get("person") not in PEOPLE or not isinstance(wanted.get("claims", {}), dict):
            return web.json_response({"error": f"Send a `person` of {', '.join(PEOPLE)}."}, status=400)
        claims = claims_of(f"http://{request.host}", wanted["person"], AUDIENCE, CLIENT) | wanted.get("claims", {})
        token = self._signed({name: it for name, it in claims.items() if it is not None}, "at+jwt")
        return web.json_response({"access_token": token})

    def _signed(self, claims: dict[str, Any], type_: str = "JWT") -> str:
        key = self._keys()[-1]
        header = {"alg": key["alg"], "kid": key["public"]["kid"], "typ": type_}
        return jwt.encode(header, claims, jwk.import_key(key["private"]), [key["alg"]])

    def _keys(self) -> list[dict[str, Any]]:
        """The keys, of which the last one signs."""
        return self.store.all("key") or [self._new_key("RS256")]

    def _new_key(self, algorithm: str) -> dict[str, Any]:
        kind, size = ALGORITHMS[algorithm]
        key = jwk.generate_key(kind, size, {"use": "sig", "alg": algorithm, "kid": secrets.token_hex(8)})  # type: ignore[call-overload]
        made = {
            "alg": algorithm,
            "published": True,
            "public": key.as_dict(private=False),
            "private": key.as_dict(private=True),
        }
        self.store.put("key", made["public"]["kid"], made)
        return made


def claims_of(issuer: str, person: str, audience: str, client: str) -> dict[str, Any]:
    """The claims of a token of a demo person, issued now."""
    at = int(time())
    return {
        "iss": issuer,
        "aud": audience,
        "azp": client,
        "iat": at,
        "exp": at + TOKEN_SECONDS,
        **PEOPLE[person],
        "email_verified": True,
        "company": COMPANY,
        "role": person,
    }


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _discovery(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "subject_types_supported": ["public"],
        "scopes_supported": list(SCOPES),
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "authorization_response_iss_parameter_supported": True,
    }


def _problem(asked: Mapping[str, str]) -> str | None:
    """What is wrong with a request to sign in."""
    if urlsplit(asked.get("redirect_uri", "")).hostname not in ("127.0.0.1", "localhost", "::1"):
        return "The `redirect_uri` must be on this machine."
    if asked.get("response_type") != "code" or not asked.get("client_id"):
        return "Send `response_type=code` and a `client_id`."
    if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
        return "Send a `code_challenge` by `code_challenge_method=S256` (PKCE)."
    return None if "openid" in asked.get("scope", "").split() else "The `scope` must contain `openid`."


def _issuer(call: Call) -> str:
    return f"http://{call.headers.get('Host', '')}"


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        sent = json.loads(await request.text() or "{}")
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}
