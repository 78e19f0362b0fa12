"""The filters of lists of webhook endpoints."""

from dataclasses import dataclass

from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpointFilters(DatedFilters):
    """The filters of a list of webhook endpoints, as entered."""

    is_active: bool | None = None


def narrow(given: WebhookEndpointFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of webhook endpoints."""
    narrowing.equals("is_active", given.is_active)
    narrowing.dates(given)
