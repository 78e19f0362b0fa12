"""One enum with the values of every status, and the interface of the objects that have one.

Each status of an object has an enum of its own. Where objects of several types are together, as in the changes of a
mutation, only one enum for all of them lets a client read them without an alias for each type.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

import strawberry

from domain.catalogue.products import CatalogueStatus
from schema.access.enums import CredentialStatus
from schema.connections.enums import ConnectionStatus, OriginChangeStatus
from schema.declare import column
from schema.fulfilment.enums import VendorOrderStatus
from schema.inventory.enums import AssetStatus, DeviceActionStatus, MovementStatus
from schema.jobs.enums import JobStatus
from schema.members.enums import MemberStatus
from schema.people.enums import EmployeeStatus
from schema.quotes.enums import (
    DecisionStatus,
    FulfilmentStatus,
    OfferStatus,
    PriceOptionStatus,
    QuoteMilestone,
    QuoteOfferStatus,
    QuoteStatus,
    RecipientStatus,
)
from schema.shared.enums import describe, descriptions
from schema.webhooks.enums import DeliveryStatus, EndpointStatus

# Every enum of the status of an object, with whose status it is.
STATUSES: dict[type[StrEnum], str] = {
    QuoteStatus: "a quote",
    QuoteOfferStatus: "the offer of a quote",
    DecisionStatus: "the decision on a quote",
    FulfilmentStatus: "the fulfilment of a quote",
    OfferStatus: "an item or alternative",
    RecipientStatus: "a recipient",
    PriceOptionStatus: "a price option",
    VendorOrderStatus: "a vendor order",
    AssetStatus: "an asset",
    DeviceActionStatus: "a device action",
    MovementStatus: "a movement",
    EmployeeStatus: "an employee",
    MemberStatus: "a member",
    JobStatus: "a job",
    DeliveryStatus: "a webhook delivery",
    CredentialStatus: "an API key or access token",
    ConnectionStatus: "a connection",
    OriginChangeStatus: "a change that was asked of a connected system",
}

describe(
    CatalogueStatus,
    "Whether an entry of the catalogue can be chosen.",
    ACTIVE="It can be chosen.",
    ARCHIVED="It is archived.",
)
_ALL: dict[type[StrEnum], str] = {
    **STATUSES,
    QuoteMilestone: "a quote",
    CatalogueStatus: "a product or configuration",
    EndpointStatus: "a webhook endpoint",
}


def _described() -> dict[str, str]:
    """The values of all enums in alphabetical order, each with its meaning in every enum that has it."""
    meanings: dict[str, list[str]] = {}
    for enum, owner in _ALL.items():
        for value, description in descriptions(enum).items():
            meanings.setdefault(value, []).append(f"Of {owner}: {description}")
    return {value: " ".join(meanings[value]) for value in sorted(meanings)}


if TYPE_CHECKING:

    class Status(StrEnum):
        """Made of the other enums, so that it has each of their values."""
else:
    Status = StrEnum("Status", {value: value for value in _described()})
describe(Status, "Status of an object of any type. The `status` of each type has an enum of its own.", **_described())


@strawberry.interface(description="An object with a status.")
class HasStatus:
    display_status: Status = column(
        "The `status` of the object as a value of the enum that all types share, for example to show it.",
        attribute="status",
    )
