"""Price options: named prices for a quote as a whole, of which the customer accepts exactly one
(docs/domain.md#price-options). The totals of the lines are unaffected.

Building and selecting them is in `domain/quotes/price_options.py`.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.access import Actor, ActorType
from domain.shared.errors import NodeRef
from domain.shared.money import Money


class PriceOptionStatus(StrEnum):
    """The status of a price option (docs/domain.md#price-options)."""

    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class PriceOption(NamedTuple):
    """A name and a price for a quote as a whole, of which `upfront` is due at once (docs/domain.md#price-options)."""

    id: str
    tenant_id: int
    quote_id: str
    position: int
    name: str
    price_minor: int
    upfront_minor: int
    price_currency: str
    status: PriceOptionStatus
    accepted_at: datetime | None
    accepted_by_kind: str | None
    accepted_by_id: str | None
    accepted_by_name: str | None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @staticmethod
    def derived() -> dict[str, tuple[str, ...]]:
        """The columns that the properties need, for readers that load only the requested columns."""
        by = ("accepted_by_kind", "accepted_by_id", "accepted_by_name")
        upfront = ("upfront_minor", "price_currency")
        return {"price": ("price_minor", "price_currency"), "upfront": upfront, "accepted_by": by}

    @property
    def ref(self) -> NodeRef:
        return NodeRef("PriceOption", self.id)

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.price_currency)

    @property
    def upfront(self) -> Money:
        return Money(self.upfront_minor, self.price_currency)

    @property
    def accepted_by(self) -> Actor | None:
        """The actor who accepted the option."""
        if self.accepted_by_kind is None:
            return None
        return Actor(ActorType(self.accepted_by_kind), self.accepted_by_id or "", self.accepted_by_name or "")
