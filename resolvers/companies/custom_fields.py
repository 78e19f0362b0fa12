"""The filters of lists of custom fields."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.companies.custom_fields import FieldType
from resolvers.lists import DatedFilters, Narrowing


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFieldFilters(DatedFilters):
    """The filters of a list of custom fields, as entered."""

    type: Sequence[FieldType] | None = None
    include_archived: bool = False


def narrow(given: CustomFieldFilters, narrowing: Narrowing) -> None:
    """The conditions of a list of custom fields: archived ones are left out unless they are asked for."""
    narrowing.one_of("type", given.type)
    narrowing.equals("used", None if given.include_archived else True)
    narrowing.dates(given)
