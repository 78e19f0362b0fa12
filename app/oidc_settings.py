"""The settings of signing in with an identity provider (docs/guides/sign-in.md). `Settings` inherits them."""

from pydantic import BaseModel, field_validator, model_validator

from adapters.oidc.documents import is_safe
from domain.sign_in.claims import ClaimMapping


class OidcSettings(BaseModel):
    """One identity provider. Without an issuer, people do not sign in."""

    # The provider's issuer, exactly as in its discovery document and in `iss`, with or without a slash at the end.
    oidc_issuer: str | None = None
    # What `aud` of a token must name. Default: the client of the playground, whose ID tokens are then accepted.
    oidc_audience: str | None = None
    # The client with which the playground signs in, and others that tokens may name, separated by commas.
    oidc_client_id: str | None = None
    oidc_clients: str = ""
    # What the playground asks for when it signs in.
    oidc_scope: str = "openid email profile"
    # The names of claims. Without a name, a claim is not read.
    oidc_email_claim: str = "email"
    oidc_company_claim: str | None = None
    oidc_environment_claim: str | None = None
    oidc_role_claim: str | None = None
    oidc_scopes_claim: str | None = None
    # Whether addresses count as verified without `email_verified`.
    oidc_trust_emails: bool = False

    @field_validator("oidc_issuer")
    @classmethod
    def _usable_issuer(cls, value: str | None) -> str | None:
        if value and (not is_safe(value) or "?" in value):
            raise ValueError("set an address with https, such as https://id.example.com, or one of this machine")
        return value or None

    @field_validator(
        "oidc_audience",
        "oidc_client_id",
        "oidc_company_claim",
        "oidc_environment_claim",
        "oidc_role_claim",
        "oidc_scopes_claim",
    )
    @classmethod
    def _none_if_empty(cls, value: str | None) -> str | None:
        return value.strip() or None if value else None

    @model_validator(mode="after")
    def _for_somebody(self) -> "OidcSettings":
        if self.oidc_issuer and not (self.oidc_audience or self.oidc_client_id):
            raise ValueError("QUOTEGRAPH_OIDC_ISSUER: set QUOTEGRAPH_OIDC_AUDIENCE too, which `aud` of tokens names.")
        return self

    @property
    def token_audience(self) -> str:
        """What `aud` of a token must name."""
        return self.oidc_audience or self.oidc_client_id or ""

    @property
    def token_clients(self) -> tuple[str, ...]:
        """The clients of which a token must name one; none: any."""
        named = (self.oidc_client_id or "", *self.oidc_clients.split(","))
        return tuple(it.strip() for it in named if it.strip())

    @property
    def claim_mapping(self) -> ClaimMapping:
        return ClaimMapping(
            self.oidc_email_claim,
            self.oidc_company_claim,
            self.oidc_environment_claim,
            self.oidc_role_claim,
            self.oidc_scopes_claim,
            self.oidc_trust_emails,
        )
