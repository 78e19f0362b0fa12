"""Systems that companies connect, what they can do, and how far they are read."""

from domain.connections.changes import OriginChangeStatus, OriginChangeType
from domain.connections.connections import ConnectionStatus, SyncPhase
from domain.connections.systems import Capability, Collection, System
from schema.shared.enums import describe

__all__ = [
    "Capability",
    "Collection",
    "ConnectionStatus",
    "OriginChangeStatus",
    "OriginChangeType",
    "SyncPhase",
    "System",
]

describe(
    System,
    "System that a company can connect.",
    QUIPTEAMS="quipteams.",
    KITCHEN="kitchen.co.",
    SALESBYTE="SalesByte.",
    QUICK_QUOTE="w3trends Quick Quote.",
)
describe(
    Capability,
    "What a connected system supports.",
    name="ConnectionCapability",
    LIST="Its records can be listed, and are read here.",
    CREATE="It can be asked to create a quote.",
    DECIDE_LINES="It can be asked to accept and reject single lines and alternatives.",
    DECIDE_QUOTE="It can be asked to accept and decline a quote as a whole.",
    EDIT="It can be asked to change a quote.",
    SEND="It can be asked to send a quote by e-mail.",
    CANCEL="It can be asked to cancel a quote.",
    WEBHOOKS="It sends webhooks when something has changed.",
)
describe(
    Collection,
    "Kind of records of a connected system.",
    name="ConnectionCollection",
    QUOTES="Quotes.",
    ASSETS="Devices.",
    DEVICE_ACTIONS="Device actions.",
    EMPLOYEES="Employees.",
    PRODUCTS="Products.",
    KITS="Kits.",
)
describe(
    ConnectionStatus,
    "Status of a connection.",
    ACTIVE="The system is read.",
    PAUSED="The system is not read, and nothing is sent to it, until `resumeConnection`.",
    FAILING="The last call failed. It is tried again.",
    DISCONNECTED="The connection has ended.",
)
describe(
    SyncPhase,
    "What the reading of a connected system is doing.",
    IDLE="Nothing is read until the next reading.",
    READING="Records are read.",
    WAITING="The system asks to wait, or has failed; reading goes on later.",
    DELETING="The connection has ended, and its quotes are being deleted.",
)
describe(
    OriginChangeType,
    "What was asked of a connected system.",
    CREATE="To create the quote or the device action. If that is refused, the quote is VOIDED and does not come from "
    "the system, and the device action is CANCELLED.",
    DECIDE="Decisions on items and alternatives, or on the quote as a whole.",
    EDIT="New details, prices or quantities.",
    SEND="The quote is to be sent to its customer.",
    CANCEL="The quote is to be cancelled.",
)
describe(
    OriginChangeStatus,
    "Status of a change that was asked of a connected system.",
    REQUESTED="It waits to be sent.",
    SENT="It was sent, and the system has not answered yet.",
    CONFIRMED="It is in effect there.",
    REFUSED="It is not in effect there: the system refused it, something else was decided there, or it could not be "
    "sent.",
)
