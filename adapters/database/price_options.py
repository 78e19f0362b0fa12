"""Price options in the database. Whoever writes them has locked their quote."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.compounds import money
from adapters.database.loaders import LoaderSpec, many, one
from adapters.database.price_option_tables import price_options as _options
from adapters.database.rows import rows, values, within
from domain.access import Reach
from domain.price_options import PriceOption

OPTIONS = rows(
    PriceOption,
    _options,
    compounds={"price": money(_options, "price"), "upfront": money(_options, "upfront", "price_currency")},
)
PRICE_OPTION_LOADERS: dict[str, LoaderSpec] = {
    "price_option": one(OPTIONS),
    "price_options_by_quote": many(OPTIONS, key="quote_id"),
}


class SqlPriceOptions:
    """The `PriceOptionStore` of one unit of work."""

    def __init__(self, connection: AsyncConnection, reach: Reach) -> None:
        self._connection = connection
        self._reach = reach

    async def quote_of(self, option_id: str) -> str | None:
        of = _options.c
        statement = select(of.quote_id).where(of.id == option_id, within(of.tenant_id, self._reach))
        return (await self._connection.execute(statement)).scalar_one_or_none()

    async def of_quote(self, quote_id: str) -> tuple[PriceOption, ...]:
        statement = OPTIONS.select().where(_options.c.quote_id == quote_id)
        found = await self._connection.execute(statement.order_by(_options.c.position, _options.c.id))
        return tuple(PriceOption._make(row) for row in found)

    async def put(self, quote_id: str, options: Sequence[PriceOption]) -> None:
        await self._connection.execute(delete(_options).where(_options.c.quote_id == quote_id))
        if options:
            await self._connection.execute(insert(_options), [values(it, _options) for it in options])
