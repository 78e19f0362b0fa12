"""Stores in memory for quotes and vendor orders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from domain.fulfilment.vendor_orders import VendorOrder
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.lifecycle import is_over
from domain.quotes.statuses import QuoteOfferStatus, StatusTime

if TYPE_CHECKING:
    from tests.fakes.storage import MemoryUnitOfWork


@dataclass
class MemoryQuotes:
    work: "MemoryUnitOfWork"

    async def lock_of_item(self, item_id: str) -> QuoteAggregate | None:
        return await self._lock_of(lambda quote: [it.item.id for it in quote.lines], item_id)

    async def lock_of_alternative(self, alternative_id: str) -> QuoteAggregate | None:
        return await self._lock_of(lambda quote: [a.id for it in quote.lines for a in it.alternatives], alternative_id)

    async def lock_of_recipient(self, recipient_id: str) -> QuoteAggregate | None:
        return await self._lock_of(lambda quote: [r.id for it in quote.lines for r in it.recipients], recipient_id)

    async def lock_of_price_option(self, option_id: str) -> QuoteAggregate | None:
        return await self._lock_of(lambda quote: [it.id for it in quote.options], option_id)

    async def lock(self, quote_id: str) -> QuoteAggregate | None:
        quote = self.work.memory.quotes.get(quote_id)
        there = quote is not None and quote.quote.offer_status != QuoteOfferStatus.DELETED
        return quote if quote is not None and there and self.work.sees(quote.quote.tenant_id) else None

    async def lock_line(self, quote_id: str, item_id: str) -> QuoteAggregate | None:
        quote = await self.lock(quote_id)
        return quote and replace(quote, lines=tuple(it for it in quote.lines if it.item.id == item_id), options=())

    async def due_to_expire(self, at: datetime, limit: int, skipped: int = 0) -> Sequence[str]:
        quotes = [it.quote for it in self.work.memory.quotes.values() if self.work.sees(it.quote.tenant_id)]
        return [it.id for it in quotes if is_over(it, at)][skipped : skipped + limit]

    async def add(self, quote: QuoteAggregate) -> None:
        self.work.at_commit(lambda: self.work.memory.quotes.update({quote.quote.id: quote}))

    async def numbered(self, tenant_id: int, order_ids: Sequence[str]) -> Mapping[str, str]:
        quotes = [it.quote for it in self.work.memory.quotes.values() if it.quote.tenant_id == tenant_id]
        return {it.order_id: it.id for it in quotes if it.order_id in order_ids}

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        self.work.at_commit(lambda: self.work.memory.status_times.extend(times))

    async def save(self, before: QuoteAggregate, after: QuoteAggregate) -> None:
        stored = self.work.memory.quotes[before.quote.id]
        loaded = {it.item.id for it in before.lines}
        of_line = replace(stored, lines=tuple(it for it in stored.lines if it.item.id in loaded), options=())
        assert before in (stored, of_line), "what is saved was loaded before"
        whole = before == stored
        await self.add(after if whole else replace(stored, quote=after.quote).with_lines(after.lines))

    async def _lock_of(self, ids: Callable[[QuoteAggregate], Sequence[str]], wanted: str) -> QuoteAggregate | None:
        found = next((it.quote.id for it in self.work.memory.quotes.values() if wanted in ids(it)), None)
        return None if found is None else await self.lock(found)


@dataclass
class MemoryVendorOrders:
    work: "MemoryUnitOfWork"

    async def of_quote(self, quote_id: str) -> Sequence[VendorOrder]:
        orders = self.work.memory.orders.values()
        return [it for it in orders if it.quote_id == quote_id and self.work.sees(it.tenant_id)]

    async def add(self, orders: Sequence[VendorOrder]) -> None:
        for order in orders:
            await self.save(order)

    async def place_of(self, order_id: str) -> tuple[str, str] | None:
        order = await self.lock(order_id)
        return None if order is None else (order.quote_id, order.item_id)

    async def lock(self, order_id: str) -> VendorOrder | None:
        order = self.work.memory.orders.get(order_id)
        return order if order is not None and self.work.sees(order.tenant_id) else None

    async def save(self, order: VendorOrder) -> None:
        self.work.at_commit(lambda: self.work.memory.orders.update({order.id: order}))
