"""Connected systems as the use cases call them. Adapters implement these protocols structurally."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from domain.catalogue.products import ProductType
from domain.connections.records import (
    ForeignDeviceAction,
    ForeignItem,
    ForeignPerson,
    ForeignQuote,
    ForeignRecipient,
    Notice,
    RecordPage,
)
from domain.connections.systems import Collection, Credentials, System
from domain.inventory.device_actions import DeviceActionType
from domain.quotes.statuses import Verdict
from domain.shared.outbound_errors import NotConfigured


@dataclass(frozen=True, slots=True)
class NewForeignQuote:
    """A quote to create in a connected system. `reference` is ours and unique, for finding it after an unclear
    answer. `template` is the id of a template of the system, which then has the lines. `message` is from the customer,
    `public_notes` are for the customer."""

    reference: str
    requester: ForeignPerson
    items: tuple[ForeignItem, ...] = ()
    customer: ForeignPerson | None = None
    title: str | None = None
    po_number: str | None = None
    message: str | None = None
    notification_emails: tuple[str, ...] = ()
    template: str | None = None
    notes: str | None = None
    public_notes: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForeignDecision:
    """A verdict on an item or alternative of a quote, or on the quote as a whole. `recipients` replace those of the
    item."""

    quote_id: str
    verdict: Verdict
    item_id: str | None = None
    alternative_id: str | None = None
    recipients: tuple[ForeignRecipient, ...] | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """New values of a quote. None keeps a value; `prices` and `quantities` are by the item's id."""

    quote_id: str
    title: str | None = None
    po_number: str | None = None
    notes: str | None = None
    public_notes: str | None = None
    tags: tuple[str, ...] | None = None
    prices: Mapping[str, Decimal] | None = None
    quantities: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class NewForeignAction:
    """A device action to create in a connected system. `model`, `device_type` and `country` are those of a device that
    is not in the inventory there. `reference` is ours and unique, for finding it after an unclear answer."""

    type: DeviceActionType
    serial_number: str
    current_user: ForeignPerson
    new_recipient: ForeignPerson | None = None
    wipe: bool = False
    notes: str | None = None
    notification_emails: tuple[str, ...] = ()
    model: str | None = None
    device_type: ProductType | None = None
    country: str | None = None
    reference: str | None = None

    @property
    def is_external(self) -> bool:
        return self.model is not None


class ConnectedSystem(Protocol):
    """One connected system, with its address and credentials.

    Every call raises OutboundFailure (domain/shared/outbound_errors.py): `Unavailable` if certainly nothing was done,
    `Uncertain` if something may have been done, `Refused` if the system says no; and `Busy` if the system asks to wait.
    A method that the system has no call for raises `Refused`; see `CAPABILITIES`.
    """

    async def check(self) -> None:
        """A cheap call which shows that the address and the credentials are right."""

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        """One page of the records of a collection, changed since then if the system can tell, or all."""

    async def quote(self, external_id: str) -> ForeignQuote | None:
        """The quote as it is now; None if there is no such quote."""

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        """Create a quote with its lines. `begun` is one that was created before and lacks some of them, where lines are
        added by calls of their own (`LINES_LATER`): they are added to it."""

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        """The quote that was created with our reference since then, if there is one."""

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        """Send a verdict, and return the quote as it is after it."""

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote: ...

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote: ...

    async def cancel_quote(self, quote_id: str) -> None: ...

    async def device_action(self, external_id: str) -> ForeignDeviceAction | None:
        """The device action as it is now; None if there is no such device action."""

    async def create_device_action(self, action: NewForeignAction) -> ForeignDeviceAction: ...

    async def find_device_action(self, action: NewForeignAction, since: datetime) -> ForeignDeviceAction | None:
        """The device action that was created with our reference since then, if there is one."""


class ConnectedSystems(Protocol):
    """Opens connected systems. `quote_url` of an adapter tells where people see a quote."""

    def open(self, system: System, base_url: str, credentials: Credentials) -> ConnectedSystem: ...

    def notice(
        self, system: System, headers: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Notice | None:
        """What a request that the system sent to our address tells; None if it is signed wrongly. Raises: Invalid, if
        it cannot be read."""


class NoConnectedSystems:
    """Where no system can be connected. Raises: NotConfigured."""

    def open(self, system: System, base_url: str, credentials: Credentials) -> ConnectedSystem:
        raise NotConfigured("This process connects no systems.")

    def notice(
        self, system: System, headers: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Notice | None:
        raise NotConfigured("This process connects no systems.")


def never(_failure: BaseException) -> bool:
    """No failure is one of the storage."""
    return False


@dataclass(frozen=True, slots=True)
class Connecting:
    """How systems are connected: how often each is read, how often everything in it (only on request, if that is zero),
    and whether one may be at an address of this machine. `is_outage` says of a failure to save whether it is one of the
    storage, which passes, and logs any other."""

    systems: ConnectedSystems = field(default_factory=NoConnectedSystems)
    interval: timedelta = timedelta(minutes=5)
    full_interval: timedelta = timedelta()
    loopback: bool = False
    is_outage: Callable[[BaseException], bool] = never
