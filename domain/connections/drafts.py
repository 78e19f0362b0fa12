"""What may be entered of a connection (docs/domain.md#connections)."""

from dataclasses import dataclass

from domain.connections.systems import ADDRESS_ENDS, Credentials, System
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.money import parse_currency
from domain.shared.parsers import NAME_LENGTH, text
from domain.shared.tenant_urls import tenant_url

MOST_CONNECTIONS = 20
SECRET_LENGTH = 4_000
DEFAULT_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """A connection as entered. What is None is not given."""

    name: str | None = None
    base_url: str | None = None
    currency: str | None = None
    credentials: Credentials | None = None
    credentials_of: System | None = None
    credentials_path: Path = ("credentials",)
    # The attributes of the credentials that are not given.
    omitted: frozenset[str] = frozenset()

    def over(self, known: "ConnectionDraft") -> "ConnectionDraft":
        """This draft, with known values where it gives none."""
        return ConnectionDraft(
            known.name if self.name is None else self.name,
            known.base_url if self.base_url is None else self.base_url,
            known.currency if self.currency is None else self.currency,
            self.credentials,
            self.credentials_of,
            self.credentials_path,
            self.omitted,
        )


@dataclass(frozen=True, slots=True)
class ParsedConnection:
    """A connection as it was understood. Without credentials, the known ones stay, and of them what is omitted."""

    name: str
    base_url: str
    currency: str
    credentials: Credentials | None
    omitted: frozenset[str] = frozenset()


def parse_connection(
    draft: ConnectionDraft, system: System, problems: Problems, loopback: bool
) -> ParsedConnection | None:
    """The connection that was entered. With `loopback`, its address may be one of this machine. What is wrong is
    noted."""
    name = problems.check(("name",), text, draft.name or "", NAME_LENGTH)
    base_url = problems.check(("baseUrl",), _base_url, draft.base_url or "", system, loopback)
    currency = problems.check(("currencyCode",), parse_currency, draft.currency or DEFAULT_CURRENCY)
    if draft.credentials is not None and draft.credentials_of != system:
        message = f"These are credentials of {draft.credentials_of}, and the system is {system}."
        problems.add(draft.credentials_path, ErrorCode.NOT_ALLOWED, message)
    elif draft.credentials is not None:
        token = "apiKey" if system == System.QUICK_QUOTE else "token"
        problems.check((*draft.credentials_path, token), _secret, draft.credentials.token)
        for field in ("uuid", "webhook_secret"):
            given = getattr(draft.credentials, field)
            if given is not None:
                path = {"uuid": "integrationId", "webhook_secret": "webhookSecret"}[field]
                problems.check((*draft.credentials_path, path), _secret, given)
    if name is None or base_url is None or currency is None:
        return None
    return ParsedConnection(name, base_url, currency, draft.credentials, draft.omitted)


def _base_url(given: str, system: System, loopback: bool) -> str:
    """The address below which a system answers, in one of the ways in which it can be written, without a slash at the
    end. Raises: Invalid."""
    url = tenant_url(given, loopback)
    if "?" in url:
        raise Invalid(ErrorCode.INVALID_URL, "Send the address without the part from ? on.")
    return url.rstrip("/").removesuffix(ADDRESS_ENDS.get(system, ""))


def _secret(given: str) -> str:
    """A secret is sent as it was given, in a header: in visible ASCII. Raises: Invalid."""
    if not given.strip():
        raise Invalid(ErrorCode.REQUIRED, "This must not be empty.")
    if len(given) > SECRET_LENGTH:
        raise Invalid(ErrorCode.TOO_LONG, f"At most {SECRET_LENGTH:,} characters, not {len(given):,}.")
    if not given.isascii() or not given.isprintable() or given != given.strip():
        raise Invalid(ErrorCode.INVALID_TEXT, "Send the secret as the system shows it, without blanks around it.")
    return given
