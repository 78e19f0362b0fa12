"""Payloads of the mutations of vendor orders and shipments."""

from schema.fulfilment.types import VendorOrder
from schema.quotes.recipients import Recipient
from schema.quotes.types import Quote, QuoteItem
from schema.shared.lazy import LazyQuote
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject


@payload(changes=CHANGES)
class VendorOrderPayload:
    """For mutations that act on a vendor order."""

    quote: LazyQuote | None = subject(QUOTE, "quote")
    vendor_order: VendorOrder | None = subject(
        "The vendor order after the mutation; `null` if the mutation was refused.", "vendor_order"
    )


@payload(
    changes="Status changes of recipients and the quote, or with `dryRun` those that would follow. "
    "Empty for a repeated action."
)
class FulfilmentPayload:
    """For mutations that act on a recipient's devices."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    recipient: Recipient | None = subject(
        "The recipient after the mutation; `null` if the mutation was refused.", "recipient"
    )
