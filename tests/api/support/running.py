"""The real application on a real port, and a small client for it."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientSession, web_app
from aiohttp.test_utils import TestServer
from graphql import OperationType
from sqlalchemy import event, select, update

from adapters.database.companies.company import SqlCompanies
from adapters.database.companies.tables import api_keys
from adapters.database.metadata import metadata
from app.server.http import build_app
from app.settings import Settings
from app.wiring import Parts, assemble
from domain.shared.access import CUSTOMER_SCOPES, ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import global_id, new_id
from schema.build import build_schema, core_schema
from tests.api.support.world import COMPANY_IDS, contents

on_both_databases = pytest.mark.parametrize("api", ["sqlite", "postgresql"], indirect=True)

ALL = frozenset(Scope)
SECRET_KEY = "A" * 43 + "="
Variables = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back for one operation."""

    status: int
    headers: Mapping[str, str]
    body: Any
    # What the operation cost, which `body` is without.
    cost: Any = None

    @property
    def data(self) -> Any:
        """The data of an answer without errors."""
        assert "errors" not in self.body, self.body
        return self.body["data"]

    @property
    def errors(self) -> list[Any]:
        found: list[Any] = self.body.get("errors", [])
        return found

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def error(self) -> Any:
        """The only error."""
        assert len(self.errors) == 1, self.body
        return self.errors[0]


class Statements:
    """Counts the statements of an engine."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, parts: Parts) -> None:
        def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self._note(statement)

        event.listen(parts.database.read.sync_engine, "before_cursor_execute", executed)
        if parts.database.dialect == "postgresql":
            # There the read path passes SQLAlchemy by.
            parts.database.reads.listeners.append(self._note)

    def _note(self, statement: str) -> None:
        # The key is looked up once for each request, and signals go their own ways.
        if not any(word in statement for word in ("api_keys", "tenants.last_event", "pg_notify")):
            self.seen.append(statement)

    async def of(self, api: "Running", query: str, variables: Variables | None = None, key: str | None = None) -> int:
        """How many statements the graph needs to answer an operation."""
        self.seen.clear()
        answer = await api.run(query, variables, key)
        assert answer.data is not None
        return len(self.seen)


@dataclass
class Running:
    """One server process's worth of parts, and ways to talk to it. Without a `key`, the first company's own."""

    parts: Parts
    server: TestServer
    http: ClientSession
    customer: str = ""
    operator: str = ""
    statements: Statements = field(default_factory=Statements)

    @property
    def url(self) -> str:
        return str(self.server.make_url("/graphql"))

    async def run(
        self,
        query: str,
        variables: Variables | None = None,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answer:
        """Send one operation."""
        body = {"query": query, **({"variables": variables} if variables is not None else {}), **more}
        sent = {"Authorization": f"Bearer {key or self.customer}", **(headers or {})}
        return await self.post(json.dumps(body).encode(), {"Content-Type": "application/json", **sent})

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send any bytes."""
        async with self.http.post(self.url, data=BytesIO(body), headers=headers) as response:
            body, cost = without_cost(await response.json(content_type=None))
            return Answer(response.status, dict(response.headers), body, cost)

    async def data(self, query: str, variables: Variables | None = None, key: str | None = None) -> Any:
        """The data of an operation that is to succeed."""
        return (await self.run(query, variables, key)).data

    async def act(
        self, mutation: str, input_: Variables, selection: str = "", key: str | None = None, directive: str = ""
    ) -> Any:
        """The payload of one mutation, with its user errors and, where it has them, its changes."""
        return (await self.attempt(mutation, input_, selection, key, directive)).data[mutation]

    async def attempt(
        self, mutation: str, input_: Variables, selection: str = "", key: str | None = None, directive: str = ""
    ) -> Answer:
        return await self.run(document(mutation, selection, directive), {"input": input_}, key)

    async def key(
        self,
        *scopes: str,
        company: str | None = "AUSTRAL",
        environment: Environment = Environment.LIVE,
        expires_at: datetime | None = None,
        name: str = "A test's key",
    ) -> str:
        """A new key; for the platform when `company` is None."""
        secret = new_key(environment)
        company_id = COMPANY_IDS[company] if company else None
        now, held = datetime.now(UTC), frozenset(scopes)
        key = ApiKey(new_id(), name, key_prefix(secret), environment, company_id, None, held, now, expires_at)
        await self.parts.keys.add(key, secret)
        return secret

    async def revoke(self, key: str) -> None:
        [found] = await self.parts.keys.named(key)
        async with self.parts.database.write.begin() as connection:
            revoked = update(api_keys).where(api_keys.c.id == found.id).values(revoked_at=datetime.now(UTC))
            await connection.execute(revoked)

    async def switch_api(self, on: bool, company: str = "AUSTRAL") -> None:
        assert await SqlCompanies(self.parts.database).switch_api(company, on)

    async def contents(self) -> Any:
        return await contents(self.parts.database)

    async def rows(self, table: str) -> list[Any]:
        async with self.parts.database.read.connect() as connection:
            return list(await connection.execute(select(metadata.tables[table])))


