"""The outside world as the use cases call it. Adapters fit these protocols by shape."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.fulfilment.vendor_api import OrderRequest, PlacedOrder, ReportedOrder
from domain.inventory.movements import MovementKind, MovementRequest, ReportedMovement
from domain.portal.printed_quote import QuoteDocument
from domain.shared.access import Environment
from domain.shared.messages import Email, NewTask
from domain.shared.outbound_errors import NotConfigured


class OrderVendor(Protocol):
    """The vendor that fulfils accepted lines (Tecspal, docs/domain.md#vendor-tecspal). Raises `OutboundFailure`s."""

    async def place_order(self, request: OrderRequest) -> PlacedOrder: ...

    async def find_order(self, company_code: str, country_code: str, external_item_id: str) -> PlacedOrder | None:
        """The order that carries our id, if the vendor has it already."""

    async def order(self, company_code: str, vendor_id: str, external_item_id: str) -> ReportedOrder:
        """How an order stands now."""

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        """Order what was quoted, at the price quoted; only a QUOTED order can be confirmed."""

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        """Call an order off; only a PENDING or QUOTED one can be."""

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        """Take a candidate in place of the device that was ordered."""


class MovementVendor(Protocol):
    """The vendor that moves devices (Tecspal, docs/domain.md#tecspal-movements). Raises `OutboundFailure`s."""

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        """What the vendor calls a device, if it has it."""

    async def place_movement(self, request: MovementRequest) -> ReportedMovement: ...

    async def find_movements(self, company_code: str, kind: MovementKind, email: str) -> list[ReportedMovement]:
        """Every movement of a kind that may be this person's."""

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        """How a movement stands now."""


class TaskBoard(Protocol):
    """Where the people who price quotes see their work (Asana). Raises `OutboundFailure`s."""

    async def create_task(self, task: NewTask) -> str:
        """Create the task and return its id."""

    async def find_task(self, reference: str, since: datetime) -> str | None:
        """The task made since then that carries our reference, if there is one."""


class Mailer(Protocol):
    """Sends letters. Raises `OutboundFailure`s."""

    async def send(self, letter: Email) -> None: ...


class PdfRenderer(Protocol):
    """Prints quotes as PDF: the same document always as the same bytes. Raises `OutboundFailure`s."""

    async def print_quote(self, document: QuoteDocument) -> bytes: ...

    def unprintable(self, text: str) -> Sequence[str]:
        """The characters of a text that no font has, each once."""


class NoPdfRenderer:
    """A `PdfRenderer` where there is none."""

    async def print_quote(self, document: QuoteDocument) -> bytes:
        raise NotConfigured("There is no printer here.")

    def unprintable(self, text: str) -> Sequence[str]:
        return ()


class ExternalServices(Protocol):
    """The world outside, one for each environment. Each raises NotConfigured when its settings are missing."""

    def vendor(self, environment: Environment) -> OrderVendor: ...

    def movements(self, environment: Environment) -> MovementVendor: ...

    def board(self, environment: Environment) -> TaskBoard: ...

    def mailer(self, environment: Environment) -> Mailer: ...
