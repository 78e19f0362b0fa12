"""What mutations of orders and shipments answer."""

from schema.fulfilment.types import VendorOrder
from schema.quotes.types import Quote, QuoteItem, Recipient
from schema.shared.lazy import LazyQuote
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject


@payload(changes=CHANGES)
class VendorOrderPayload:
    """What came of an action about an order at the vendor."""

    quote: LazyQuote | None = subject(QUOTE, "quote")
    vendor_order: VendorOrder | None = subject(
        "The order as it is now; null when the action was refused.", "vendor_order"
    )


@payload(changes="Every recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated action.")
class FulfilmentPayload:
    """What came of an action about a recipient's device."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    recipient: Recipient | None = subject("The recipient as it is now; null when the action was refused.", "recipient")


@payload(changes=CHANGES)
class CompleteQuotePayload:
    """What came of closing a quote."""

    quote: Quote | None = subject(QUOTE, "quote")
