"""Where orders at the vendor stand, and what the vendor can be asked."""

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
    "Where an order at the vendor stands.",
    NEEDS_DATA="It cannot be placed before something is known; `problem` says what.",
    NOT_ORDERABLE="The vendor does not sell this; `problem` says why.",
    QUEUED="It is being placed, or will be tried again.",
    FAILED="It could not be placed and was given up; an operator can retry it.",
    PENDING="The vendor has it and will price it.",
    QUOTED="The vendor has priced it.",
    ACCEPTED="It was confirmed at the vendor.",
    IN_PROGRESS="The vendor is at work on it.",
    DELIVERED="It was delivered.",
    CANCELLED="It was called off at the vendor.",
)
describe(
    HardwareType,
    "What the vendor calls a device.",
    MACBOOK="A MacBook.",
    PC="A laptop of another brand.",
    EXTENDED_WARRANTY_MAC="A longer warranty for a Mac.",
    EXTENDED_WARRANTY_WINDOWS="A longer warranty for a Windows laptop.",
)
describe(
    VendorAction,
    "What the vendor can be asked to do with an order.",
    CONFIRM="To order what it quoted.",
    CANCEL="To call it off.",
    SELECT="To take one of its alternatives in place of the device.",
)
describe(
    VendorAttention,
    "Why an operator has to look at an order.",
    PRICE_ABOVE_AGREED="The vendor quotes more than was agreed: confirm it all the same, or cancel it.",
    OTHER_CURRENCY="The vendor quotes in another currency than was agreed: confirm it all the same, or cancel it.",
    UNREADABLE_PRICE="What the vendor quotes is no price.",
    CANCELLED_BY_VENDOR="The vendor has called it off.",
    REFUSED="The vendor refused what it was asked; `problem` has its words.",
    DUPLICATE_SERIAL="A device was delivered with a serial number that another one has.",
    LOST="The vendor says that it does not have it.",
)
