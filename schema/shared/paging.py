"""The arguments of every page of a list."""

from typing import Annotated

import strawberry

from resolvers.connections import PageArguments

First = Annotated[int | None, strawberry.argument(description="How many, from the start: 1 to 100, by default 25.")]
After = Annotated[str | None, strawberry.argument(description="Only what comes after this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many, from the end: 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Only what comes before this cursor.")]


def arguments(first: int | None, after: str | None, last: int | None, before: str | None) -> PageArguments:
    return PageArguments(first, after, last, before)
