"""External services as the use cases call them. Adapters implement these protocols structurally."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from domain.fulfilment.vendor_api import OrderRequest, PlacedOrder, ReportedOrder
from domain.inventory.movements import MovementRequest, MovementType, ReportedMovement
from domain.portal.printed_quote import QuoteDocument
from domain.shared.access import Environment
from domain.shared.messages import Email, NewTask
from domain.shared.outbound_errors import NotConfigured


class OrderVendor(Protocol):
    """The vendor that fulfils accepted lines (Tecspal, docs/domain.md#vendor-tecspal). Raises: OutboundFailure."""

    async def place_order(self, request: OrderRequest) -> PlacedOrder: ...

    async def find_order(
        self, company_code: str, country_code: str, external_item_ids: Collection[str]
    ) -> PlacedOrder | None:
        """An order that has a line with one of our ids, if the vendor already has one."""

    async def order(
        self, company_code: str, vendor_id: str, serial_numbers: Mapping[str, Collection[str]]
    ) -> Sequence[ReportedOrder]:
        """The current state of an order, for each of its lines. They are given by our ids, with the serial numbers of
        the devices that they had before, which they keep."""

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        """Confirm an order at the quoted price; its status must be QUOTED."""

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        """Cancel an order; its status must be PENDING or QUOTED."""

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        """Select a candidate in place of the ordered device."""


class MovementVendor(Protocol):
    """The vendor that transports devices (Tecspal, docs/domain.md#tecspal-movements). Raises: OutboundFailure."""

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        """The vendor's id of a device, if it has the device."""

    async def place_movement(self, request: MovementRequest) -> ReportedMovement: ...

    async def find_movements(self, company_code: str, kind: MovementType, email: str) -> list[ReportedMovement]:
        """The movements of a kind that may belong to this person."""

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        """The current state of a movement."""


class TaskBoard(Protocol):
    """The board with the tasks of the operators who price quotes (Asana). Raises: OutboundFailure."""

    async def create_task(self, task: NewTask) -> str:
        """Create a task and return its id."""

    async def find_task(self, reference: str, since: datetime) -> str | None:
        """The id of a task created since then with this reference, if there is one."""


class Mailer(Protocol):
    """Sends e-mails. Raises: OutboundFailure."""

    async def send(self, email: Email) -> None: ...


class PdfRenderer(Protocol):
    """Renders quotes as PDF, deterministically. Raises: OutboundFailure."""

    async def print_quote(self, document: QuoteDocument) -> bytes: ...

    def unprintable(self, text: str) -> Sequence[str]:
        """The characters of a text that no font contains, without duplicates."""


class NoPdfRenderer:
    """A `PdfRenderer` for processes without one."""

    async def print_quote(self, document: QuoteDocument) -> bytes:
        raise NotConfigured("There is no printer here.")

    def unprintable(self, text: str) -> Sequence[str]:
        return ()


class ExternalServices(Protocol):
    """The external services of each environment. Raises: NotConfigured, if settings are missing."""

    def vendor(self, environment: Environment) -> OrderVendor: ...

    def movements(self, environment: Environment) -> MovementVendor: ...

    def board(self, environment: Environment) -> TaskBoard: ...

    def mailer(self, environment: Environment) -> Mailer: ...
