"""Payloads of mutations: what all of them have, declared once."""

from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

import strawberry

from resolvers.mutations import Result
from schema.declare import column, edge, read_from, same_row
from schema.shared.errors import UserError
from schema.shared.lazy import LazyQuery
from schema.shared.status_changes import StatusChange

T = TypeVar("T", bound=type)

CHANGES = "Status changes made by the mutation, or with `dryRun` those it would make."
ERRORS = "Reasons why the mutation was refused. Empty if it succeeded."
AFTERWARDS = "Root of all queries, to read anything as it is after the mutation."
QUOTE = "The quote after the mutation. Null if the mutation was refused."
ITEM = "The item after the mutation. Null if the mutation was refused."


@dataclass_transform(kw_only_default=True)
def payload(changes: str | None = None, errors: str = ERRORS, result: type = Result) -> Callable[[T], T]:
    """Declares the fields of payloads: those of the class, `changes` where they are described, `userErrors` and
    `query`. `mutation()` makes a type of its own with them for each mutation."""

    def decorate(cls: T) -> T:
        if changes is not None:
            _declare(cls, "changes", list[StatusChange], column(changes))
        _declare(cls, "user_errors", list[UserError], column(errors))
        _declare(cls, "query", LazyQuery, same_row(AFTERWARDS))
        return strawberry.type(read_from(result)(cls))

    return decorate


def _declare(cls: type, name: str, type_: Any, field: Any) -> None:
    cls.__annotations__[name] = type_
    setattr(cls, name, field)


def joined(what: str, listed: str) -> str:
    """The description of the field with the edge of a new object."""
    return (
        f"The new {what} as an edge of `{listed}` in its default order, to add it to a list that was read. Null if "
        "there is none."
    )


def subject(description: str, loader: str) -> Any:
    """The field of a payload with an object that the mutation is about."""
    return edge(description, loader=loader, key=f"{loader}_id")
