"""Lists narrowed by what integrators note on objects: external IDs and metadata."""

from typing import Any

from domain.shared.errors import Path
from domain.shared.metadata import VALUE_LENGTH
from domain.shared.parsers import identifier
from resolvers.context import Context
from resolvers.errors import checked
from resolvers.lists import Narrowing
from resolvers.nodes import single_match
from resolvers.pages import PageArguments, page_key


def narrow_noted(given: Any, narrowing: Narrowing, part: str | None = None) -> None:
    """The conditions of a list by the external ID and the metadata of its objects, or of a part of each."""
    if given is None:
        return
    name, path = ("", ()) if part is None else (f"{part}_", (part,))
    narrowing.parsed(f"{name}external_id", (*path, "externalId"), identifier, given.external_id)
    if given.metadata is not None:
        narrowing.equals(f"{name}metadata", _entry(given.metadata, narrowing, ("filter", *path, "metadata")))


def _entry(given: Any, narrowing: Narrowing, path: Path) -> tuple[str | None, str | None]:
    """The key and the value of an entry; any value, if that is None."""
    key = narrowing.problems.check((*path, "key"), identifier, given.key)
    if given.value is None:
        return key, None
    return key, narrowing.problems.check((*path, "value"), identifier, given.value, VALUE_LENGTH)


async def by_external_id(context: Context, type_name: str, loader: str, given: str) -> Any:
    """The object of a list with an external ID; None if there is none in the tenant scope.

    Raises: GraphQLError with VALIDATION_ERROR, if there are several.
    """
    path = ("by", "externalId")
    filters = [("external_id", checked(path, identifier, given))]
    key = page_key(loader, PageArguments(first=2), "CREATED_AT", True, filters=filters)
    return single_match(type_name, (await context.load(loader, key)).rows, path)
