"""A connected system in memory, whose pages can fail and shift while they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain.connections.records import ForeignDeviceAction, ForeignQuote, ForeignRecord, Notice, RecordPage, Unread
from domain.connections.systems import Collection, Credentials, System
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignAction, NewForeignQuote
from domain.shared.outbound_errors import Refused


@dataclass
class FakeSystem:
    """Implements `ConnectedSystem`. `failures` are raised by the next calls, in turn; `before_page` is called before
    each page, with its number. The collections that are `unreadable` need a scope that the key lacks."""

    records: dict[Collection, list[ForeignRecord | Unread]] = field(default_factory=dict)
    page_size: int = 2
    failures: list[Exception] = field(default_factory=list)
    before_page: Callable[[int], None] = lambda _: None
    unreadable: set[Collection] = field(default_factory=set)
    asked: list[tuple[Collection, datetime | None, str | None]] = field(default_factory=list)

    async def check(self) -> None:
        self._fail()

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        self._fail()
        start = int(cursor or 0)
        self.before_page(start // self.page_size)
        self.asked.append((collection, since, cursor))
        if collection in self.unreadable:
            return RecordPage([Unread("", "The key lacks a scope.", "")], is_unreadable=True)
        every = [it for it in self.records.get(collection, []) if _is_changed(it, since)]
        end = start + self.page_size
        return RecordPage(every[start:end], str(end) if end < len(every) else None, len(every))

    async def quote(self, external_id: str) -> ForeignQuote | None:
        quotes = [it for it in self.records.get(Collection.QUOTES, []) if isinstance(it, ForeignQuote)]
        return next((it for it in quotes if it.external_id == external_id), None)

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        raise Refused("This system creates no quotes.")

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        return None

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        raise Refused("This system decides nothing.")

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        raise Refused("This system changes nothing.")

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        raise Refused("This system sends nothing.")

    async def cancel_quote(self, quote_id: str) -> None:
        raise Refused("This system cancels nothing.")

    async def device_action(self, external_id: str) -> ForeignDeviceAction | None:
        actions = [it for it in self.records.get(Collection.DEVICE_ACTIONS, []) if isinstance(it, ForeignDeviceAction)]
        return next((it for it in actions if it.external_id == external_id), None)

    async def create_device_action(self, action: NewForeignAction) -> ForeignDeviceAction:
        raise Refused("This system creates no device actions.")

    async def find_device_action(self, action: NewForeignAction, since: datetime) -> ForeignDeviceAction | None:
        return None

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)


def _is_changed(record: ForeignRecord | Unread, since: datetime | None) -> bool:
    changed = getattr(record, "updated_at", None)
    return since is None or changed is None or changed >= since


@dataclass
class FakeSystems:
    """Implements `ConnectedSystems`: one system, at whatever address."""

    system: FakeSystem = field(default_factory=FakeSystem)
    opened: list[tuple[System, str, str]] = field(default_factory=list)

    def open(self, system: System, base_url: str, credentials: Credentials) -> FakeSystem:
        self.opened.append((system, base_url, credentials.token))
        return self.system

    def notice(
        self, system: System, headers: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Notice | None:
        return None
