"""A connected system in memory, with its quotes as its own people see them, and the changes that were asked of it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.catalogue.products import ProductType
from domain.connections.changes import ActionChange, OriginChange
from domain.connections.connections import Connection, ConnectionSecrets, credentials_text
from domain.connections.notices import StoredNotice
from domain.connections.origins import Origin
from domain.connections.records import (
    ForeignAlternative,
    ForeignDeviceAction,
    ForeignItem,
    ForeignPerson,
    ForeignQuote,
    ForeignRecipient,
    Notice,
    RecordPage,
)
from domain.connections.systems import Collection, Credentials, System
from domain.inventory.device_actions import DeviceActionStatus
from domain.ports.connections import ConnectedSystem, ForeignDecision, ForeignEdit, NewForeignAction, NewForeignQuote
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus, Verdict
from domain.shared.money import Money
from domain.shared.outbound_errors import Refused
from tests.builders import NOW, a_connection

if TYPE_CHECKING:
    from tests.fakes.storage import Memory, MemoryUnitOfWork, World


@dataclass
class MemoryOriginChanges:
    work: "MemoryUnitOfWork"
    saved: dict[str, OriginChange] = field(default_factory=dict)

    @property
    def changes(self) -> "dict[str, OriginChange]":
        """Those that are stored, as this unit of work has changed them."""
        return {**self.work.memory.origin_changes, **self.saved}

    async def find(self, change_id: str) -> OriginChange | None:
        found = self.changes.get(change_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    lock = find

    async def unsettled(self, quote_id: str) -> OriginChange | None:
        return next((it for it in self.changes.values() if it.quote_id == quote_id and not it.is_settled), None)

    async def add(self, change: OriginChange) -> None:
        await self.save(change)

    async def save(self, change: OriginChange) -> None:
        self.saved[change.id] = change
        self.work.at_commit(lambda: self.work.memory.origin_changes.update({change.id: change}))


@dataclass
class MemoryActionChanges:
    work: "MemoryUnitOfWork"

    async def lock(self, action_id: str) -> ActionChange | None:
        found = self.work.memory.action_changes.get(action_id)
        return found if found is not None and self.work.sees(found.tenant_id) else None

    async def add(self, changes: Sequence[ActionChange]) -> None:
        for it in changes:
            await self.save(it)

    async def save(self, change: ActionChange) -> None:
        self.work.at_commit(lambda: self.work.memory.action_changes.update({change.id: change}))


@dataclass
class MemoryConnectionNotices:
    work: "MemoryUnitOfWork"

    async def add(self, notice: StoredNotice) -> bool:
        kept = self.work.memory.connection_notices.values()
        if (notice.connection_id, notice.delivery_id) in {(it.connection_id, it.delivery_id) for it in kept}:
            return False
        await self.save(notice)
        return True

    async def find(self, notice_id: str) -> StoredNotice | None:
        return self.work.memory.connection_notices.get(notice_id)

    async def save(self, notice: StoredNotice) -> None:
        self.work.at_commit(lambda: self.work.memory.connection_notices.update({notice.id: notice}))


@dataclass
class MemoryChangeWaiter:
    """Runs `during` while somebody waits."""

    memory: "Memory"
    during: Callable[[], object] | None = None
    waits: int = 0

    async def settled(self, tenant_scope: object, change_id: str) -> OriginChange | None:
        self.waits += 1
        if self.during is not None:
            await self.during()  # type: ignore[misc]
        return self.memory.origin_changes.get(change_id)

    async def actions_settled(self, tenant_scope: object, action_ids: Sequence[str]) -> Sequence[ActionChange]:
        self.waits += 1
        if self.during is not None:
            await self.during()  # type: ignore[misc]
        return [it for it in self.memory.action_changes.values() if it.id in action_ids]


@dataclass
class Call:
    """How the system answers a call: by doing it or not, and by a failure or not."""

    does: bool = True
    failure: BaseException | None = None


@dataclass
class FakeSystem:
    """A connected system. `answers` are those to the next calls; then it does what it is asked. `meanwhile` happens
    after a quote was created, before that is answered."""

    quotes: dict[str, ForeignQuote] = field(default_factory=dict)
    actions: list[ForeignDeviceAction] = field(default_factory=list)
    answers: list[Call] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    reads: int = 0
    done: int = 0
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def check(self) -> None:
        pass

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        return RecordPage(self.actions if collection == Collection.DEVICE_ACTIONS else list(self.quotes.values()))

    async def quote(self, external_id: str) -> ForeignQuote | None:
        self.reads += 1
        return self.quotes.get(external_id)

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        record_id = f"there-{len(self.quotes) + 1}"
        created = self._does(quote, record_id, lambda _: created_there(quote, record_id))
        if self.meanwhile is not None:
            await self.meanwhile()
        return created

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        self.reads += 1
        return next((it for it in self.quotes.values() if it.reference == reference), None)

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        return self._does(decision, decision.quote_id, lambda quote: decided_there(quote, decision))

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        return self._does(edit, edit.quote_id, lambda quote: edited_there(quote, edit))

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        return self._does(
            ("send", with_pdf), quote_id, lambda quote: replace(quote, offer_status=QuoteOfferStatus.SENT)
        )

    async def cancel_quote(self, quote_id: str) -> None:
        self._does("cancel", quote_id, lambda quote: replace(quote, offer_status=QuoteOfferStatus.CANCELLED))

    async def device_action(self, external_id: str) -> ForeignDeviceAction | None:
        self.reads += 1
        return next((it for it in self.actions if it.external_id == external_id), None)

    async def create_device_action(self, action: NewForeignAction) -> ForeignDeviceAction:
        self.asked.append(action)
        answer = self.answers.pop(0) if self.answers else Call()
        if answer.does:
            self.actions.append(action_there(action, len(self.actions) + 1))
            self.done += 1
        if answer.failure is not None:
            raise answer.failure
        return self.actions[-1]

    async def find_device_action(self, action: NewForeignAction, since: datetime) -> ForeignDeviceAction | None:
        self.reads += 1
        return next((it for it in self.actions if it.reference == action.reference), None)

    def _does(self, asked: object, quote_id: str, change: Callable[[Any], ForeignQuote]) -> ForeignQuote:
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else Call()
        if answer.does:
            self.quotes[quote_id] = change(self.quotes.get(quote_id))
            self.done += 1
        if answer.failure is not None:
            raise answer.failure
        return self.quotes[quote_id]


@dataclass
class FakeSystems:
    """All addresses are those of one system."""

    system: Any = field(default_factory=FakeSystem)
    notices: dict[bytes, Notice] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def open(self, system: System, base_url: str, credentials: Credentials) -> ConnectedSystem:
        found: ConnectedSystem = self.system
        return found

    def notice(
        self, system: System, headers: Mapping[str, str], body: bytes, credentials: Credentials
    ) -> Notice | None:
        self.headers = headers
        return self.notices.get(body)


def created_there(quote: NewForeignQuote, record_id: str) -> ForeignQuote:
    """The record of a new quote, whose lines and recipients have ids of the system."""
    items = tuple(
        replace(
            item,
            external_id=f"{record_id}.{place}",
            recipients=tuple(
                replace(it, external_id=f"{record_id}.{place}.{number}") for number, it in enumerate(item.recipients)
            ),
        )
        for place, item in enumerate(quote.items)
    )
    return ForeignQuote(
        record_id,
        record_id.upper(),
        NOW,
        po_number=quote.po_number,
        requester=quote.requester,
        items=items,
        reference=quote.reference,
    )


def action_there(action: NewForeignAction, number: int) -> ForeignDeviceAction:
    """The record of a new device action."""
    return ForeignDeviceAction(
        f"there-{number}",
        f"AST{number:08}",
        action.type,
        DeviceActionStatus.IN_PROGRESS,
        action.serial_number,
        NOW,
        country="UY",
        current_user=action.current_user,
        new_recipient=action.new_recipient,
        wipe=action.wipe,
        notes=action.notes,
        reference=action.reference,
    )


def decided_there(quote: ForeignQuote, decision: ForeignDecision) -> ForeignQuote:
    """The quote after a decision, by the rules of the system. Raises: Refused."""
    if decision.item_id is None:
        if quote.decision_status != DecisionStatus.PENDING:
            raise Refused("The quote is decided already.", 400)
        accepts = decision.verdict == Verdict.ACCEPT
        return replace(quote, decision_status=DecisionStatus.APPROVED if accepts else DecisionStatus.DECLINED)
    items = tuple(_item_decided(it, decision) if it.external_id == decision.item_id else it for it in quote.items)
    return replace(quote, items=items)


def _item_decided(item: ForeignItem, decision: ForeignDecision) -> ForeignItem:
    wanted = OfferStatus.ACCEPTED if decision.verdict == Verdict.ACCEPT else OfferStatus.REJECTED
    chosen = decision.alternative_id or item.external_id
    offers: list[ForeignItem | ForeignAlternative] = [item, *item.alternatives]
    before = next(it for it in offers if it.external_id == chosen).status
    closed = any(it.status == OfferStatus.ACCEPTED for it in offers)
    if before == wanted:
        return item
    if closed or before == OfferStatus.REJECTED:
        raise Refused("The line is decided already.", 409)

    def status(offer: ForeignItem | ForeignAlternative) -> OfferStatus:
        if offer.external_id == chosen:
            return wanted
        return OfferStatus.REJECTED if wanted == OfferStatus.ACCEPTED else offer.status

    alternatives = tuple(replace(it, status=status(it)) for it in item.alternatives)
    return replace(item, status=status(item), alternatives=alternatives)


def edited_there(quote: ForeignQuote, edit: ForeignEdit) -> ForeignQuote:
    given = {name: getattr(edit, name) for name in ("title", "po_number", "notes", "public_notes", "tags")}
    prices, quantities = edit.prices or {}, edit.quantities or {}
    items = tuple(
        replace(
            it,
            price=prices.get(it.external_id, it.price),
            quantity=quantities.get(it.external_id, it.quantity),
        )
        for it in quote.items
    )
    return replace(quote, items=items, **{name: it for name, it in given.items() if it is not None})


def connect(world: "World", system: System = System.QUIPTEAMS, **given: Any) -> Connection:
    """A connection of the first company of a world."""
    connection = a_connection(**{"system": system, "name": "Their quotes", **given})
    world.memory.connections[connection.id] = connection
    sealed = world.secret_box.seal(credentials_text(Credentials("token")))
    world.memory.connection_secrets[connection.id] = ConnectionSecrets(sealed, "", "")
    return connection


def comes_from(world: "World", connection: Connection, quote: QuoteAggregate) -> QuoteAggregate:
    """Keep a quote as one that was read from a connected system, and its record there."""
    foreign = replace(quote, quote=quote.quote._replace(connection_id=connection.id))
    record_id = f"there-{quote.quote.order_id}"
    world.memory.origins.update({it.node_id: it for it in origins_there(connection, quote, record_id)})
    world.systems.system.quotes[record_id] = record_of(quote, record_id)
    return world.memory.keep(foreign)


def origins_there(connection: Connection, quote: QuoteAggregate, record_id: str) -> list[Origin]:
    """Where the parts of a quote come from."""
    nodes = [("Quote", quote.quote.id, "", record_id)]
    for line in quote.lines:
        item_id = there(line.item.id)
        nodes.append(("QuoteItem", line.item.id, "", item_id))
        nodes += [("Alternative", it.id, item_id, there(it.id)) for it in line.alternatives]
        nodes += [("Recipient", it.id, item_id, there(it.id)) for it in line.recipients]
    return [
        Origin(
            connection_id=connection.id,
            tenant_id=connection.tenant_id,
            system=System(connection.system),
            node_type=node_type,
            node_id=node_id,
            record_id=record_id,
            parent_id=parent_id,
            external_id=external_id,
            url="https://quotes.example/q/1",
            last_synced_at=NOW,
            is_stale=False,
            fingerprint="",
        )
        for node_type, node_id, parent_id, external_id in nodes
    ]


def there(node_id: str) -> str:
    """The id of a part of a quote in the system."""
    return f"there-{node_id}"


def record_of(quote: QuoteAggregate, record_id: str) -> ForeignQuote:
    """The record of a quote, as the system shows it."""
    head = quote.quote
    items = tuple(
        ForeignItem(
            there(line.item.id),
            product_type=ProductType(line.item.product_type),
            specification=line.item.specification,
            quantity=line.item.quantity,
            price=_amount(line.item.price),
            status=OfferStatus(line.item.status),
            recipients=tuple(ForeignRecipient(there(it.id), it.name, it.country, it.email) for it in line.recipients),
            alternatives=tuple(
                ForeignAlternative(
                    there(it.id), it.specification, OfferStatus(it.status), _amount(it.price), it.description
                )
                for it in line.alternatives
            ),
        )
        for line in quote.lines
    )
    return ForeignQuote(
        record_id,
        head.order_id,
        head.created_at,
        offer_status=QuoteOfferStatus(head.offer_status),
        title=head.title,
        requester=ForeignPerson(head.requester_name, head.requester_email),
        currency=head.currency,
        items=items,
    )


def _amount(price: Money | None) -> Decimal | None:
    return None if price is None else Decimal(price.amount)
