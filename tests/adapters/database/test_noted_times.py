"""When rows were created and last updated is noted where they are written, at the time of the unit of work."""

from dataclasses import replace
from datetime import datetime, timedelta

from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from adapters.database.quotes.store import QUOTE_LOADERS
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from tests.builders import NOW, a_quote, line, priced
from tests.databases import LIVE, a_company


def unit_of_work(database: Database, at: datetime):
    return SqlUnitOfWorkFactory(database, lambda _event: [], lambda: at).begin(LIVE)


async def test_a_row_has_the_time_of_the_unit_of_work_that_wrote_it_last(database):
    tenant = (await a_company(database)).live
    quote = a_quote(line(priced), line(priced), tenant_id=tenant)
    async with unit_of_work(database, NOW) as work:
        await work.quotes.add(quote)
        await work.commit()
    later = NOW + timedelta(hours=1)
    first, second = quote.lines
    item = first.item._replace(comments="With a case.")
    async with unit_of_work(database, later) as work:
        await work.quotes.save(quote, replace(quote, lines=(replace(first, item=item), second)))
        await work.commit()

    reader = SqlReader(database, QUOTE_LOADERS)

    found = await reader.load("item", [first.item.id, second.item.id], LIVE)
    assert [it.updated_at for it in found] == [later, NOW]
    [recipient] = await reader.load("recipient", [first.recipients[0].id], LIVE)
    assert (recipient.created_at, recipient.updated_at) == (NOW, NOW)
