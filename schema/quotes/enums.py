"""The statuses of quotes and their parts, and the choices of their inputs."""

from enum import StrEnum

from domain.quotes.discounts import DiscountType
from domain.quotes.item_details import WeightUnit
from domain.quotes.price_options import PriceOptionStatus
from domain.quotes.recipients import SendTo
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    LineDecision,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
    Verdict,
)
from schema.shared.enums import describe

__all__ = [
    "DecisionStatus",
    "DiscountType",
    "FulfilmentStatus",
    "LineDecision",
    "OfferStatus",
    "PriceOptionStatus",
    "QuoteOfferStatus",
    "QuoteOrderField",
    "QuoteStatus",
    "RecipientStatus",
    "SendTo",
    "Verdict",
    "WeightUnit",
]

describe(
    QuoteStatus,
    "Where a quote stands as a whole. It follows from its offer, its decision and its fulfilment.",
    PENDING="A line is still undecided.",
    APPROVED="It was approved: every line is decided and at least one accepted. Orders may have been placed.",
    IN_PROGRESS="At least one device is on its way.",
    DELIVERED="Every accepted device was delivered.",
    COMPLETED="Closed.",
    REJECTED="Every line was rejected, or the customer declined the quote.",
    CANCELLED="Called off: cancelled, voided, or expired before anything was accepted.",
)
describe(
    QuoteOfferStatus,
    "Where the offer that a quote makes its customer stands.",
    DRAFT="It was not sent yet. It can be decided on all the same.",
    SENT="It was sent to the customer.",
    VIEWED="The customer has opened it.",
    EXPIRED="Its time ended before it was decided.",
    VOIDED="The operator took it back.",
    CANCELLED="The company no longer wants it.",
    DELETED="It was deleted. Only events still tell of it.",
)
describe(
    DecisionStatus,
    "What the customer said to a quote as a whole, by its lines or in one word.",
    PENDING="Nothing yet: a line is still undecided.",
    APPROVED="Yes, to at least one line; none is undecided.",
    REJECTED="No, to one line after the other.",
    DECLINED="No, to the whole quote.",
)
describe(
    FulfilmentStatus,
    "How far the devices of a quote have come.",
    NONE="The vendor has no order yet.",
    ORDERED="The vendor has at least one order.",
    IN_PROGRESS="At least one device is on its way.",
    DELIVERED="Every accepted device was delivered.",
    COMPLETED="An operator has closed the quote.",
)
describe(
    OfferStatus,
    "Where an offer stands.",
    PENDING="It has no price yet.",
    SOURCED="It has a price and can be accepted.",
    ACCEPTED="It was accepted.",
    REJECTED="It was rejected, by someone or because another offer of its line was accepted.",
)
describe(
    LineDecision,
    "What was decided on a line. All but UNDECIDED are final.",
    UNDECIDED="Nothing yet.",
    ITEM_ACCEPTED="The device asked for was accepted.",
    ALTERNATIVE_ACCEPTED="An alternative was accepted.",
    REJECTED="The item and all its alternatives were rejected.",
)
describe(
    RecipientStatus,
    "Where the device of a recipient stands.",
    PENDING="Nothing was decided yet.",
    APPROVED="The line was accepted.",
    SHIPPED="The device is on its way.",
    DELIVERED="The device has arrived.",
    REJECTED="The line was rejected.",
    CANCELLED="Its order was cancelled at the vendor; `retryVendorOrder` places another.",
)
describe(
    PriceOptionStatus,
    "Where a price option stands.",
    OFFERED="It can be accepted while its quote is undecided.",
    ACCEPTED="It was accepted.",
    REJECTED="Another option of its quote was accepted.",
)
describe(
    SendTo,
    "Where the vendor ships an order.",
    EMPLOYEE="To a person.",
    STORAGE="To a store of the company.",
    OFFICE="To an office.",
    QUOTE_ONLY="Nowhere: only a price is asked for.",
)
describe(
    WeightUnit,
    "What a weight is given in.",
    G="Grams.",
    KG="Kilograms.",
    OZ="Ounces.",
    LB="Pounds.",
)
describe(
    DiscountType,
    "How a discount is given.",
    FIXED_AMOUNT="As an amount of money for the whole line or quote, at most what it costs.",
    PERCENTAGE="In per cent, rounded to the nearest minor unit, a half up.",
)
describe(Verdict, "What to say to an offer.", ACCEPT="Accept it.", REJECT="Reject it.")


class QuoteOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    QuoteOrderField,
    "What quotes can be ordered by.",
    CREATED_AT="When they were asked for.",
    UPDATED_AT="When anything of them last changed.",
)
