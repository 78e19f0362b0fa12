"""Price options: the several prices at which a quote can be had."""

import strawberry

from domain.quotes import price_options as rows
from domain.quotes.price_options import PriceOptionStatus as PriceOptionStatus
from schema.declare import column, edge, identity, type_of
from schema.shared.audiences import CUSTOMER
from schema.shared.common import Actor, Money, Node
from schema.shared.enums import describe
from schema.shared.lazy import LazyQuote
from schema.shared.scalars import DateTime

describe(
    PriceOptionStatus,
    "Where a price option stands.",
    OFFERED="It can be accepted while its quote is undecided.",
    ACCEPTED="It was accepted.",
    REJECTED="Another option of its quote was accepted.",
)


@type_of(rows.PriceOption)
class PriceOption(Node):
    """A name and a price at which a quote can be had as a whole. At most one option of a quote is accepted."""

    id: strawberry.ID = identity("PriceOption")
    quote: LazyQuote = edge("The quote.", loader="quote", key="quote_id")
    name: str = column(f"What it is called. {CUSTOMER}")
    price: Money = column("What the quote costs in this way.")
    upfront: Money = column("How much of it is due at once.")
    status: PriceOptionStatus = column("Where it stands.")
    accepted_at: DateTime | None = column("When it was accepted.")
    accepted_by: Actor | None = column("Who accepted it.")
