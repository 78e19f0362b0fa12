"""The store of quotes, which loads and saves the whole aggregate, and the loaders for reading."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    TableClause,
    Text,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
)

from adapters.database.catalogue.specifications import specification_attribute
from adapters.database.core.column_types import in_keys
from adapters.database.core.columns import Uuid
from adapters.database.core.compiled_statements import Prepared
from adapters.database.core.composite_attributes import constant, money
from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import (
    Computed,
    LoaderSpec,
    One,
    Paged,
    distinct,
    many,
    one,
    paged,
)
from adapters.database.core.reads_together import ReadTogether
from adapters.database.core.row_mapping import (
    Attribute,
    CompositeAttribute,
    RowMapping,
    changed_values,
    column_values,
    in_scope,
    parameters,
    row_mapping,
    visible_when,
)
from adapters.database.core.set_writes import InsertRows, UpdateRows
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import PerScope
from adapters.database.history.events import note_status_times
from adapters.database.history.tables import status_times
from adapters.database.node_metadata.store import write_metadata
from adapters.database.quotes import tables
from adapters.database.quotes.filters import QUOTE_FILTERS, RECIPIENT_FILTERS
from adapters.database.quotes.price_options import OPTIONS
from adapters.database.tags.store import write_tags
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.recipients import Recipient
from domain.quotes.rows import Alternative, Quote, QuoteItem
from domain.quotes.state_machines import LIVE
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus, QuoteStatus, StatusTime
from domain.quotes.taxes import TaxedItem, tax_lines
from domain.shared.access import TenantScope
from domain.shared.parsers import fold


def _offer(table: Table) -> dict[str, CompositeAttribute]:
    return {"price": money(table, "price"), "specification": specification_attribute(table)}


def _not_deleted(quotes: FromClause) -> ColumnElement[bool]:
    # A literal, because visibility conditions have no parameters.
    return quotes.c.offer_status != literal_column(f"'{QuoteOfferStatus.DELETED}'")


def of_visible_quote(rows: RowMapping) -> RowMapping:
    """Restricts rows to those of quotes that are not deleted, for loaders that do not start from the quote."""
    quote = tables.quotes.alias("visible_quote")
    there = select(quote.c.id).where(quote.c.id == rows.table.c.quote_id, _not_deleted(quote))
    return visible_when(rows, there.correlate(rows.table).exists())


def _quotes_with(part: FromClause) -> RowMapping:
    """Reads the quote of each row of a part, for loaders that are keyed by a column of the part."""
    # Both have the tenant: the database can begin with either.
    mine = (part.c.quote_id == tables.quotes.c.id) & (part.c.tenant_id == tables.quotes.c.tenant_id)
    source = tables.quotes.join(part, mine)
    return _visible(row_mapping(Quote, tables.quotes, source=source))


def _visible(rows: RowMapping) -> RowMapping:
    """Reads quotes that are not deleted."""
    # Without an address there is an empty text.
    address = func.nullif(tables.quotes.c.requester_email, constant(""), type_=Text())
    return replace(
        visible_when(rows, _not_deleted(tables.quotes)),
        expressions={"requester_address": Attribute(address, nullable=True)},
    )


QUOTES = _visible(row_mapping(Quote, tables.quotes))
ITEMS = row_mapping(QuoteItem, tables.quote_items, composites=_offer(tables.quote_items))
ALTERNATIVES = row_mapping(Alternative, tables.alternatives, composites=_offer(tables.alternatives))
RECIPIENTS = row_mapping(Recipient, tables.recipients)
STATUS_TIMES = row_mapping(StatusTime, status_times)


_ORDERS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}


def _quotes_by_line(name: str) -> Paged:
    """Pages of the quotes of which a line has a value in this column, each once: with the first of such lines."""
    line, other = tables.quote_items.alias("line_of_quote"), tables.quote_items.alias("other_line")
    before = (other.c.quote_id == line.c.quote_id) & (other.c[name] == line.c[name]) & (other.c.id < line.c.id)
    is_first = ~select(other.c.id).where(before).correlate(line).exists()
    rows = visible_when(_quotes_with(line), _not_deleted(tables.quotes) & is_first)
    return replace(paged(rows, parent="tenant_id", orders=_ORDERS, filters=QUOTE_FILTERS), parent=line.c[name])


# An alias, because recipients can be read in the same statement.
_RECIPIENT = tables.recipients.alias("recipient_of_quote")

QUOTE_LOADERS: dict[str, LoaderSpec] = {
    "quotes": paged(QUOTES, parent="tenant_id", orders=_ORDERS, filters=QUOTE_FILTERS),
    "quotes_by_customer": paged(QUOTES, parent="customer_id", orders=_ORDERS, filters=QUOTE_FILTERS),
    "quotes_by_product": _quotes_by_line("product_id"),
    "quotes_by_kit": _quotes_by_line("kit_id"),
    "quote": one(QUOTES),
    "quote_by_recipient": One(_quotes_with(_RECIPIENT), _RECIPIENT.c.id),
    "quotes_by_order_id": many(QUOTES, key="order_id", order=("id",)),
    "item": one(of_visible_quote(ITEMS)),
    "items_by_quote": many(ITEMS, key="quote_id"),
    "alternative": one(of_visible_quote(ALTERNATIVES)),
    "alternatives_by_item": many(ALTERNATIVES, key="item_id"),
    "recipient": one(of_visible_quote(RECIPIENTS)),
    "recipients_by_item": many(RECIPIENTS, key="item_id"),
    "recipients_by_vendor_order": many(RECIPIENTS, key="vendor_order_id"),
    "recipients_by_email": paged(
        of_visible_quote(RECIPIENTS),
        parent="email_key",
        orders={"CREATED_AT": "created_at"},
        filters=RECIPIENT_FILTERS,
    ),
    "countries_by_quote": distinct(tables.recipients, key="quote_id", value="country"),
    "tax_lines_by_quote": Computed(many(row_mapping(TaxedItem, tables.quote_items), key="quote_id"), tax_lines),
    "status_times_by_node": many(STATUS_TIMES, key="node_id", order=("at", "status")),
}


# The column of the table of origins (`adapters/database/connections/tables.py`) that says what comes from elsewhere.
_ORIGINS = TableClause("origins", column("node_id", Uuid))

_PARTS = (ALTERNATIVES, RECIPIENTS, ITEMS, OPTIONS)


def _locking(mine: ColumnElement[bool]) -> PerScope[Prepared]:
    table = tables.quotes

    def build(tenant_scope: TenantScope) -> Prepared:
        where = (mine, _not_deleted(table), in_scope(table.c.tenant_id, tenant_scope))
        return Prepared(QUOTES.select().where(*where).with_for_update())

    return PerScope(build)


def _locking_by(part: Table) -> PerScope[Prepared]:
    quote_id = select(part.c.quote_id).where(part.c.id == bindparam("part_id")).scalar_subquery()
    return _locking(tables.quotes.c.id == quote_id)


def _parts_in_order(rows: RowMapping) -> Select[Any]:
    mine = rows.table.c.quote_id == bindparam("quote_id")
    return rows.select().where(mine).order_by(rows.table.c.position, rows.table.c.id)


def _parts_of_line(rows: RowMapping) -> Select[Any]:
    item = rows.table.c.id if rows is ITEMS else rows.table.c.item_id
    return _parts_in_order(rows).where(item == bindparam("item_id"))


_LOCKING = _locking(tables.quotes.c.id == bindparam("quote_id"))
_LOCKING_BY = {rows.table: _locking_by(rows.table) for rows in _PARTS}
_WHOLE = ReadTogether(*((rows, _parts_in_order(rows)) for rows in _PARTS))
_LINE = ReadTogether(*((rows, _parts_of_line(rows)) for rows in _PARTS[:3]))


class SqlQuotes:
    """Implements the `QuoteStore` port in one unit of work."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def lock(self, quote_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING, {"quote_id": quote_id})

    async def lock_of_item(self, item_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING_BY[tables.quote_items], {"part_id": item_id})

    async def lock_of_alternative(self, alternative_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING_BY[tables.alternatives], {"part_id": alternative_id})

    async def lock_of_recipient(self, recipient_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING_BY[tables.recipients], {"part_id": recipient_id})

    async def lock_of_price_option(self, option_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING_BY[tables.price_options], {"part_id": option_id})

    async def lock_line(self, quote_id: str, item_id: str) -> QuoteAggregate | None:
        return await self._lock(_LOCKING, {"quote_id": quote_id}, _LINE, {"item_id": item_id})

    async def _lock(
        self,
        locking: PerScope[Prepared],
        which: Mapping[str, str],
        parts: ReadTogether = _WHOLE,
        of_which: Mapping[str, str] = MappingProxyType({}),
    ) -> QuoteAggregate | None:
        # The parts are read by another statement: this one may see them as they were before it waited for the lock.
        locked = locking(self._tenant_scope)
        found = (await self._connection.execute(locked, {**which, **parameters(self._tenant_scope)})).one_or_none()
        if found is None:
            return None
        quote = Quote._make(found)
        read = await parts.fetch(self._connection, {"quote_id": quote.id, **of_which})
        alternatives, recipients = _by_item(read[0]), _by_item(read[1])
        lines = (Line(it, tuple(alternatives[it.id]), tuple(recipients[it.id])) for it in read[2])
        return QuoteAggregate(quote, tuple(lines), tuple(read[3]) if parts is _WHOLE else ())

    async def due_to_expire(self, at: datetime, limit: int, skipped: int = 0) -> Sequence[str]:
        columns = tables.quotes.c
        statement = _overdue(at).where(in_scope(columns.tenant_id, self._tenant_scope))
        found = await self._connection.execute(
            statement.order_by(columns.expires_at, columns.id).limit(limit).offset(skipped)
        )
        return list(found.scalars())

    async def add(self, quote: QuoteAggregate) -> None:
        await self._insert(tables.quotes, [quote.quote])
        if quote.quote.tags:
            await write_tags(self._connection, quote.quote.tenant_id, quote.quote.id, quote.quote.tags)
        parts = _parts_of(quote)
        for table, fetched in parts.items():
            await self._insert(table, fetched.values())
        await write_metadata(self._connection, (), _with_metadata(quote))
        # One of a connected system may be further: since when, is noted from its record.
        started = [it for it in (quote.quote, *parts[tables.recipients].values()) if it.status == QuoteStatus.PENDING]
        await note_status_times(
            self._connection,
            [
                {"tenant_id": it.tenant_id, "node_id": it.id, "status": it.status, "at": quote.quote.created_at}
                for it in started
            ],
        )

    async def numbered(self, tenant_id: int, order_ids: Sequence[str]) -> Mapping[str, str]:
        columns = tables.quotes.c
        mine = select(columns.order_id, columns.id).where(columns.tenant_id == tenant_id)
        named = mine.where(in_keys(columns.order_id, self._connection.dialect.name))
        return {it.order_id: it.id for it in await self._connection.execute(named, {"keys": list(order_ids)})}

    async def note_times(self, tenant_id: int, times: Sequence[StatusTime]) -> None:
        await note_status_times(self._connection, [{"tenant_id": tenant_id, **it._asdict()} for it in times])

    async def save(self, before: QuoteAggregate, after: QuoteAggregate) -> None:
        if before.quote != after.quote:
            await self._update(tables.quotes, [(before.quote, after.quote)])
        if before.quote.tags != after.quote.tags:
            await write_tags(self._connection, after.quote.tenant_id, after.quote.id, after.quote.tags)
        old, new = _parts_of(before), _parts_of(after)
        for table in old:
            gone = [part_id for part_id in old[table] if part_id not in new[table]]
            if gone:
                await self._connection.execute(delete(table).where(table.c.id.in_(gone)))
            await self._insert(table, [part for part_id, part in new[table].items() if part_id not in old[table]])
            both = [(old[table][part_id], part) for part_id, part in new[table].items() if part_id in old[table]]
            await self._update(table, [(was, part) for was, part in both if was != part])
        await write_metadata(self._connection, _with_metadata(before), _with_metadata(after))

    async def _insert(self, table: Table, parts: Iterable[NamedTuple]) -> None:
        if found := [_row(part, table) for part in parts]:
            await self._connection.write(_insert(table, tuple(found[0])), found)

    async def _update(self, table: Table, pairs: Sequence[tuple[NamedTuple, NamedTuple]]) -> None:
        """Updates changed rows, which begin with their ids; one write for all in which the same columns differ."""
        changes: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for before, after in pairs:
            changed = changed_values(before, after, table)
            if isinstance(before, Quote) and isinstance(after, Quote):
                old = _keys(before)
                changed |= {name: key for name, key in _keys(after).items() if key != old[name]}
            changes.setdefault(tuple(changed), []).append({"id": after[0], **changed})
        for names, found in changes.items():
            await self._connection.write(_update(table, names), found)


