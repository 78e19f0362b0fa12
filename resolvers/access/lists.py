"""The filters of lists of API keys and access tokens, as entered."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.access.statuses import CredentialStatus
from domain.shared.ids import parse_id
from domain.shared.parsers import email
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyFilters(DatedFilters):
    """The filters of a list of API keys."""

    status: Sequence[CredentialStatus] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTokenFilters(DatedFilters):
    """The filters of a list of access tokens."""

    status: Sequence[CredentialStatus] | None = None
    api_key_id: str | None = None
    email: str | None = None


def narrow_keys(given: ApiKeyFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of API keys."""
    narrowing.one_of("status", given.status)
    narrowing.dates(given)


def narrow_tokens(given: AccessTokenFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of access tokens."""
    narrowing.one_of("status", given.status)
    if given.api_key_id is not None:
        found = narrowing.problems.check(("filter", "apiKeyId"), parse_id, given.api_key_id, "ApiKey")
        narrowing.one_of("api_key_id", [] if found is None else [found[1]])
    if given.email is not None:
        address = narrowing.problems.check(("filter", "email"), email, given.email)
        narrowing.one_of("email", [] if address is None else [address])
    narrowing.dates(given)
