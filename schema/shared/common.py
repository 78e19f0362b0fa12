"""What many types share: nodes, pages, money, people who act, and changes of status."""

from typing import Any, Generic, TypeVar

import strawberry

from domain.shared.access import Actor as ActorRow
from domain.shared.events import StatusChange as StatusChangeRow
from domain.shared.money import Money as MoneyRow
from domain.shared.money import MoneyDraft
from resolvers.connections import Connection as ConnectionValue
from resolvers.connections import ConnectionEdge
from schema.declare import Info as Info
from schema.declare import column, read_from, reference, type_of
from schema.shared.enums import ActorKind, StatusField
from schema.shared.scalars import CurrencyCode, DateTime, Decimal


@strawberry.input(description="An amount of money.")
class MoneyInput:
    amount: Decimal = strawberry.field(description="Not negative, with at most the currency's own digits.")
    currency_code: CurrencyCode = strawberry.field(description="The currency.")


def money(given: MoneyInput) -> MoneyDraft:
    return MoneyDraft(given.amount, given.currency_code)


def optional_money(given: MoneyInput | None) -> MoneyDraft | None:
    return None if given is None else money(given)


N = TypeVar("N")


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


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    id: strawberry.ID = strawberry.field(description="The id of this object in the whole graph. Opaque.")


@type_of(ConnectionValue)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = column("Whether there is more after this page.")
    has_previous_page: bool = column("Whether there is more before this page.")
    start_cursor: str | None = column("The cursor of the first row.")
    end_cursor: str | None = column("The cursor of the last row: pass it as `after` for the next page.")


@read_from(ConnectionEdge)
@strawberry.type(description="A row of a page.")
class Edge(Generic[N]):
    cursor: str = column("Names this row's place in the list.")
    node: N = column("The row.")


async def _total_count(root: strawberry.Parent[Any], info: Info) -> int:
    return await info.context.count(root.loader, root.key.whole())


@read_from(ConnectionValue)
@strawberry.type(description="A page of a list.")
class Connection(Generic[N]):
    edges: list[Edge[N]] = column("The rows of this page, each with its cursor.")
    nodes: list[N] = column("The rows of this page.")
    page_info: PageInfo = column("Where this page stands in the list.")

    total_count: int = strawberry.field(
        resolver=_total_count, description="How many rows the whole list has. Counted only when asked for."
    )


@type_of(MoneyRow)
class Money:
    """An amount of money."""

    amount: Decimal = column("The amount with the currency's own digits, such as `1450.00`.")
    currency_code: CurrencyCode = column("The currency.", attribute="currency")


@strawberry.input(
    description="A span of time. Both ends are excluded; an end given as a day is all of that day, in the time zone of "
    "the key's company, of a platform key in UTC."
)
class DateTimeRange:
    after: DateTime | None = strawberry.field(default=None, description="Later than this.")
    before: DateTime | None = strawberry.field(default=None, description="Earlier than this.")


@type_of(ActorRow)
class Actor:
    """Who did something."""

    kind: ActorKind = column("What sort of actor it is.")
    id: strawberry.ID = column("Tells actors of one kind apart.")
    name: str = column("How people call the actor.")


@type_of(StatusChangeRow)
class StatusChange:
    """The status of one object moved."""

    node: Node | None = reference("The object as it is now; null when it is gone.")
    node_id: strawberry.ID = column("The object's id, also when it is gone.")
    node_type: str = column("The object's type, such as `QuoteItem`, also when it is gone.")
    from_: str = column("The status before.", attribute="from_status", name="from")
    to: str = column("The status after.", attribute="to_status")
    field: StatusField = column("Which status of the object: a quote has four.")