class SqlExpiryCheck:
    """Implements the `ExpiryCheck` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def overdue(self, now: datetime) -> bool:
        async with self._database.read.connect() as connection:
            return (await connection.execute(_overdue(now).limit(1))).first() is not None


def _overdue(at: datetime) -> Select[Any]:
    columns = tables.quotes.c
    undecided = (columns.decision_status == str(DecisionStatus.PENDING)) & columns.offer_status.in_(
        [str(it) for it in LIVE]
    )
    # The system that a quote comes from says when it has expired.
    foreign = select(_ORIGINS.c.node_id).where(_ORIGINS.c.node_id == columns.id).correlate(tables.quotes).exists()
    return select(columns.id).where(undecided, columns.expires_at <= at, ~foreign)


_insert, _update = cache(InsertRows), cache(UpdateRows)


def _row(part: NamedTuple, table: Table = tables.quotes) -> dict[str, Any]:
    row = column_values(part, table)
    return row | _keys(part) if isinstance(part, Quote) else row


def _keys(quote: Quote) -> dict[str, str | None]:
    return {"assignee_key": _key(quote.assignee_email), "project_key": _key(quote.project_reference)}


def _key(value: str | None) -> str | None:
    return None if value is None else fold(value)


def _with_metadata(quote: QuoteAggregate) -> Iterator[Quote | QuoteItem | Recipient]:
    """Yields the rows of a quote that can have metadata."""
    yield quote.quote
    for line in quote.lines:
        yield line.item
        yield from line.recipients


def _by_item(parts: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for part in parts:
        found[part.item_id].append(part)
    return found


def _parts_of(quote: QuoteAggregate) -> dict[Table, dict[str, Any]]:
    """Returns the rows of a quote, by table and id, parents before children."""
    return {
        tables.quote_items: {line.item.id: line.item for line in quote.lines},
        tables.alternatives: {it.id: it for line in quote.lines for it in line.alternatives},
        tables.recipients: {it.id: it for line in quote.lines for it in line.recipients},
        tables.price_options: {it.id: it for it in quote.options},
    }
