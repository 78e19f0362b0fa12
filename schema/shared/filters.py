"""What many filters of lists say and take."""

import strawberry

from schema.shared.scalars import DateTime

# Said of every input that narrows a list.
MUST_HOLD = (
    "All that is given must hold. Of an empty list nothing can be one, so that nothing is found; an empty text is a "
    "VALIDATION_ERROR, but in `search`, where it means everything."
)


# Said of every search.
WORDS = "All these words, in any order; case, accents and apostrophes make no difference."


# Said of every list that can be narrowed to a country.
WHICH_COUNTRY = (
    "A whole ISO 3166-1 code or name (`UK`, `Uruguay`, `España`) means exactly that country; anything else is a part "
    "of a name, in English or the country's own languages, which may fit several. What fits none is a VALIDATION_ERROR."
)


@strawberry.input(
    description="A span of time. Both ends are excluded; an end given as a day is all of that day, in the time zone of "
    "the key's company, of a platform key in UTC."
)
class DateTimeRange:
    after: DateTime | None = strawberry.field(default=None, description="Later than this.")
    before: DateTime | None = strawberry.field(default=None, description="Earlier than this.")
