"""The demo's database, copied from SQLite into PostgreSQL by the command, is the same to everybody who uses it."""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio
from graphql import ExecutionResult, OperationDefinitionNode, OverlappingFieldsCanBeMergedRule, parse, validate

from adapters.database.core.engine import open_database
from adapters.secrets import FernetSecretBox
from resolvers.context import Context, Services
from resolvers.execution.executor import Executor
from schema.build import build_schema, core_schema
from tests.api.support.running import SECRET_KEY, running
from tests.databases import rows_of
from tests.e2e.processes import command, eventually
from tests.e2e.processes import running as running_command
from tests.execution.conftest import Seeded
from tests.execution.documents import Habits, a_document
from tests.execution.product import OPERATOR, KnownValues, services_over
from tests.execution.seeds import SEED
from tests.postgres import drop_postgres_database, new_postgres_database

SCHEMA = core_schema(build_schema())
EXECUTOR = Executor(SCHEMA)
DOCUMENTS = 200
ENDPOINT = """mutation { createWebhookEndpoint(input: {url: "https://hooks.example/", events: ["*"]}) {
    secret endpoint { id } userErrors { message }
} }"""
SHOWN = """{
    viewer { environment scopes }
    quotes(first: 50) { nodes { id orderId status createdAt items { id price { amount currencyCode } } } }
    webhookEndpoints { nodes { id url createdAt } }
}"""


@dataclass
class Copied:
    """The two databases, and what clients were given before the copy."""

    sqlite: str
    postgresql: str
    key: str
    secret: str
    shown: Any
    output: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def copied(seeded: Seeded, tmp_path_factory: Any) -> AsyncIterator[Copied]:
    file = tmp_path_factory.mktemp("copied") / "demo.db"
    _copy_file(await seeded("sqlite"), file)
    source, target = f"sqlite+aiosqlite:///{file}", new_postgres_database()
    async with running(source, with_keys=False) as api:
        key = await api.key("quotes:read", "webhooks:manage", company=None)
        # A key of the platform belongs to no company that the tests know.
        company = (await rows_of(api.parts.database, "SELECT id FROM companies WHERE code = 'AUSTRAL'"))[0][0]
        made = await api.data(ENDPOINT.replace("{url", f'{{companyId: "{company}", url'), key=key)
        shown = await api.data(SHOWN, key=key)
    code, output, errors = await command("migrate", "--copy-from", f"sqlite:///{file}", database_url=target)
    assert code == 0, errors
    yield Copied(source, target, key, made["createWebhookEndpoint"]["secret"], shown, output)
    drop_postgres_database(target)


def _copy_file(url: str, to: Path) -> None:
    connection = sqlite3.connect(url.partition(":///")[2])
    copy = sqlite3.connect(to)
    connection.backup(copy)
    for it in (connection, copy):
        it.close()


async def test_keys_and_sealed_secrets_work_after_the_copy(copied: Copied) -> None:
    assert "Both databases have the same checksums." in copied.output
    async with running(copied.postgresql, with_keys=False) as api:
        assert await api.data(SHOWN, key=copied.key) == copied.shown
        stored = await rows_of(api.parts.database, "SELECT secret FROM webhook_endpoints ORDER BY id DESC LIMIT 1")
    assert FernetSecretBox([SECRET_KEY]).open(stored[0][0]) == copied.secret


async def test_any_document_is_answered_alike_from_both(copied: Copied) -> None:
    databases = [open_database(it) for it in (copied.sqlite, copied.postgresql)]
    known = KnownValues()
    habits = Habits(known.values, depth=5, size=40, nesting=0.4, given=0.2, without=frozenset({"Query.publicQuote"}))
    answered = 0
    async with services_over(databases[0]) as one, services_over(databases[1]) as other:
        for number in range(DOCUMENTS):
            asked = a_document(SCHEMA, habits, random.Random(f"{SEED} {number}"))
            if validate(SCHEMA, parse(asked.text), [OverlappingFieldsCanBeMergedRule]):
                continue
            answers = [await _answer(it, asked.text, asked.variables) for it in (one, other)]
            assert _told(answers[0]) == _told(answers[1]), (SEED, number, asked)
            known.learn(answers[0].data)
            answered += not answers[0].errors
    for it in databases:
        await it.close()
    assert answered > DOCUMENTS / 2


async def _answer(services: Services, text: str, variables: dict[str, Any]) -> ExecutionResult:
    document = parse(text)
    [node] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    operation = EXECUTOR.operation(document, node)
    return await EXECUTOR.execute(operation, Context(services, OPERATOR, json_subtrees=False), variables)


def _told(result: ExecutionResult) -> tuple[Any, list[str]]:
    return result.data, sorted(str(it.path) for it in result.errors or ())


async def test_a_copy_that_was_killed_is_used_by_nobody_and_continues(migrated: Any, tmp_path: Path) -> None:
    file, target = tmp_path / "large.db", new_postgres_database()
    await migrated.new("sqlite", file)
    await asyncio.to_thread(_write_notes, file, 40_000)
    words = ("migrate", "--copy-from", f"sqlite+aiosqlite:///{file}")
    # From another database of the server: the command refuses a target that anybody else has open.
    server = open_database(target.replace(f"/{_name(target)}?", "/postgres?"))
    copying = f"SELECT 1 FROM pg_stat_activity WHERE datname = '{_name(target)}' AND query LIKE 'COPY%'"

    async def is_copying() -> bool:
        # A batch takes a few milliseconds, which a look now and then would miss.
        return any([await rows_of(server, copying) for _ in range(50)])

    async with running_command(tmp_path / "log", *words, database_url=target) as process:
        await eventually(is_copying)
        process.kill()
    await server.close()
    code, _, errors = await command("companies", "list", database_url=target)
    assert (code, "has not finished" in errors) == (2, True)
    code, output, errors = await command(*words, database_url=target)
    assert (code, output) == (0, "40,000 rows of 1 tables were copied. Both databases have the same checksums.\n"), (
        errors
    )
    assert (await command("companies", "list", database_url=target))[0] == 0
    drop_postgres_database(target)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _write_notes(file: Path, count: int) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(
            "WITH RECURSIVE number(it) AS (SELECT 1 UNION ALL SELECT it + 1 FROM number WHERE it < ?) "
            "INSERT INTO notes SELECT 'note ' || it, 'value ' || it FROM number",
            [count],
        )
    connection.close()
