"""The mutation that proposes an alternative to an item."""

import strawberry

from domain.quotes.alternatives import AlternativeDraft
from domain.shared.access import Scope
from domain.use_cases.quotes import alternatives
from domain.use_cases.quotes.alternatives import ProposeAlternative
from schema.catalogue.inputs import SpecificationInput
from schema.declare import mutation
from schema.quotes.inputs import item
from schema.quotes.types import Alternative, Quote, QuoteItem
from schema.shared.audiences import CUSTOMER
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.payloads import ITEM, QUOTE, payload, subject
from schema.shared.scalars import URL


@strawberry.input(description="Input for `proposeAlternative`.")
class ProposeAlternativeInput:
    item_id: strawberry.ID = strawberry.field(description="The item that the alternative is proposed for.")
    specification: SpecificationInput = strawberry.field(
        description="Specification of the device. The brand or model is required."
    )
    description: str | None = strawberry.field(
        default=None, description=f"Description of the alternative. At most 5,000 characters. {CUSTOMER}"
    )
    price: MoneyInput | None = strawberry.field(default=None, description="Price of one device, if known.")
    is_exact_match: bool = strawberry.field(
        default=False, description="Whether the device is exactly the requested one."
    )
    image_url: URL | None = strawberry.field(
        default=None,
        description="URL of a picture. The customer's page shows it if the URL is `https`. The customer's "
        "browser loads it from there, without sending the address of the page.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> ProposeAlternative:
        draft = AlternativeDraft(self.specification.draft(), self.description, self.is_exact_match, self.image_url)
        return ProposeAlternative(item(self.item_id), draft, optional_money(self.price))


@payload(changes="Status changes.")
class ProposeAlternativePayload:
    """For `proposeAlternative`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The new alternative.", "alternative")


@strawberry.type
class AlternativeMutations:
    propose_alternative = mutation(
        "Proposes an alternative on an open line.",
        Scope.QUOTES_MANAGE,
        ProposeAlternativeInput,
        alternatives.propose_alternative,
        ProposeAlternativePayload,
    )
