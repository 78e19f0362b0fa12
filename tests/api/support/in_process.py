"""The API without HTTP: the engine itself over a database, with a clock that tests move and vendors that are fakes."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from sqlalchemy import select

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import open_database
from adapters.database.core.reader import SqlReader
from adapters.database.history.events import SqlEventLog
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.portal.public_keys import SqlPublicKeyring
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from app.server.engine import Engine
from app.server.requests import Request
from app.wiring import LOADERS
from domain.ports.dependencies import Dependencies
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.price_option_rows import PriceOption
from domain.shared.access import CUSTOMER_SCOPES, Caller, Environment, Scope, TenantScope
from domain.shared.events import Event, NewEvent
from domain.shared.ids import new_id
from domain.shared.jobs import JobType, NewJob, RetryPolicy
from domain.use_cases.quotes.closings import expire_quotes
from domain.use_cases.worker import dispatch
from resolvers.context import Services
from tests.api.support.world import COMPANY_IDS
from tests.claiming import claim_one
from tests.fakes.external import FakeExternalServices
from tests.fakes.portal import FakePdfRenderer
from tests.fakes.storage import Clock

T = TypeVar("T")
LIVE = TenantScope(Environment.LIVE, None)


class InProcess:
    """One company's key, an operator's, and everything behind the API. Every call runs to its end."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._database = open_database(url)
        self.clock = Clock()
        retry_policy = RetryPolicy()
        queue = SqlJobQueue(self._database, retry_policy.lease)
        ledger = SqlUnitOfWorkFactory(self._database, _orders_only, self.clock)
        self._deps = Dependencies(
            ledger.begin, queue, FakeExternalServices(), self.clock, new_id, retry_policy, FakePdfRenderer()
        )
        self._log = SqlEventLog(self._database)
        keyring = SqlPublicKeyring(self._database)
        services = Services(SqlReader(self._database, LOADERS), self._log, None, self._deps, keyring=keyring)  # type: ignore[arg-type]
        self._engine = Engine(services)
        company_id = COMPANY_IDS["AUSTRAL"]
        self.tenant_id = self._run(self._tenant(company_id))
        self.customer = Caller("c", "Austral", Environment.LIVE, company_id, self.tenant_id, frozenset(CUSTOMER_SCOPES))
        self.operator = Caller("o", "Operator", Environment.LIVE, None, None, frozenset(Scope))

    def data(self, query: str, variables: dict[str, Any], caller: Caller | None = None) -> Any:
        """The data of an operation, which has no errors."""
        result = self._run(self._engine.execute(Request(query, variables), caller or self.operator))
        assert not result.errors, result.errors
        return result.data

    def act(self, mutation: str, input_: dict[str, Any], selection: str = "") -> Any:
        """The payload of a mutation by the operator."""
        type_name = mutation[0].upper() + mutation[1:] + "Input"
        query = f"""mutation($input: {type_name}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{
            __typename message code path ... on ConflictError {{ currentStatus attemptedStatus }} }} }} }}"""
        return self.data(query, {"input": input_})[mutation]

    def quote(self, quote_id: str) -> QuoteAggregate | None:
        """The quote as it is stored; None when it is deleted."""
        return self._run(self._quote(quote_id))

    def price_options(self, quote_id: str) -> list[PriceOption]:
        """The prices at which the quote is offered as a whole."""
        return self._run(self._price_options(quote_id))

    def events(self, quote_id: str) -> list[Event]:
        return list(self._run(self._log.after(self.tenant_id, 0, quote_id, 10_000)))

    def work(self) -> None:
        """Place every order that is queued."""
        self._run(self._work())

    def sweep(self) -> int:
        """Let quotes expire."""
        return self._run(expire_quotes(self._deps, Environment.LIVE))

    def close(self) -> None:
        self._run(self._database.close())

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(coroutine)

    async def _tenant(self, company_id: str) -> int:
        of = tenants.c
        mine = select(of.id).where(of.company_id == company_id, of.environment == "LIVE")
        async with self._database.read.connect() as connection:
            return int((await connection.execute(mine)).scalar_one())

    async def _quote(self, quote_id: str) -> QuoteAggregate | None:
        async with self._deps.unit_of_work(LIVE) as work:
            return await work.quotes.lock(quote_id)

    async def _price_options(self, quote_id: str) -> list[PriceOption]:
        async with self._deps.unit_of_work(LIVE) as work:
            quote = await work.quotes.lock(quote_id)
            return list(quote.options) if quote else []

    async def _work(self) -> None:
        while (job := await claim_one(self._deps.jobs, "test", self.clock())) is not None:
            await dispatch.run(self._deps, job)


def _orders_only(event: NewEvent) -> list[NewJob]:
    """Letters and tasks are not looked at here, and what the vendor does is told by operators."""
    return [job for job in dispatch.jobs_for(event) if job.kind == JobType.PLACE_VENDOR_ORDER]
