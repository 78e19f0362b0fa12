"""Signing in with an identity provider, put together from the settings. Without an issuer, nobody signs in."""

from collections.abc import Sequence
from functools import partial

import aiohttp

from adapters.database.companies.access import SqlCompanyAccess
from adapters.database.core.engine import Database
from adapters.database.members.memberships import SqlMemberships
from adapters.oidc.documents import ProviderUnavailable
from adapters.oidc.provider import Provider
from adapters.oidc.verifier import TokenVerifier
from app.oidc_settings import OidcSettings
from app.server.credentials.identity_tokens import IdentityTokens
from app.server.credentials.sources import CredentialSource
from app.server.playground_page import SignInOffer
from domain.ports.dependencies import Dependencies
from domain.use_cases.members.joining import note_sign_in
from resolvers.budgets import WrongKeys


class SignIns:
    """What the authenticator and the playground need of the identity provider."""

    def __init__(
        self,
        settings: OidcSettings,
        session: aiohttp.ClientSession,
        database: Database,
        deps: Dependencies,
        wrong_keys: WrongKeys,
    ) -> None:
        self._settings = settings
        self._provider = Provider(settings.oidc_issuer, session) if settings.oidc_issuer else None
        self.sources: Sequence[CredentialSource] = ()
        if self._provider is not None:
            verifier = TokenVerifier(
                self._provider, settings.token_audience, settings.token_clients, settings.claim_mapping, deps.now
            )
            companies, members = SqlCompanyAccess(database), SqlMemberships(database)
            note = partial(note_sign_in, deps)
            self.sources = (IdentityTokens(verifier, companies, members, note, deps.now, wrong_keys),)

    async def offer(self) -> SignInOffer | None:
        """Returns what the playground needs; None while the provider does not answer, or without a client."""
        if self._provider is None or not self._settings.oidc_client_id:
            return None
        try:
            endpoints = await self._provider.endpoints()
        except ProviderUnavailable:
            return None
        settings = self._settings
        own = settings.token_audience == settings.oidc_client_id
        return endpoints and SignInOffer(
            issuer=self._provider.issuer,
            authorization_endpoint=endpoints.authorization,
            token_endpoint=endpoints.token,
            client_id=settings.oidc_client_id or "",
            scope=settings.oidc_scope,
            audience=None if own else settings.token_audience,
        )

    async def close(self) -> None:
        if self._provider is not None:
            await self._provider.close()
