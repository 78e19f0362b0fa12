"""The page of the playground: with the keys of a demo to choose from, and the identity provider to sign in with."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web

from app import playground
from app.server.answers import VARIES


class SignInOffer(NamedTuple):
    """What the page needs to sign a person in with the identity provider.

    `audience` is asked for where the token is to be for another audience than the client itself.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    client_id: str
    scope: str
    audience: str | None


SignInOffers = Callable[[], Awaitable[SignInOffer | None]]


async def no_offer() -> None:
    """There is no identity provider."""


class PlaygroundPage:
    """Answers with the page."""

    def __init__(self, graphql_path: str) -> None:
        self._path = graphql_path
        self._offers: SignInOffers = no_offer
        self._demo_keys: Mapping[str, str] = {}
        self._pages: dict[SignInOffer | None, str] = {}

    def offer_keys(self, demo_keys: Mapping[str, str]) -> None:
        """Shows the public keys of a demo, to choose from."""
        self._demo_keys = demo_keys
        self._pages.clear()

    def offer_sign_in(self, offers: SignInOffers) -> None:
        """Shows a button to sign in as long as there is an offer."""
        self._offers = offers

    async def get(self) -> web.Response:
        offer = await self._offers()
        if offer not in self._pages:
            self._pages = {offer: playground.page(self._path, self._demo_keys, _for_page(offer))}
        policy = playground.CSP if offer is None else playground.policy_with(_origin(offer.token_endpoint))
        headers = {"Content-Security-Policy": policy} | VARIES
        return web.Response(text=self._pages[offer], content_type="text/html", headers=headers)


def _for_page(offer: SignInOffer | None) -> str:
    if offer is None:
        return "null"
    return json.dumps(
        {
            "issuer": offer.issuer,
            "authorizationEndpoint": offer.authorization_endpoint,
            "tokenEndpoint": offer.token_endpoint,
            "clientId": offer.client_id,
            "scope": offer.scope,
            "audience": offer.audience,
            "usesIdToken": offer.audience is None,
        }
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
