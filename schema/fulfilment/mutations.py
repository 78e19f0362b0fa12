"""Mutations of vendor orders, of the devices of recipients, and of delivered quotes. For operators.

A mutation of a vendor order stores the action that the vendor is asked to take and does not wait for the answer:
`VendorOrder.asked` has the action until the vendor answers.
"""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.fulfilment import shipments, vendor_orders, vendor_prices
from schema.declare import mutation
from schema.fulfilment.inputs import (
    CancelVendorOrderInput,
    CompleteQuoteInput,
    CompleteVendorOrderInput,
    ConfirmVendorOrderInput,
    DeliverRecipientInput,
    RequestVendorPricesInput,
    RetryVendorOrderInput,
    SelectVendorAlternativeInput,
    SetRecipientInvoiceInput,
    SetRecipientSerialNumbersInput,
    SetRecipientTrackingInput,
    ShipRecipientInput,
)
from schema.fulfilment.payloads import FulfilmentPayload, VendorOrderPayload
from schema.quotes.payloads import QuotePayload


@strawberry.type
class VendorOrderMutations:
    request_vendor_prices = mutation(
        "Asks the vendor for the prices of items that are not decided, as orders that are not confirmed yet. The "
        "vendor's price becomes the price of the item, and its candidates become alternatives. Accepting the item "
        "confirms the order; changing or rejecting it cancels the order. Destinations that were asked for already are "
        "not asked for again. A price that was set by hand stays, unless the prices of its item are asked for after "
        "that: by `itemIds`, or where the vendor has to be asked anew.",
        Scope.QUOTES_MANAGE,
        RequestVendorPricesInput,
        vendor_prices.request_vendor_prices,
        QuotePayload,
    )
    confirm_vendor_order = mutation(
        "Asks the vendor to confirm a quoted order at its price, whatever price was agreed with the customer.",
        Scope.QUOTES_MANAGE,
        ConfirmVendorOrderInput,
        vendor_orders.confirm_order,
        VendorOrderPayload,
    )
    cancel_vendor_order = mutation(
        "Asks the vendor to cancel an order that it has not confirmed, or cancels an order that "
        "the vendor does not have.",
        Scope.QUOTES_MANAGE,
        CancelVendorOrderInput,
        vendor_orders.cancel_order,
        VendorOrderPayload,
    )
    select_vendor_alternative = mutation(
        "Asks the vendor to replace the ordered device with one of the candidates it offers.",
        Scope.QUOTES_MANAGE,
        SelectVendorAlternativeInput,
        vendor_orders.select_alternative,
        VendorOrderPayload,
    )
    complete_vendor_order = mutation(
        "Sets the person an order is for, and places the order. For orders that lack data or that failed. If it "
        "was to be placed together with orders for other items, and now goes elsewhere, it is cancelled and another "
        "order is created in its place.",
        Scope.QUOTES_MANAGE,
        CompleteVendorOrderInput,
        vendor_orders.complete_order,
        VendorOrderPayload,
    )
    retry_vendor_order = mutation(
        "Places a failed order again, or a new order in place of a cancelled one. An order that "
        "is not orderable or lacks data keeps its status. Before an order is placed again, the "
        "result of the earlier attempt is looked up.",
        Scope.QUOTES_MANAGE,
        RetryVendorOrderInput,
        vendor_orders.retry_order,
        VendorOrderPayload,
    )


@strawberry.type
class FulfilmentMutations:
    set_recipient_tracking = mutation(
        "Sets the tracking code and link of a recipient's shipment.",
        Scope.QUOTES_MANAGE,
        SetRecipientTrackingInput,
        shipments.set_tracking,
        FulfilmentPayload,
    )
    ship_recipient = mutation(
        "Marks a recipient's devices as shipped. With the first shipment, the quote is in progress.",
        Scope.QUOTES_MANAGE,
        ShipRecipientInput,
        shipments.ship_recipient,
        FulfilmentPayload,
    )
    deliver_recipient = mutation(
        "Marks a recipient's devices as delivered; they become assets. With the last delivery, the quote is delivered.",
        Scope.QUOTES_MANAGE,
        DeliverRecipientInput,
        shipments.deliver_recipient,
        FulfilmentPayload,
    )
    set_recipient_serial_numbers = mutation(
        "Sets the serial numbers of a recipient's devices.",
        Scope.QUOTES_MANAGE,
        SetRecipientSerialNumbersInput,
        shipments.set_serial_numbers,
        FulfilmentPayload,
    )
    set_recipient_invoice = mutation(
        "Sets the invoice number for a recipient's devices.",
        Scope.QUOTES_MANAGE,
        SetRecipientInvoiceInput,
        shipments.set_invoice,
        FulfilmentPayload,
    )
    complete_quote = mutation(
        "Closes a delivered quote.",
        Scope.QUOTES_MANAGE,
        CompleteQuoteInput,
        shipments.complete_quote,
        QuotePayload,
    )
