"""The arguments of every page of a list."""

from typing import Annotated

import strawberry

First = Annotated[
    int | None,
    strawberry.argument(description="Number of items to return from the start of the list, 1 to 100. Default 25."),
]
After = Annotated[str | None, strawberry.argument(description="Returns items after this cursor.")]
Last = Annotated[
    int | None, strawberry.argument(description="Number of items to return from the end of the list, 1 to 100.")
]
Before = Annotated[str | None, strawberry.argument(description="Returns items before this cursor.")]
