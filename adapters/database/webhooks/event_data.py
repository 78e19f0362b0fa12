"""Reads what the default `data` of webhooks needs: the present rows of what events are about, and their causes.

Rows of deleted quotes are read too. Each table takes one statement, whatever the number of events.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.access.status_column import status_column
from adapters.database.access.tables import access_tokens
from adapters.database.companies.tables import api_keys
from adapters.database.connections.tables import connections, origin_changes
from adapters.database.core.column_types import in_keys
from adapters.database.core.engine import Database
from adapters.database.fulfilment.tables import vendor_orders
from adapters.database.history.tables import events as event_log
from adapters.database.inventory.tables import assets, device_actions
from adapters.database.members.tables import members
from adapters.database.people.tables import employees
from adapters.database.quotes.tables import alternatives, quote_items, quotes, recipients
from domain.shared.access import TenantScope
from domain.shared.events import Event
from domain.webhooks.data import data_of
from domain.webhooks.event_types import NAMES

_ITEMS_COUNT = (
    select(func.count()).select_from(quote_items).where(quote_items.c.quote_id == quotes.c.id).scalar_subquery()
)


def _columns(table: Table, names: str, *more: ColumnElement[Any]) -> Select[Any]:
    return select(table.c.id, *(table.c[name] for name in names.split()), *more)


_QUOTE = "order_id requester_email status offer_status decision_status fulfilment_status total_minor currency"
_ITEM = "decision price_minor price_currency agreed_price_minor agreed_price_currency"
_ACTION = "action_id action_type serial_number status tracking_code tracking_link"

# By the type of the node.
_NODES: dict[str, tuple[Table, Select[Any]]] = {
    "Quote": (quotes, _columns(quotes, _QUOTE, _ITEMS_COUNT.label("items_count"))),
    "DeviceAction": (device_actions, _columns(device_actions, _ACTION)),
    "Asset": (assets, _columns(assets, "serial_number status")),
    "Employee": (employees, _columns(employees, "hris_id email status")),
    "Connection": (connections, _columns(connections, "system name status sync_error")),
    "Member": (members, _columns(members, "email role status")),
    "ApiKey": (api_keys, _columns(api_keys, "name prefix", status_column(api_keys).label("status"))),
    "AccessToken": (
        access_tokens,
        _columns(access_tokens, "api_key_id name email", status_column(access_tokens).label("status")),
    ),
}
# By the name in webhooks: what of a quote the events are about.
_SUBJECTS: tuple[tuple[Callable[[str], bool], Table, Select[Any]], ...] = (
    (
        lambda name: name in ("quote.item_accepted", "quote.item_rejected"),
        alternatives,
        _columns(alternatives, "item_id price_minor price_currency"),
    ),
    (
        lambda name: name == "quote.tracking_added",
        recipients,
        _columns(recipients, "item_id tracking_code tracking_link"),
    ),
    (
        lambda name: name.startswith("quote.change_"),
        origin_changes,
        _columns(origin_changes, "type reason"),
    ),
    (
        lambda name: name.startswith("vendor_order."),
        vendor_orders,
        _columns(vendor_orders, "item_id status attention problem asked"),
    ),
)
_ITEMS = _columns(quote_items, _ITEM)
_CAUSES = _columns(event_log, "changes")


class SqlWebhookData:
    """The default `data` of events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def describe(self, events: Sequence[Event], tenant_scope: TenantScope) -> Sequence[dict[str, Any]]:
        """The data of each event, in the order of the events."""
        async with self._database.read.connect() as connection:
            rows = await self._rows(connection, events)
        return [data_of(event, rows) for event in events]

    async def _rows(self, connection: AsyncConnection, events: Sequence[Event]) -> dict[str, dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for type_, (table, statement) in _NODES.items():
            nodes = {it.node_id for it in events if it.node_type == type_}
            rows |= await self._read(connection, table, statement, nodes, events)
        for is_about, table, statement in _SUBJECTS:
            subjects = {it.subject_id for it in events if it.subject_id and is_about(NAMES[it.type])}
            rows |= await self._read(connection, table, statement, subjects, events)
        decided = {it.subject_id for it in events if it.subject_id and NAMES[it.type].startswith("quote.item_")}
        items = {str(rows[it]["item_id"]) if it in rows else it for it in decided}
        rows |= await self._read(connection, quote_items, _ITEMS, items, events)
        causes = {it.cause_id for it in events if it.cause_id}
        return rows | await self._read(connection, event_log, _CAUSES, causes, events)

    async def _read(
        self,
        connection: AsyncConnection,
        table: Table,
        statement: Select[Any],
        ids: Iterable[str],
        events: Sequence[Event],
    ) -> dict[str, dict[str, Any]]:
        if not (keys := sorted(ids)):
            return {}
        mine = in_keys(table.c.id, self._database.dialect) & table.c.tenant_id.in_({it.tenant_id for it in events})
        found = await connection.execute(statement.where(mine), {"keys": keys})
        return {str(row["id"]): dict(row) for row in found.mappings()}
