"""What operators do about orders at the vendor, and say of recipients' devices and delivered quotes.

A mutation of an order writes down what the vendor is to be asked and does not wait for the answer: `VendorOrder.asked`
says that it is still to come.
"""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.fulfilment import shipments, vendor_orders
from schema.declare import mutation
from schema.fulfilment.inputs import (
    CancelVendorOrderInput,
    CompleteQuoteInput,
    CompleteVendorOrderInput,
    ConfirmVendorOrderInput,
    DeliverRecipientInput,
    RetryVendorOrderInput,
    SelectVendorAlternativeInput,
    SetRecipientInvoiceInput,
    SetRecipientSerialNumbersInput,
    SetRecipientTrackingInput,
    ShipRecipientInput,
)
from schema.fulfilment.payloads import CompleteQuotePayload, FulfilmentPayload, VendorOrderPayload


@strawberry.type
class VendorOrderMutations:
    confirm_vendor_order: VendorOrderPayload | None = mutation(
        "Have a quoted order confirmed at its price, whatever was agreed with the customer.",
        Scope.QUOTES_MANAGE,
        ConfirmVendorOrderInput,
        vendor_orders.confirm_order,
    )
    cancel_vendor_order: VendorOrderPayload | None = mutation(
        "Have an order cancelled that the vendor has not confirmed, or does not have.",
        Scope.QUOTES_MANAGE,
        CancelVendorOrderInput,
        vendor_orders.cancel_order,
    )
    select_vendor_alternative: VendorOrderPayload | None = mutation(
        "Have one of the vendor's alternatives taken in place of the device ordered.",
        Scope.QUOTES_MANAGE,
        SelectVendorAlternativeInput,
        vendor_orders.select_alternative,
    )
    complete_vendor_order: VendorOrderPayload | None = mutation(
        "Say who an order is for that needs data or was given up, and place it.",
        Scope.QUOTES_MANAGE,
        CompleteVendorOrderInput,
        vendor_orders.complete_order,
    )
    retry_vendor_order: VendorOrderPayload | None = mutation(
        "Place an order again that was given up, or another in place of a cancelled one; what cannot be ordered or "
        "lacks data stays so. What was done before is looked for first.",
        Scope.QUOTES_MANAGE,
        RetryVendorOrderInput,
        vendor_orders.retry_order,
    )


@strawberry.type
class FulfilmentMutations:
    set_recipient_tracking: FulfilmentPayload | None = mutation(
        "Say how a recipient's device can be followed on its way.",
        Scope.QUOTES_MANAGE,
        SetRecipientTrackingInput,
        shipments.set_tracking,
    )
    ship_recipient: FulfilmentPayload | None = mutation(
        "Say that a recipient's device is on its way. With the first, the quote is in progress.",
        Scope.QUOTES_MANAGE,
        ShipRecipientInput,
        shipments.ship_recipient,
    )
    deliver_recipient: FulfilmentPayload | None = mutation(
        "Say that a recipient has its device, which is an asset from then on. With the last, the quote is delivered.",
        Scope.QUOTES_MANAGE,
        DeliverRecipientInput,
        shipments.deliver_recipient,
    )
    set_recipient_serial_numbers: FulfilmentPayload | None = mutation(
        "Say which devices a recipient gets, by serial number.",
        Scope.QUOTES_MANAGE,
        SetRecipientSerialNumbersInput,
        shipments.set_serial_numbers,
    )
    set_recipient_invoice: FulfilmentPayload | None = mutation(
        "Say on which invoice a recipient's device stands.",
        Scope.QUOTES_MANAGE,
        SetRecipientInvoiceInput,
        shipments.set_invoice,
    )
    complete_quote: CompleteQuotePayload | None = mutation(
        "Close a delivered quote.", Scope.QUOTES_MANAGE, CompleteQuoteInput, shipments.complete_quote
    )
