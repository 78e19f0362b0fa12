"""Opens the systems that companies connect, and reads what those send to our address."""

from collections.abc import Callable, Mapping

from adapters.connections.calls import SystemCalls
from adapters.connections.kitchen.client import KitchenClient
from adapters.connections.quick_quote.client import QuickQuoteClient
from adapters.connections.quipteams.system import open_quipteams, quipteams_notice
from adapters.connections.salesbyte.bodies import notice_of
from adapters.connections.salesbyte.client import SalesByteClient
from domain.connections.records import Notice
from domain.connections.systems import Credentials, System
from domain.ports.connections import ConnectedSystem
from domain.shared.errors import ErrorCode, Invalid

Client = Callable[[SystemCalls, str, Credentials], ConnectedSystem]

_CLIENTS: Mapping[System, Client] = {
    System.QUIPTEAMS: open_quipteams,
    System.KITCHEN: KitchenClient,
    System.SALESBYTE: SalesByteClient,
    System.QUICK_QUOTE: QuickQuoteClient,
}


class Systems:
    """Implements the `ConnectedSystems` port."""

    def __init__(self, calls: SystemCalls) -> None:
        self._calls = calls

    def open(self, system: System, base_url: str, credentials: Credentials) -> ConnectedSystem:
        return _CLIENTS[system](self._calls, base_url, credentials)

    def notice(
        self, system: System, headers: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Notice | None:
        """What a request of a system tells. SalesByte signs nothing: that it knows our address is what it shows."""
        if system is System.QUIPTEAMS:
            return quipteams_notice(headers, body, credentials)
        if system is System.SALESBYTE:
            return notice_of(body)
        raise Invalid(ErrorCode.NOT_SUPPORTED, f"{system} sends no notices.")
