"""Where a device goes, as recipients and orders at the vendor both say it."""

from domain.quotes.recipients import SendTo as SendTo
from schema.shared.enums import describe

describe(
    SendTo,
    "Where the vendor ships an order.",
    EMPLOYEE="To a person.",
    STORAGE="To a store of the company.",
    OFFICE="To an office.",
    QUOTE_ONLY="Nowhere: only a price is asked for.",
)
