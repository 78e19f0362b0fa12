"""Lists: what is asked of one, at the root or inside an object, becomes the keys of its pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar

from domain.shared.errors import InvalidInput, Path, Problems
from domain.shared.paging import PageKey
from domain.shared.parsers import NAME_LENGTH, camel, optional_text
from domain.shared.times import SPAN
from resolvers.context import Context
from resolvers.errors import validation_error
from resolvers.pages import ListOrder, PageArguments, page_key

F = TypeVar("F")

Conditions = tuple[tuple[str, Any], ...]


class TimeRange(Protocol):
    """A range of time, as entered. Both ends are optional."""

    after: Any
    before: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFilters:
    """The filters of every list of objects, as entered."""

    created_at: TimeRange | None = None
    updated_at: TimeRange | None = None


def filters_of(kind: type[F], given: Any) -> F:
    """The filters of a list, from an input that has fields of the same names."""
    return kind(**{it.name: getattr(given, it.name) for it in fields(kind)})  # type: ignore[arg-type]


class Narrowing:
    """Collects the conditions of a list by the names of its loader's filters, and what is wrong with the filter.

    A value that is None adds no condition. Days are in the time zone. `tenant_id` is None for callers of all companies.
    """

    def __init__(self, zone: str, tenant_id: int | None = None) -> None:
        self._zone = zone
        self.tenant_id = tenant_id
        self.problems = Problems()
        self._conditions: list[tuple[str, Any]] = []

    def equals(self, name: str, value: Any) -> None:
        """A condition with the value as it is."""
        if value is not None:
            self._conditions.append((name, value))

    def one_of(self, name: str, values: Sequence[Any] | None) -> None:
        """A condition that one of the values holds. An empty list matches nothing."""
        self.equals(name, None if values is None else tuple(values))

    def holds(self, name: str, otherwise: str, wanted: bool | None) -> None:
        """The condition `name` if true is wanted, and `otherwise` if false is."""
        if wanted is not None:
            self.equals(name if wanted else otherwise, True)

    def parsed(self, name: str, path: Path, parse: Callable[..., Any], given: Any, *limits: Any) -> None:
        """A condition with what a parser makes of the value; `path` is that of the field within the filter."""
        if given is not None:
            self.equals(name, self.problems.check(("filter", *path), parse, given, *limits))

    def search(self, given: str | None) -> None:
        """The words of a search. An empty text matches everything."""
        self.parsed("search", ("search",), optional_text, given, NAME_LENGTH)

    def times(self, name: str, given: TimeRange | None) -> None:
        """Both ends of a range of time, as the filters `<name>_after` and `<name>_before`."""
        for end in ("after", "before") if given is not None else ():
            self.parsed(f"{name}_{end}", (camel(name), end), SPAN[end], getattr(given, end), self._zone)

    def dates(self, given: DatedFilters) -> None:
        """The filters of every list of objects."""
        self.times("created_at", given.created_at)
        self.times("updated_at", given.updated_at)

    def conditions(self, fixed: Conditions = ()) -> Conditions:
        """All conditions, after those that always hold. Raises: GraphQLError with VALIDATION_ERROR."""
        try:
            self.problems.raise_if_any()
        except InvalidInput as invalid:
            raise validation_error(invalid) from None
        return (*fixed, *self._conditions)


Narrow = Callable[[Any, Narrowing], None]


def pages_of_list(
    context: Context,
    loader: str,
    narrow: Narrow,
    given: Any,
    order: ListOrder,
    page: PageArguments,
    fixed: Conditions = (),
) -> Callable[[Any], PageKey]:
    """A function from a parent, or None for the whole tenant scope, to the key of the page of its list.

    Raises: GraphQLError with VALIDATION_ERROR.
    """
    narrowing = Narrowing(context.caller.time_zone, context.caller.tenant_id)
    narrow(given, narrowing)
    key = page_key(loader, page, order.field, order.descending, filters=narrowing.conditions(fixed))
    return lambda parent: key._replace(parent=parent)
