"""quipteams as a connected system (docs/domain.md#quipteams-lists, #quipteams-decisions)."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from adapters.connections.calls import SystemCalls
from adapters.connections.fields import record
from adapters.connections.quipteams import bodies
from adapters.connections.quipteams.changes import changed_since, parts_of, read_part
from adapters.connections.quipteams.client import Listing, QuipteamsClient, open_client
from adapters.connections.quipteams.filters import (
    LIMIT,
    AssetFilter,
    DeviceActionFilter,
    KitFilter,
    ProductFilter,
    QuoteFilter,
)
from adapters.connections.quipteams.interruptions import Interrupted, Progress, interrupted_by, progress_of
from adapters.connections.quipteams.inventory import asset_of, device_action_of, employee_of, kit_of, product_of
from adapters.connections.quipteams.notices import is_signed, notice_of
from adapters.connections.quipteams.places import Place, place_of, read_on
from adapters.connections.quipteams.quotes import is_whole, quote_of
from adapters.connections.quipteams.words import ACTION
from adapters.connections.standing import not_possible
from domain.connections.records import (
    ForeignAlternative,
    ForeignDeviceAction,
    ForeignItem,
    ForeignQuote,
    ForeignRecord,
    Notice,
    RecordPage,
    Unread,
)
from domain.connections.systems import Collection, Credentials
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignAction, NewForeignQuote
from domain.quotes.statuses import OPEN, OfferStatus, Verdict
from domain.shared.outbound_errors import Busy, OutboundFailure, Refused, Unavailable, Uncertain

# How many rows are listed at a time if each has to be read by itself, and how many of them at the same time.
ROWS_IN_DETAIL = 20
READ_TOGETHER = 5
# The collections whose lists never have what the records have; of the others, the rows show it.
ALWAYS_SHORT = frozenset({Collection.DEVICE_ACTIONS, Collection.KITS})
# A key without a scope.
FORBIDDEN = 403
# How far the clock there may be behind or ahead.
CLOCK_SKEW = timedelta(minutes=15)

Record = TypeVar("Record")
List = Callable[[int], Awaitable[Listing]]
Get = Callable[[str], Awaitable[dict[str, Any] | None]]
Filtered = TypeVar("Filtered", QuoteFilter, DeviceActionFilter)


def open_quipteams(calls: SystemCalls, base_url: str, credentials: Credentials) -> "Quipteams":
    return Quipteams(open_client(calls, base_url, credentials))


def quipteams_notice(headers: Mapping[str, str], body: bytes, credentials: Credentials) -> Notice | None:
    """What a request to our address tells; None if it is signed wrongly. Raises: Invalid."""
    return notice_of(body) if is_signed(headers, body, credentials.webhook_secret) else None


class Quipteams:
    """Implements the `ConnectedSystem` port."""

    def __init__(self, client: QuipteamsClient) -> None:
        self.client = client
        # The lists whose rows have less than the records themselves.
        self._short = set(ALWAYS_SHORT)
        # The rows that were read before of the page that is read.
        self._done: frozenset[str] = frozenset()

    async def check(self) -> None:
        await self.client.quotes(limit=1)

    async def page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        """One page, or what of it can be read before the rate is used up (`interruptions.py`). All quotes and device
        actions are read in the order in which they were created (`places.py`), or what of them has changed since a
        time (`changes.py`). Of the others, no list tells what has changed. That a list has short rows is in the cursor:
        a key with few calls a minute could not find it out for each page again."""
        progress = progress_of(cursor)
        self._done = frozenset(progress.done)
        was_short = progress.is_short or collection in self._short
        if progress.is_short:
            self._short.add(collection)
        try:
            page = await self._page(collection, since, progress.cursor)
            is_noted = collection not in ALWAYS_SHORT and collection in self._short and page.cursor is not None
            return replace(page, cursor=Progress(page.cursor, is_short=True).text) if is_noted else page
        except Interrupted as interrupted:
            records = [_READERS[collection](it) for it in interrupted.rows]
            return RecordPage(records, progress.with_more(interrupted.ids).text)
        except Busy:
            if was_short or collection not in self._short:
                raise
            return RecordPage([], progress.with_more(()).text)
        finally:
            self._done = frozenset()

    async def _page(self, collection: Collection, since: datetime | None, cursor: str | None) -> RecordPage:
        match collection:
            case Collection.QUOTES:
                return _page(await self._quotes(since, cursor), quote_of)
            case Collection.DEVICE_ACTIONS:
                return _page(await self._device_actions(DeviceActionFilter(), since, cursor), device_action_of)
            case Collection.ASSETS:
                found = await self.client.assets(AssetFilter(status="all", sort="created_at"), cursor)
                return _page(found, asset_of)
            case Collection.EMPLOYEES:
                return await self._employees(cursor)
            case Collection.PRODUCTS:
                return await self._products()
            case Collection.KITS:
                return await self._kits(since, cursor)

    async def quote(self, external_id: str) -> ForeignQuote | None:
        found = await self.client.quote(external_id)
        return None if found is None else _usable(quote_of(found))

    async def create_quote(self, quote: NewForeignQuote, begun: ForeignQuote | None = None) -> ForeignQuote:
        created = await self.client.create_quote(bodies.new_quote(quote), quote.reference)
        return _after_write(quote_of(created))

    async def find_quote(self, reference: str, since: datetime) -> ForeignQuote | None:
        cursor: str | None = Place(since - CLOCK_SKEW).text
        while cursor is not None:
            row, cursor = await _looked_through(
                self._quotes(None, cursor), lambda it: isinstance(it, dict) and bodies.reference_of(it) == reference
            )
            if row is not None:
                return _usable(quote_of(row))
        return None

    async def decide(self, decision: ForeignDecision) -> ForeignQuote:
        """Send a verdict. On a quote as a whole it is sent for each line that is open: there is no call for all."""
        item_id = decision.item_id or await self._item_of(decision)
        if item_id is not None:
            await self.client.decide_item(decision.quote_id, item_id, bodies.decision(decision))
        elif decision.alternative_id is not None:
            action = ACTION[decision.verdict]
            await self.client.decide_offer(decision.quote_id, decision.alternative_id, action)
        else:
            await self._decide_all(decision.quote_id, decision.verdict)
        return await self._read_after(decision.quote_id)

    async def edit_quote(self, edit: ForeignEdit) -> ForeignQuote:
        raise not_possible("quipteams", "changes quotes")

    async def send_quote(self, quote_id: str, with_pdf: bool) -> ForeignQuote:
        raise not_possible("quipteams", "sends quotes")

    async def cancel_quote(self, quote_id: str) -> None:
        raise not_possible("quipteams", "cancels quotes")

    async def device_action(self, external_id: str) -> ForeignDeviceAction | None:
        found = await self.client.device_action(external_id)
        return None if found is None else _usable(device_action_of(found))

    async def find_device_action(self, action: NewForeignAction, since: datetime) -> ForeignDeviceAction | None:
        wanted = DeviceActionFilter(serial_number=action.serial_number)
        cursor: str | None = Place(since - CLOCK_SKEW).text
        while cursor is not None:
            row, cursor = await _looked_through(
                self._device_actions(wanted, None, cursor), lambda it: _action_reference(it) == action.reference
            )
            if row is not None:
                return _usable(device_action_of(row))
        return None

    async def create_device_action(self, action: NewForeignAction) -> ForeignDeviceAction:
        create = self.client.create_external_device_action if action.is_external else self.client.create_device_action
        return _after_write(device_action_of(await create(bodies.device_action(action))))

    async def _quotes(self, since: datetime | None, cursor: str | None) -> Listing:
        client = self.client
        return await self._dated(Collection.QUOTES, client.quotes, client.quote, QuoteFilter(), since, cursor)

    async def _device_actions(self, wanted: DeviceActionFilter, since: datetime | None, cursor: str | None) -> Listing:
        list_, get = self.client.device_actions, self.client.device_action
        return await self._dated(Collection.DEVICE_ACTIONS, list_, get, wanted, since, cursor)

    async def _dated(
        self,
        collection: Collection,
        list_: Callable[[Filtered, str | None, int], Awaitable[Listing]],
        get: Get,
        wanted: Filtered,
        since: datetime | None,
        cursor: str | None,
    ) -> Listing:
        """A page, with a cursor of ours, of a list that is filtered and ordered by time."""
        if since is None:
            place = place_of(cursor)
            asked = replace(wanted, sort="created_at", created_after=place.after)
            onwards = partial(read_on, place, id_of=lambda row: _id_of(row, collection))
            return await self._listed(collection, partial(list_, asked, place.cursor), get, onwards)
        parts = parts_of(cursor)
        after, before, theirs = parts[0]
        asked = replace(wanted, sort="-updated_at", created_after=after, created_before=before)
        onwards = partial(read_part, parts, since=since)
        return await self._listed(collection, partial(list_, asked, theirs), get, onwards)

    async def _employees(self, cursor: str | None) -> RecordPage:
        found = await self._listed(
            Collection.EMPLOYEES,
            partial(self.client.employees, None, cursor),
            self.client.employee,
        )
        return _page(found, employee_of)

    async def _products(self) -> RecordPage:
        found = await self.client.products(ProductFilter(include_inactive=True))
        rows = await self._in_detail(found.rows, Collection.PRODUCTS, self.client.product)
        records = [product_of(it) for it in rows]
        return RecordPage(records, total=len(records))

    async def _kits(self, since: datetime | None, cursor: str | None) -> RecordPage:
        list_ = partial(self.client.kits, KitFilter(sort="created_at"), cursor)
        try:
            found = await self._listed(Collection.KITS, list_, self.client.kit, partial(changed_since, since=since))
        except Refused as refused:
            if refused.status != FORBIDDEN:
                raise
            # Kits are read last, and a key may have been made before they were.
            reason = "Kits are not read: the key has no scope `kits:read`."
            return RecordPage([Unread("", reason, refused.reason or "")], is_unreadable=True)
        return _page(found, kit_of)

    async def _listed(
        self, collection: Collection, list_: List, get: Get, taken: Callable[[Listing], Listing] = lambda it: it
    ) -> Listing:
        """What is taken of a page of a list, with complete rows. Fewer rows are listed if each has to be read by
        itself, so that a page can be read within the rate that is left."""
        found = await list_(ROWS_IN_DETAIL if collection in self._short else LIMIT)
        if collection not in self._short and not all(_is_complete(it, collection) for it in found.rows):
            self._short.add(collection)
            found = await list_(ROWS_IN_DETAIL)
        kept = taken(found)
        return Listing(await self._in_detail(kept.rows, collection, get), kept.cursor, kept.meta)

    async def _in_detail(self, rows: Sequence[Any], collection: Collection, get: Get) -> list[Any]:
        """The rows that were not read before, those that are not complete as they are read by themselves. One that is
        gone is left out. Raises: Interrupted, if only some of them could be read."""
        turn, failures = asyncio.Semaphore(READ_TOGETHER), list[OutboundFailure]()
        left = [it for it in rows if _id_of(it, collection) not in self._done]

        async def whole(row: Any) -> Any:
            id_ = _id_of(row, collection)
            if id_ is None or _is_complete(row, collection):
                return row
            async with turn:
                if failures:
                    return _UNREAD
                try:
                    return await get(id_)
                except OutboundFailure as failure:
                    failures.append(failure)
                    return _UNREAD

        found = await asyncio.gather(*map(whole, left))
        if failures:
            read = {id_: it for row, it in zip(left, found, strict=True) if (id_ := _id_of(row, collection))}
            raise interrupted_by(failures, {id_: it for id_, it in read.items() if it is not _UNREAD})
        return [it for it in found if it is not None]

    async def _item_of(self, decision: ForeignDecision) -> str | None:
        """The item of an alternative, if the decision needs it: recipients are those of an item."""
        if decision.alternative_id is None or decision.recipients is None:
            return None
        quote = await self.quote(decision.quote_id)
        for item in quote.items if quote else ():
            if any(it.external_id == decision.alternative_id for it in item.alternatives):
                return item.external_id
        return None

    async def _decide_all(self, quote_id: str, verdict: Verdict) -> None:
        quote = await self.quote(quote_id)
        if quote is None:
            raise Refused("quipteams: The quote does not exist there.", reason="The quote does not exist there.")
        offers = list(_open_offers(quote, verdict))
        if verdict == Verdict.ACCEPT and any(it.price is None for it in offers):
            raise Refused("quipteams: Not every item is priced.", reason="Not every item is priced.")
        for number, offer in enumerate(offers):
            try:
                await self.client.decide_offer(quote_id, offer.external_id, ACTION[verdict])
            except (Unavailable, Uncertain) as failure:
                if number == 0:
                    raise
                message = f"{failure}, after {number} offers were decided"
                raise Uncertain(message, failure.status, failure.reason) from failure

    async def _read_after(self, quote_id: str) -> ForeignQuote:
        """The quote after something was written. Raises: Uncertain, if it cannot be read."""
        try:
            found = await self.quote(quote_id)
        except OutboundFailure as failure:
            message = f"The decision was sent, but then {failure}"
            raise Uncertain(message, failure.status, failure.reason) from failure
        if found is None:
            raise Uncertain("quipteams: The decision was sent, but then the quote was gone.")
        return found


_UNREAD = object()
_READERS: Mapping[Collection, Callable[[Any], ForeignRecord | Unread]] = {
    Collection.QUOTES: quote_of,
    Collection.DEVICE_ACTIONS: device_action_of,
    Collection.ASSETS: asset_of,
    Collection.EMPLOYEES: employee_of,
    Collection.PRODUCTS: product_of,
    Collection.KITS: kit_of,
}


def _page(found: Listing, read: Callable[[Any], ForeignRecord | Unread]) -> RecordPage:
    return RecordPage([read(it) for it in found.rows], found.cursor)


async def _looked_through(
    listed: Awaitable[Listing], is_wanted: Callable[[Any], bool]
) -> tuple[Any | None, str | None]:
    """The wanted row of a page, and the cursor of the next page. If only some rows could be read, it is looked for
    among these. Raises: OutboundFailure."""
    try:
        found = await listed
    except Interrupted as interrupted:
        if (row := next(filter(is_wanted, interrupted.rows), None)) is None:
            raise
        return row, None
    return next(filter(is_wanted, found.rows), None), found.cursor


def _action_reference(row: Any) -> str | None:
    found = device_action_of(row)
    return found.reference if isinstance(found, ForeignDeviceAction) else None


def _is_complete(row: Any, collection: Collection) -> bool:
    """Whether a row of a list has what the record itself has. What is no object is not asked for again."""
    if not isinstance(row, dict):
        return True
    match collection:
        case Collection.QUOTES:
            return is_whole(row)
        case Collection.DEVICE_ACTIONS:
            return {"notes", "status_timestamps"} <= row.keys()
        case Collection.EMPLOYEES:
            return "department" in row
        case Collection.PRODUCTS:
            return "configurations" in row
        case Collection.KITS:
            return "devices" in row
        case Collection.ASSETS:
            return True


def _id_of(row: Any, collection: Collection) -> str | None:
    if not isinstance(row, dict):
        return None
    fields = record(row)
    return (fields.text("order_id") if collection == Collection.QUOTES else None) or fields.text("id")


def _open_offers(quote: ForeignQuote, verdict: Verdict) -> Iterator[ForeignItem | ForeignAlternative]:
    """What a verdict on the whole quote is sent for: the items of open lines, and if they are rejected, their open
    alternatives too."""
    for item in quote.items:
        if any(it.status == OfferStatus.ACCEPTED for it in item.alternatives):
            continue
        if item.status in OPEN:
            yield item
        if verdict == Verdict.REJECT:
            yield from (it for it in item.alternatives if it.status in OPEN)


def _usable(found: Record | Unread) -> Record:
    """Raises: Refused, for a record that cannot be used: it will not be another one when it is read again."""
    if isinstance(found, Unread):
        raise Refused(f"quipteams: The record cannot be used. {found.reason}", reason=found.reason)
    return found


def _after_write(found: Record | Unread) -> Record:
    """Raises: Uncertain, for an answer that cannot be used: something was written."""
    if isinstance(found, Unread):
        raise Uncertain(f"quipteams: The answer cannot be used. {found.reason}")
    return found
