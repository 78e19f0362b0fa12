"""Systems that companies connect, what they can do, and how far they are read."""

from domain.connections.connections import ConnectionStatus, SyncPhase
from domain.connections.systems import Capability, Collection, System
from schema.shared.enums import describe

__all__ = ["Capability", "Collection", "ConnectionStatus", "SyncPhase", "System"]

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
    "What a connected system can be asked for.",
    name="ConnectionCapability",
    LIST="To list its records.",
    CREATE="To create a quote.",
    DECIDE="To accept and reject.",
    EDIT="To change a quote.",
    SEND="To send a quote by e-mail.",
    CANCEL="To cancel a quote.",
    WEBHOOKS="To tell of changes.",
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
)
describe(
    ConnectionStatus,
    "Status of a connection.",
    ACTIVE="The system is read.",
    PAUSED="The system is not read until the connection is gone on with.",
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
