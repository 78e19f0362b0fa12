"""What many filters of lists say and take."""

import strawberry

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
