"""Pages of many parents at once: each what it would be alone, by one statement that reads no more than the pages."""

import json
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from adapters.database.core.loader_specs import Paged
from adapters.database.core.reader import SqlReader
from adapters.database.quotes.store import QUOTE_LOADERS
from app.wiring import LOADERS
from domain.quotes.statuses import QuoteStatus
from domain.shared.access import Environment, TenantScope
from domain.shared.paging import PageKey, Window
from tests.builders import NOW, a_quote, a_recipient, line, priced
from tests.databases import LIVE, a_company, write_quotes

STATUSES = (QuoteStatus.PENDING, QuoteStatus.APPROVED, QuoteStatus.REJECTED)
MANY, FEW = 3_000, 3

# One stored quote over and over, a second apart, whatever columns a quote has.
COPIES = """
INSERT INTO quotes SELECT (jsonb_populate_record(q, jsonb_build_object(
  'id', overlay(overlay(gen_random_uuid()::text placing '7' from 15) placing 'a' from 20), 'order_id', n::text,
  'created_at', q.created_at + n * interval '1 second'))).*
FROM quotes q, generate_series(1, :copies) n
"""


@pytest.fixture
def reader(database):
    return SqlReader(database, QUOTE_LOADERS)


@pytest_asyncio.fixture
async def companies(database):
    """Three companies with eight, two and no quotes, several of them made in the same moment."""
    made = {}
    for code, count in (("AUSTRAL", 8), ("NORDLICHT", 2), ("EMPTY", 0)):
        tenant = (await a_company(database, code)).live
        quotes = [
            a_quote(tenant_id=tenant, status=STATUSES[it % 3], created_at=NOW + timedelta(seconds=it // 3))
            for it in range(count)
        ]
        await write_quotes(database, *quotes)
        made[tenant] = [it.quote for it in quotes]
    return made


def ids(rows):
    return [it.id for it in rows]


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("after", [None, 1])
@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("descending", [False, True])
async def test_each_parent_has_the_page_it_would_have_alone(reader, companies, descending, backward, after, filtered):
    wanted = STATUSES[:2] if filtered else STATUSES
    filters = (("status", wanted),) if filtered else ()
    lists = {
        tenant: sorted((it for it in quotes if it.status in wanted), key=lambda it: (it.created_at, it.id))
        for tenant, quotes in companies.items()
    }
    somewhere = next(iter(companies.values()))[4]
    cursor = None if after is None else (somewhere.created_at, somewhere.id)
    key = PageKey(None, filters, "CREATED_AT", descending, Window(2, backward, cursor))
    found = await reader.load("quotes", [key._replace(parent=it) for it in lists], LIVE)
    for page, (tenant, whole) in zip(found, lists.items(), strict=True):
        falling = descending != backward
        ordered = whole[::-1] if falling else whole
        if cursor is not None:
            ordered = [it for it in ordered if ((it.created_at, it.id) < cursor) == falling and it.id != cursor[1]]
        kept, more = ordered[:2], len(ordered) > 2
        assert ids(page.rows) == ids(kept[::-1] if backward else kept)
        assert (page.has_previous if backward else page.has_next) is more
        assert [page] == await reader.load("quotes", [key._replace(parent=tenant)], LIVE)


async def test_many_people_have_their_own_devices_and_nobody_those_of_another_company(reader, database):
    tenant = (await a_company(database)).live
    people = [a_recipient(email=f"p{it % 30}@x.example") for it in range(75)]
    await write_quotes(database, a_quote(line(priced, recipients=people), tenant_id=tenant))
    addresses = [f"p{it}@x.example" for it in range(40)]
    keys = [PageKey(it, (), "CREATED_AT", True, Window(2)) for it in addresses]
    for tenant_scope, counts in ((LIVE, [2] * 30 + [0] * 10), (TenantScope(Environment.LIVE, tenant + 1), [0] * 40)):
        found = await reader.load("recipients_by_email", keys, tenant_scope)
        assert [len(it.rows) for it in found] == counts
        assert all(it.email == key for key, page in zip(addresses, found, strict=True) for it in page.rows)
    assert [it.has_next for it in await reader.load("recipients_by_email", keys, LIVE)] == [True] * 15 + [False] * 25


def most_rows(plan: dict[str, Any]) -> float:
    """The most rows that any step of a plan read or gave."""
    own: float = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return max([own, *(most_rows(it) for it in plan.get("Plans", ()))])


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize("cursor", [None, (NOW + timedelta(seconds=MANY // 2), "00000000-0000-7000-8000-000000000000")])
@pytest.mark.parametrize("parents", [1, 3])
async def test_postgresql_reads_the_pages_and_not_all_rows_of_the_parents(reader, database, parents, cursor):
    tenants = [(await a_company(database, it)).live for it in ("AUSTRAL", "NORDLICHT", "EMPTY")]
    await write_quotes(database, a_quote(tenant_id=tenants[0]))
    async with database.write.begin() as connection:
        await connection.execute(text(COPIES), {"copies": MANY})
        await connection.execute(text("ANALYZE"))
    key = PageKey(True, (), "CREATED_AT", True, Window(FEW, cursor=cursor))
    sent = []
    fetch = database.reads.fetch

    async def spy(statement, values):
        sent.append((statement, values))
        return await fetch(statement, values)

    database.reads.fetch = spy
    await reader.load("quotes", [key._replace(parent=it) for it in tenants[:parents]], LIVE)
    [(statement, values)] = sent
    [(plan,)] = await database.reads._connections.fetch(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", statement.arguments(values)
    )
    assert most_rows(json.loads(plan)[0]["Plan"]) <= 20, plan


# Loaders whose index is another one: a job is always listed by its status, an event's number is its tenant's only one,
# and a person's or device's few actions and a company's few custom fields and webhook endpoints are found before they
# are sorted. The quotes of a product or kit are found by their lines.
OTHERWISE = {
    "jobs",
    "events_by_node",
    "device_actions_by_person",
    "device_actions_by_serial",
    "custom_fields",
    "webhook_endpoints",
    "quotes_by_product",
    "quotes_by_kit",
}


@pytest.mark.parametrize("loader", [it for it, spec in LOADERS.items() if isinstance(spec, Paged)])
def test_every_order_of_a_list_has_an_index_for_one_parent_and_one_for_all(loader):
    spec = LOADERS[loader]
    assert isinstance(spec, Paged)
    indexes = {tuple(it.name for it in index.columns) for index in spec.rows.table.indexes}
    for order in spec.orders.values():
        place = tuple(dict.fromkeys((order.name, "id")))
        wanted = set() if spec.parent.name == "id" else {(spec.parent.name, *place)}
        wanted |= {place} if spec.parent.name in ("id", "tenant_id") else set()
        assert loader in OTHERWISE or wanted <= indexes
