"""Resolvers for kits."""

from dataclasses import dataclass

from domain.shared.parsers import given_text, identifier
from domain.shared.tags import TAG_LENGTH
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class KitFilters(DatedFilters):
    """The filters of a list of kits, as entered."""

    search: str | None = None
    tag: str | None = None
    region: str | None = None


def narrow(given: KitFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of kits (docs/domain.md#lists)."""
    narrowing.search(given.search)
    narrowing.parsed("tag", ("tag",), given_text, given.tag, TAG_LENGTH)
    narrowing.parsed("region", ("region",), identifier, given.region)
    narrowing.dates(given)
