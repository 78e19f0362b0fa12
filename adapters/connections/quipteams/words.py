"""quipteams' words for statuses and types, and ours (docs/domain.md#quipteams-statuses). Theirs are compared in the
form of `fields.plain`."""

from typing import NamedTuple

from domain.catalogue.products import ProductType
from domain.connections.creation_fields import DEVICE_TYPES
from domain.inventory.assets import AssetStatus
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.people.employees import EmployeeStatus
from domain.quotes.statuses import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
    Verdict,
)


class Statuses(NamedTuple):
    """The three statuses that a quote of ours has."""

    offer: QuoteOfferStatus
    decision: DecisionStatus
    fulfilment: FulfilmentStatus


_Offer, _Decision, _Fulfilment = QuoteOfferStatus, DecisionStatus, FulfilmentStatus

# An accepted quote is ordered there at once.
QUOTE = {
    "pending": Statuses(_Offer.SENT, _Decision.PENDING, _Fulfilment.NONE),
    "approved": Statuses(_Offer.SENT, _Decision.APPROVED, _Fulfilment.ORDERED),
    "in progress": Statuses(_Offer.SENT, _Decision.APPROVED, _Fulfilment.IN_PROGRESS),
    "delivered": Statuses(_Offer.SENT, _Decision.APPROVED, _Fulfilment.DELIVERED),
    "completed": Statuses(_Offer.SENT, _Decision.APPROVED, _Fulfilment.COMPLETED),
    "rejected": Statuses(_Offer.SENT, _Decision.REJECTED, _Fulfilment.NONE),
    "cancelled": Statuses(_Offer.CANCELLED, _Decision.PENDING, _Fulfilment.NONE),
}
# Objects say `Selected` of an alternative that was accepted, answers to decisions `accepted`.
OFFER = {
    "pending": OfferStatus.PENDING,
    "sourced": OfferStatus.SOURCED,
    "accepted": OfferStatus.ACCEPTED,
    "selected": OfferStatus.ACCEPTED,
    "rejected": OfferStatus.REJECTED,
}


def _plain_names(*names: str) -> dict[str, str]:
    return {name.replace("_", " ").lower(): name for name in names}


# Words of ours that they do not have are known too: their API is answered by quotegraph as well (docs/rest.md).
RECIPIENT = {plain: RecipientStatus(name) for plain, name in _plain_names(*RecipientStatus).items()}
ASSET = {plain: AssetStatus(name) for plain, name in _plain_names(*AssetStatus).items()}
ACTION_TYPE = {str(it).lower(): it for it in DeviceActionType}
ACTION_STATUS = {plain: DeviceActionStatus(name) for plain, name in _plain_names(*DeviceActionStatus).items()}
EMPLOYEE = {str(it).lower(): it for it in EmployeeStatus}
PRODUCT_TYPE = {plain: ProductType(name) for plain, name in _plain_names(*ProductType).items()}
# For a device whose type is not known.
OTHER_TYPE = ProductType.OTHER

# The names of times by status.
QUOTE_TIMES = _plain_names(*QuoteStatus)
RECIPIENT_TIMES = {plain: str(status) for plain, status in RECIPIENT.items()}
ACTION_TIMES = _plain_names(*DeviceActionStatus)

# The other way.
ACTION = {Verdict.ACCEPT: "accept", Verdict.REJECT: "reject"}


def title_case(word: str) -> str:
    """A word of ours as their objects write it: `In Progress`."""
    return word.replace("_", " ").title()


def product_type_word(product_type: ProductType) -> str:
    """The nearest word of theirs: what is no device of a type of theirs is an accessory."""
    return title_case(product_type if product_type in DEVICE_TYPES else ProductType.ACCESSORY)
