"""What many filters of lists say and take."""

from typing import Any, ClassVar

import strawberry

from resolvers.lists import filters_of
from schema.shared.scalars import DateTime

# Said of every input that narrows a list.
MUST_HOLD = (
    "Filters combine with AND. An empty list matches nothing. An empty string is a "
    "`VALIDATION_ERROR`, except in `search`, where it matches everything."
)


# Said of every search.
WORDS = "Matches objects that contain all the words, in any order. Case, accents and apostrophes are ignored."


# Said of every list that can be narrowed to a country.
WHICH_COUNTRY = (
    "A complete ISO 3166-1 code or country name (`UK`, `Uruguay`, `España`) matches that country. Any"
    " other text matches all countries with that text in their name, in English or in their own "
    "languages. Text that matches no country is a `VALIDATION_ERROR`."
)


@strawberry.input(
    description="Range of time. Both ends are excluded. An end given as a date excludes that whole day in the "
    "time zone of the API key's company, or in UTC for a platform key."
)
class DateTimeRange:
    after: DateTime | None = strawberry.field(default=None, description="Only times after this one.")
    before: DateTime | None = strawberry.field(default=None, description="Only times before this one.")


class Filter:
    """An input that narrows a list. It has a field for each of the filters that `kind` is made of."""

    kind: ClassVar[type[Any]]

    def filters(self) -> Any:
        """The filters as plain data."""
        return filters_of(self.kind, self)


@strawberry.input
class DatedFilter(Filter):
    """The filters that every list of objects has."""

    created_at: DateTimeRange | None = strawberry.field(
        default=None, description="Only objects created in this range of time."
    )
    updated_at: DateTimeRange | None = strawberry.field(
        default=None, description="Only objects last updated in this range of time."
    )


def status_field(description: str = "Only objects with one of these statuses.") -> Any:
    """The filter by status, of every list of objects that have one."""
    return strawberry.field(default=None, description=description)


def include_archived_field(things: str) -> Any:
    """The filter that also shows what is archived, of every list of objects that can be."""
    return strawberry.field(default=False, description=f"Include archived {things}.")
