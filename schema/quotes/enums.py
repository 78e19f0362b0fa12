"""Enums of quotes: the statuses of quotes and their parts, and the choices of their inputs."""

from domain.quotes.discounts import DiscountType
from domain.quotes.item_details import WeightUnit
from domain.quotes.price_option_rows import PriceOptionStatus
from domain.quotes.recipients import Destination
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    QuoteMilestone,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
    Verdict,
)
from schema.shared.enums import describe

__all__ = [
    "DecisionStatus",
    "Destination",
    "DiscountType",
    "FulfilmentStatus",
    "LineDecision",
    "OfferStatus",
    "PriceOptionStatus",
    "QuoteMilestone",
    "QuoteOfferStatus",
    "QuoteStatus",
    "RecipientStatus",
    "Verdict",
    "WeightUnit",
]

describe(
    QuoteStatus,
    "Status of a quote. Derived from its offer status, decision status and fulfilment status.",
    PENDING="At least one line is undecided.",
    APPROVED="Every line is decided and at least one is accepted. Orders may have been placed.",
    IN_PROGRESS="At least one device has been shipped.",
    DELIVERED="Every accepted device is delivered.",
    COMPLETED="An operator closed the delivered quote.",
    REJECTED="Every line is rejected, or the customer declined the quote.",
    CANCELLED="The quote was cancelled, voided or deleted, or it expired while it was undecided.",
)
describe(
    QuoteOfferStatus,
    "Status of the offer that a quote makes to its customer.",
    DRAFT="The quote has not been sent yet. It can be decided on anyway.",
    SENT="The quote was sent to the customer.",
    VIEWED="The customer has opened the quote.",
    EXPIRED="The quote expired before it was decided.",
    VOIDED="An operator withdrew the quote.",
    CANCELLED="The quote was cancelled, because the company no longer wants it.",
    DELETED="The quote was deleted. Only its events remain.",
)
describe(
    DecisionStatus,
    "Decision on a quote as a whole, made line by line or at once.",
    PENDING="At least one line is undecided.",
    APPROVED="At least one line is accepted and none is undecided.",
    REJECTED="Every line was rejected, one by one.",
    DECLINED="The quote was declined as a whole.",
)
describe(
    QuoteMilestone,
    "What a quote reaches besides its statuses.",
    SIGNED="A customer has signed the quote.",
)
describe(
    FulfilmentStatus,
    "Fulfilment status of a quote: how far its devices are.",
    NONE="The vendor has not received an order yet.",
    ORDERED="The vendor has received at least one order.",
    IN_PROGRESS="At least one device has been shipped.",
    DELIVERED="Every accepted device is delivered.",
    COMPLETED="An operator closed the quote.",
)
describe(
    OfferStatus,
    "Status of an offer, that is of an item or an alternative.",
    PENDING="The offer has no price yet.",
    SOURCED="The offer has a price and can be accepted.",
    ACCEPTED="The offer was accepted.",
    REJECTED="The offer was rejected, by somebody or because another offer of its line was accepted.",
)
describe(
    LineDecision,
    "Decision on a line. All values except UNDECIDED are final.",
    UNDECIDED="The line is undecided.",
    ITEM_ACCEPTED="The item was accepted.",
    ALTERNATIVE_ACCEPTED="An alternative was accepted.",
    REJECTED="The item and all its alternatives were rejected.",
)
describe(
    RecipientStatus,
    "Status of a recipient's devices.",
    PENDING="The line is undecided.",
    APPROVED="The line was accepted.",
    SHIPPED="The devices have been shipped.",
    DELIVERED="The devices are delivered.",
    REJECTED="The line was rejected.",
    CANCELLED="The vendor order was cancelled; `retryVendorOrder` places a new one.",
)
describe(
    PriceOptionStatus,
    "Status of a price option.",
    OFFERED="The option can be accepted while the quote is undecided.",
    ACCEPTED="The option was accepted.",
    REJECTED="Another price option of the quote was accepted.",
)
describe(
    Destination,
    "Type of destination that devices are sent to.",
    EMPLOYEE="A person.",
    STORAGE="A store of the company.",
    OFFICE="An office.",
    QUOTE_ONLY="None: only a price is requested.",
)
describe(
    WeightUnit,
    "Unit of a weight.",
    G="Grams.",
    KG="Kilograms.",
    OZ="Ounces.",
    LB="Pounds.",
)
describe(
    DiscountType,
    "Type of a discount.",
    FIXED_AMOUNT="A fixed amount for the whole line or quote, at most its price.",
    PERCENTAGE="A percentage. The discount is rounded half up to the nearest minor unit of the currency.",
)
describe(Verdict, "Decision on an offer.", ACCEPT="Accept the offer.", REJECT="Reject the offer.")