@asynccontextmanager
async def running(database_url: str, with_keys: bool = True, **settings: Any) -> AsyncIterator[Running]:
    """The application over a database, served from a free port."""
    # A worker would need vendors; what it does is tested where it is at home.
    # Live keys may do what those of a demo may.
    usual = {"secret_key": SECRET_KEY, "rate_limit": "off", "introspection": "live,test", "suggestions": "live,test"}
    # A collection of the garbage of all tests counts against what is new when it comes.
    usual["document_seconds"] = "60"
    chosen = Settings(database_url=database_url, worker="off", **{**usual, **settings})
    async with assemble(chosen) as parts, ClientSession() as http:
        server = TestServer(build_app(parts.api, parts.closing.set, [*parts.customers.routes(), *parts.hooks.routes()]))
        await server.start_server()
        parts.links.base = str(server.make_url("")).rstrip("/")
        api = Running(parts, server, http)
        api.statements.watch(parts)
        try:
            if with_keys:
                api.customer = await api.key(*CUSTOMER_SCOPES, name="Austral's own")
                api.operator = await api.key(*Scope, company=None, name="An operator")
            yield api
        finally:
            await server.close()
            # aiohttp keeps the last 1,024 applications that have middlewares, each with a whole schema.
            web_app._cached_build_middleware.cache_clear()


def document(mutation: str, selection: str = "", directive: str = "") -> str:
    """A document with one mutation. `selection` comes beside the user errors and the changes."""
    input_type = mutation[0].upper() + mutation[1:] + "Input"
    changes = CHANGES if mutation in WITH_CHANGES else ""
    return f"""
        mutation($input: {input_type}!) {{
            {mutation}(input: $input) {directive} {{
                {selection} {changes}
                userErrors {{
                    __typename message code path
                    ... on ConflictError {{ currentStatus attemptedStatus node {{ id __typename }} }}
                }}
            }}
        }}"""


MUTATIONS = core_schema(build_schema()).get_root_type(OperationType.MUTATION)
WITH_CHANGES = {name for name, it in MUTATIONS.fields.items() if "changes" in it.type.fields} if MUTATIONS else set()
CHANGES = "changes { node { id __typename } from to field }"


def without_cost(body: Any) -> tuple[Any, Any]:
    """The body of an answer, or of a batch, without `extensions.cost`, and that."""
    if isinstance(body, list):
        parted = [without_cost(it) for it in body]
        return [it for it, _ in parted], [it for _, it in parted]
    if not isinstance(body, dict) or "cost" not in (body.get("extensions") or {}):
        return body, None
    others = {name: value for name, value in body["extensions"].items() if name != "cost"}
    kept = {name: value for name, value in body.items() if name != "extensions"}
    return {**kept, **({"extensions": others} if others else {})}, body["extensions"]["cost"]


def company_id(code: str) -> str:
    return global_id("Company", COMPANY_IDS[code])


def uuid_of(given: str) -> str:
    """The bare UUID in a global id."""
    return given.rpartition("_")[2]
