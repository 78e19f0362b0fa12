"""Enums of vendor orders: their statuses, and the actions that the vendor can be asked to take."""

from domain.fulfilment.vendor_api import HardwareType
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from schema.shared.enums import describe

__all__ = [
    "HardwareType",
    "VendorAction",
    "VendorAttention",
    "VendorOrderStatus",
]

describe(
    VendorOrderStatus,
    "Status of a vendor order.",
    NEEDS_DATA="The order cannot be placed because data is missing; `problem` says which.",
    NOT_ORDERABLE="The vendor does not sell this device; `problem` says why.",
    QUEUED="The order is being placed, or is waiting for the next attempt.",
    FAILED="The order could not be placed, and no further attempt is made; an operator can retry it.",
    PENDING="The vendor has received the order and has not priced it yet.",
    QUOTED="The vendor has priced the order.",
    ACCEPTED="The order is confirmed with the vendor.",
    IN_PROGRESS="The vendor is processing the order.",
    DELIVERED="The order is delivered.",
    CANCELLED="The order is cancelled with the vendor.",
)
describe(
    HardwareType,
    "Hardware type under which the vendor lists a device.",
    MACBOOK="A MacBook.",
    PC="A laptop of another brand.",
    EXTENDED_WARRANTY_MAC="An extended warranty for a Mac.",
    EXTENDED_WARRANTY_WINDOWS="An extended warranty for a Windows laptop.",
)
describe(
    VendorAction,
    "Action that the vendor can be asked to take on an order.",
    CONFIRM="Confirm the order at the quoted price.",
    CANCEL="Cancel the order.",
    SELECT="Replace the ordered device with one of the candidates that the vendor offers.",
)
describe(
    VendorAttention,
    "Reason why an operator has to look at a vendor order.",
    PRICE_ABOVE_AGREED="The vendor's price is higher than the agreed price. Confirm the order anyway, or cancel it.",
    OTHER_CURRENCY="The vendor's price is in a currency other than that of the agreed price. Confirm the "
    "order anyway, or cancel it.",
    UNREADABLE_PRICE="The vendor sent a price that cannot be read.",
    CANCELLED_BY_VENDOR="The vendor cancelled the order.",
    REFUSED="The vendor refused the requested action; `problem` contains its message.",
    DUPLICATE_SERIAL="A device was delivered with a serial number that another device already has.",
    LOST="The vendor reports that it does not have the order.",
    ALTERNATIVE_DROPPED="The order replaces one for which an alternative was selected, and is for the item's own "
    "device again; `notice` names the alternative. Confirm the order, select the alternative again, or cancel it.",
)
