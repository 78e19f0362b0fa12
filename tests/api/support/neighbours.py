"""Companies beside each other with the same data, and callers who try to reach what is not theirs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import orjson
from graphql import OperationType
from sqlalchemy import Table, select

from adapters.database.companies.tables import tenants
from adapters.database.metadata import metadata
from app.server.refusals import Refusal
from app.server.requests import Request
from domain.shared.access import NOBODY as ANYBODY
from domain.shared.access import ActorType, Caller, Environment, Scope
from tests.api.support.inventory_inputs import an_asset
from tests.api.support.makers import Made, a_price_option, a_quote, an_item
from tests.api.support.one_of_each import one_of_each
from tests.api.support.running import Running
from tests.api.support.world import COMPANY_IDS, UNTOLD

# What all companies share.
SHARED = frozenset({"CatalogueEvent", "Configuration", "Product"})
# A company has keys in both environments, and their use is no change.
NOT_OF_ONE = {("api_keys", "company_id"), *UNTOLD}
TENANT_TABLES = [it for it in metadata.sorted_tables if "tenant_id" in it.c]
# A shorter text may be in an answer by chance.
SHORTEST_SECRET = 7
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What tells names of one form apart.
FORM = re.compile(r"\d")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True)
class Neighbour:
    """A company in one environment: one node of each type, by type, a quote that is open, and all its data."""

    tenant_id: int
    nodes: Mapping[str, str]
    open: Made
    rows: Mapping[str, list[Any]] = field(repr=False, default_factory=dict)

    @cached_property
    def strings(self) -> frozenset[str]:
        """Every text in the data."""
        values = (value for rows in self.rows.values() for row in rows for value in row)
        return frozenset(it for value in values for it in _strings(value))

    def values(self, table: str, column: str) -> list[Any]:
        """The values of a column."""
        return [it for row in self.rows[table] if (it := getattr(row, column)) is not None]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for it in value.values():
            yield from _strings(it)
    elif isinstance(value, list | tuple):
        for it in value:
            yield from _strings(it)


async def a_neighbour(api: Running, company: str, environment: Environment) -> Neighbour:
    """A company with one node of each type, and an open quote beside."""
    key = await api.key(*Scope, company=company, environment=environment)
    operator = await api.key(*Scope, company=None, environment=environment)
    nodes = await one_of_each(api, company, key, operator)
    draft = {"poNumber": f"PO of {company} {environment}", "notes": f"Notes of {company} {environment}"}
    opened = await a_quote(api, an_item(), alternatives=1, key=key, operator=operator, **draft)
    # The others have its serial number too: a number of its own.
    assets = [an_asset(f"{company}{environment}1")]
    assert (await api.act("addAssets", {"assets": assets}, key=key))["userErrors"] == []
    opened = replace(opened, price_option=await a_price_option(api, opened, key))
    return Neighbour(await tenant_of(api, company, environment), nodes, opened)


async def tenant_of(api: Running, company: str, environment: Environment) -> int:
    of = tenants.c
    mine = select(of.id).where(of.company_id == COMPANY_IDS[company], of.environment == environment)
    async with api.parts.database.read.connect() as connection:
        return int((await connection.execute(mine)).scalar_one())


async def seen(api: Running, neighbour: Neighbour) -> Neighbour:
    """The neighbour with its data as it is now."""
    async with api.parts.database.read.connect() as connection:

        async def of(table: Table) -> list[Any]:
            columns = (it for it in table.c if (table.name, it.name) not in NOT_OF_ONE)
            mine = select(*columns).where(table.c.tenant_id == neighbour.tenant_id)
            return sorted(await connection.execute(mine), key=str)

        return replace(neighbour, rows={it.name: await of(it) for it in TENANT_TABLES})


@dataclass(frozen=True)
class Attempt:
    """A caller, what is its own, and what is not."""

    api: Running
    caller: Caller
    own: Neighbour
    other: Neighbour
    # What else the caller reaches: of a platform key, the other companies of its environment.
    beside: frozenset[str] = frozenset()
    # The caller's API key, if it has one.
    key: str = ""

    @cached_property
    def foreign(self) -> dict[str, str]:
        """The ids of nodes that the caller must not know of, by type."""
        own = set(self.own.nodes.values())
        reached = SHARED if self.caller.tenant_id is not None else SHARED | {"Company"}
        return {name: it for name, it in self.other.nodes.items() if name not in reached and it not in own}

    @cached_property
    def secrets(self) -> frozenset[str]:
        """What must be in no answer: every text of the other that is not the caller's own too."""
        return frozenset(it for it in self.other.strings - self.own.strings - self.beside if len(it) >= SHORTEST_SECRET)

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """What people call things of the other, each with another of its form that nobody is called, the same for all
        of a form."""
        other = self.other
        emails = (it for column in ("requester_email", "assignee_email") for it in other.values("quotes", column))
        named = {
            *(other.open.order_id, other.open.key, *emails),
            *other.values("employees", "email"),
            *other.values("assets", "serial_number"),
            *(str(it) for it in other.values("device_actions", "action_id")),
        }
        nobody: dict[str, str] = {}
        return [(it, nobody.setdefault(FORM.sub("0", like(it)), like(it))) for it in sorted(named - self.own.strings)]

    async def text(self, query: str, variables: Mapping[str, Any]) -> str:
        """The data of an answer as it is sent, in which the database may have rendered parts."""
        result = await self.api.parts.engine.execute(Request(query, dict(variables)), self.caller, as_json=True)
        assert not result.errors, result.errors
        return orjson.dumps(result.data).decode()

    async def ask(self, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The body of the answer to an operation."""
        engine, request = self.api.parts.engine, Request(query, dict(variables))
        try:
            if engine.kind_of(request, self.caller) is OperationType.SUBSCRIPTION:
                (await engine._watch(request, self.caller))[2].settle()
                return {"data": {}}
            result = await engine.execute(request, self.caller)
        except Refusal as refusal:
            return {"errors": [it.formatted for it in refusal.errors]}
        errors = {"errors": [it.formatted for it in result.errors]} if result.errors else {}
        return {"data": result.data, **errors}

    def leaked(self, body: Any, sent: str = "") -> list[str]:
        """The secrets in an answer, but for what was sent and is repeated in it."""
        text = body if isinstance(body, str) else as_text(body)
        if sent:
            text = text.replace(sent, "")
        ids, others = self._parted_secrets
        return [*ids.intersection(UUID.findall(text)), *(it for it in others if it in text)]

    @cached_property
    def _parted_secrets(self) -> tuple[frozenset[str], frozenset[str]]:
        """The secrets that are ids, which are found faster, and the others."""
        ids = frozenset(it for it in self.secrets if UUID.fullmatch(it))
        return ids, self.secrets - ids

    def comparable(self, body: Any, sent: str) -> str:
        """An answer without what was sent, without times and without the ids of what is new in it."""
        text = TIME.sub("", as_text(body).replace(sent, ""))
        return UUID.sub(lambda found: found[0] if found[0] in self.own.strings else "", text)


def as_text(body: Any) -> str:
    return json.dumps(body, sort_keys=True, default=str, ensure_ascii=False)


def like(name: str) -> str:
    """Another name of the same form and length."""
    local, at, domain = name.partition("@")
    turned = "".join(chr((ord(it) - 48 + 5) % 10 + 48) if it.isdigit() else "QX"[it == "Q"] for it in local)
    return turned + at + domain


async def attempts(api: Running) -> dict[str, Attempt]:
    """Everybody who may try, by name."""
    austral = await a_neighbour(api, "AUSTRAL", Environment.LIVE)
    test = await a_neighbour(api, "AUSTRAL", Environment.TEST)
    nordlicht = await a_neighbour(api, "NORDLICHT", Environment.LIVE)

    async def caller(company: str | None, environment: Environment) -> tuple[Caller, str]:
        key = await api.key(*Scope, company=company, environment=environment)
        return await api.parts.authenticator.admit(f"Bearer {key}"), key

    live, live_key = await caller("AUSTRAL", Environment.LIVE)
    tester, test_key = await caller("AUSTRAL", Environment.TEST)
    platform, platform_key = await caller(None, Environment.LIVE)
    test_platform, test_platform_key = await caller(None, Environment.TEST)
    austral, test, nordlicht = [await seen(api, it) for it in (austral, test, nordlicht)]
    its_test = replace(nordlicht, tenant_id=await tenant_of(api, "NORDLICHT", Environment.TEST))
    tests_beside = (await seen(api, its_test)).strings
    return {
        "a live key": Attempt(api, live, austral, nordlicht, key=live_key),
        "a test key": Attempt(api, tester, test, austral, key=test_key),
        "a platform key": Attempt(api, platform, austral, test, nordlicht.strings, platform_key),
        "a test platform key": Attempt(api, test_platform, test, nordlicht, tests_beside, test_platform_key),
        "a person": Attempt(api, replace(live, kind=ActorType.PERSON), austral, nordlicht),
        "a public key": Attempt(api, ANYBODY, test, nordlicht),
    }
