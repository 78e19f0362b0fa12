"""What the claims of a verified token say of a person. Which claims are read is set by the operator; a nested one is
named by its path, such as `resource_access.quotegraph.roles`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from domain.shared.access import Environment, Forbidden, Scope, Unauthorized

# How far the clocks of the provider and of this machine may be apart.
CLOCK_SKEW = timedelta(seconds=60)
LONGEST_NAME = 200
LONGEST_SUBJECT = 255
_LATEST = datetime(9999, 12, 31, tzinfo=UTC)
# Microsoft Entra says by this claim whether the owner of the address's domain was verified.
_VERIFIED = ("email_verified", "xms_edov")


@dataclass(frozen=True, slots=True)
class ClaimMapping:
    """The names of claims. Without a name, the claim is not read.

    `trust_emails` is for providers whose addresses are all verified, and who do not say so in each token.
    """

    email: str = "email"
    company: str | None = None
    environment: str | None = None
    role: str | None = None
    scopes: str | None = None
    trust_emails: bool = False


class SignIn(NamedTuple):
    """A person as a verified token describes them (docs/domain.md#people-who-sign-in).

    `company` is the code of a company, `environment` and `roles` are given if claims are mapped to them. `scopes` is
    None unless a claim is mapped to scopes; then the token permits these only.
    """

    issuer: str
    subject: str
    name: str
    email: str | None
    is_email_verified: bool
    company: str | None
    environment: Environment | None
    roles: tuple[str, ...]
    scopes: frozenset[str] | None
    expires_at: datetime

    @property
    def shown(self) -> str:
        """The e-mail address, or what else tells people apart."""
        return self.email or self.name


def sign_in_of(claims: Mapping[str, Any], mapping: ClaimMapping) -> SignIn:
    """The person of a verified token. Raises: Unauthorized, Forbidden."""
    subject, email = claims.get("sub"), claim(claims, mapping.email)
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise Unauthorized("The token has no usable `sub` claim.")
    email = email.strip().lower() if isinstance(email, str) and "@" in email and email.isprintable() else None
    return SignIn(
        issuer=str(claims["iss"]),
        subject=subject,
        name=_name(claims) or email or subject,
        email=email,
        is_email_verified=email is not None and (mapping.trust_emails or _is_verified(claims)),
        company=_only(claims, mapping.company),
        environment=_environment(_only(claims, mapping.environment), mapping.environment),
        roles=tuple(it.upper() for it in _words(claims, mapping.role)),
        scopes=frozenset(_words(claims, mapping.scopes)) & frozenset(map(str, Scope)) if mapping.scopes else None,
        expires_at=datetime.fromtimestamp(min(claims["exp"], _LATEST.timestamp()), UTC),
    )


def claim(claims: Mapping[str, Any], name: str | None) -> Any:
    """A claim by its name, or else by its path. None if there is none."""
    if name is None or name in claims:
        return claims.get(name or "")
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _name(claims: Mapping[str, Any]) -> str | None:
    named = [it.strip() for it in map(claims.get, ("name", "preferred_username")) if isinstance(it, str)]
    return next((it[:LONGEST_NAME] for it in named if it and it.isprintable()), None)


def _is_verified(claims: Mapping[str, Any]) -> bool:
    """Some providers write Booleans as text or as a number."""
    return any(str(claims.get(it)).lower() in ("true", "1") for it in _VERIFIED)


def _words(claims: Mapping[str, Any], name: str | None) -> tuple[str, ...]:
    """The words of a claim that is a list, or a text with spaces as that of OAuth's `scope`."""
    found = claim(claims, name)
    parts = found.split() if isinstance(found, str) else found if isinstance(found, list) else ()
    return tuple(it.strip() for it in parts if isinstance(it, str) and it.strip())


def _only(claims: Mapping[str, Any], name: str | None) -> str | None:
    """The only value of a claim. Raises: Forbidden."""
    found = claim(claims, name)
    given = found if isinstance(found, list) else [found]
    values = [it.strip() for it in given if isinstance(it, str) and it.strip()]
    if len(values) > 1:
        raise Forbidden(f"The claim `{name}` of the token has {len(values)} values. It must have one.")
    return values[0] if values else None


def _environment(value: str | None, name: str | None) -> Environment | None:
    if value is None:
        return None
    try:
        return Environment(value.upper())
    except ValueError:
        raise Forbidden(f"The claim `{name}` of the token is {value[:40]!r}. It must be `live` or `test`.") from None
