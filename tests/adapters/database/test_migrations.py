"""The schema in the database is the schema in the code, however often it is migrated."""

import ast
import re
import shutil
import sqlite3
import tomllib
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import Script
from sqlalchemy import Connection, inspect, text

from adapters.database import migrator
from adapters.database.core.engine import Database, open_database
from adapters.database.metadata import metadata
from adapters.database.migrator import (
    REVISION,
    UNRELEASED,
    ForeignDatabase,
    NewerDatabase,
    UnreleasedDatabase,
    is_current,
    is_empty,
    migrate,
    newest_revision,
    require_usable,
    write_revision,
)
from adapters.database.notes.store import note, write_note
from tests.databases import a_company, rows_of
from tests.postgres import new_postgres_database

ROOT = next(it for it in Path(__file__).parents if (it / "pyproject.toml").exists())
PROGRAM = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def reflected(connection: Connection) -> dict[str, Any]:
    """What the database says of its tables, whatever the order in which they and their parts were made."""
    inspector = inspect(connection)
    described = {
        table: {
            "columns": {it["name"]: plain(it) for it in inspector.get_columns(table)},
            "primary key": plain(inspector.get_pk_constraint(table)),
            "foreign keys": every(inspector.get_foreign_keys(table)),
            "unique": every(inspector.get_unique_constraints(table)),
            "checks": every(inspector.get_check_constraints(table)),
            "indexes": every(inspector.get_indexes(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }
    return {**described, "in the database's words": sorted(connection.execute(text(WORDS[connection.dialect.name])))}


# What an inspector may leave out: predicates and collations of indexes; triggers, views and sequences.
WORDS = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL",
    "postgresql": """
        SELECT 'index', indexname::text, indexdef FROM pg_indexes
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid IS DISTINCT FROM to_regclass('alembic_version')
        UNION ALL SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT 'view', viewname::text, definition FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'sequence', sequencename::text, data_type::text FROM pg_sequences
    """,
}


def plain(described: Any) -> dict[str, str]:
    """What an inspector says of one thing, its types and conditions as the database writes them."""
    return {name: str(value) for name, value in sorted(described.items()) if name != "dialect_options"}


def every(described: Any) -> list[dict[str, str]]:
    return sorted(map(plain, described), key=str)


async def test_the_migrations_make_exactly_the_tables_of_the_code(database):
    async with database.read.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_made_by_the_migrations_reflects_as_one_made_from_the_tables(database, tmp_path):
    file = f"sqlite+aiosqlite:///{tmp_path / 'declared.db'}"
    declared = open_database(file if database.dialect == "sqlite" else new_postgres_database())
    async with declared.write.begin() as connection:
        await connection.run_sync(metadata.create_all)
    async with database.read.connect() as migrated, declared.read.connect() as made:
        by_migrations, by_tables = await migrated.run_sync(reflected), await made.run_sync(reflected)
    await declared.close()
    assert by_tables.keys() > set(metadata.tables)
    assert by_migrations == by_tables


async def test_a_migrated_database_has_no_rows_but_its_revision(database):
    for table in metadata.tables:
        assert await rows_of(database, f"SELECT count(*) FROM {table}") == [(0,)]
    assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]


async def test_a_migrated_database_can_be_migrated_again(database):
    await a_company(database)
    await migrate(database)
    assert await rows_of(database, "SELECT version_num FROM alembic_version") == [(newest_revision(),)]
    assert await rows_of(database, "SELECT count(*) FROM companies") == [(1,)]


async def test_a_migrated_database_is_current_and_no_longer_empty(database):
    assert await is_current(database)
    assert not await is_empty(database)


async def test_a_new_file_is_an_empty_database_that_is_not_current(tmp_path):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    await require_usable(database)
    assert await is_empty(database)
    assert not await is_current(database)
    assert await note(database, "purpose") is None
    await database.close()


async def test_a_database_remembers_what_it_is_for(database):
    assert await note(database, "purpose") is None
    await write_note(database, "purpose", "demo")
    assert await note(database, "purpose") == "demo"


# How migrations are written (CONTRIBUTING).


def migrations() -> list[Script]:
    """The oldest first."""
    return list(migrator._scripts().walk_revisions())[::-1]


def test_migrations_follow_one_another_and_are_numbered_within_the_version_that_brings_them():
    found = migrations()
    assert [it.down_revision for it in found] == [None, *(it.revision for it in found[:-1])]
    named = [REVISION.fullmatch(it.revision) for it in found]
    assert all(named)
    numbers = [tuple(map(int, it.groups())) for it in named if it]
    assert numbers == sorted(numbers)
    for before, (*of, number) in zip([(0, 0, 0, 0), *numbers], numbers, strict=False):
        assert number == (before[-1] + 1 if list(before[:-1]) == of else 1)
    assert list(numbers[-1][:3]) <= [int(it) for it in PROGRAM.split(".")]


@pytest.mark.parametrize("migration", migrations(), ids=lambda it: it.revision)
def test_a_migrations_file_is_named_for_its_revision_and_what_it_does(migration):
    assert re.fullmatch(rf"{migration.revision}(_[a-z0-9]+)+", Path(migration.path).stem)


@pytest.mark.parametrize("migration", migrations(), ids=lambda it: it.revision)
def test_a_migration_does_the_same_however_the_code_changes(migration):
    tree = ast.parse(Path(migration.path).read_text())
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [it.name for it in node.names])
    }
    assert imported.isdisjoint({"schema", "resolvers", "domain", "adapters", "app"})


@pytest.mark.parametrize("migration", migrations(), ids=lambda it: it.revision)
def test_a_migration_copies_no_table_that_others_refer_to(migration):
    # SQLite deletes what refers to the rows of a table that is dropped for its copy.
    text_ = Path(migration.path).read_text()
    copied = re.findall(r"batch_alter_table\(\"(\w+)\"", text_)
    referred_to = {it.column.table.name for table in metadata.tables.values() for it in table.foreign_keys}
    assert (len(copied), referred_to & set(copied)) == (text_.count("batch_alter_table"), set())


async def test_a_migration_is_written_from_what_differs_and_holds_no_types_of_ours(tmp_path, monkeypatch):
    copied = shutil.copytree(migrator.MIGRATIONS, tmp_path / "migrations")
    monkeypatch.setattr(migrator, "MIGRATIONS", copied)
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'before.db'}")
    await migrate(database)
    async with database.write.begin() as connection:
        for lost in ("DROP INDEX ix_products_brand_key", "ALTER TABLE quotes DROP COLUMN priced_at"):
            await connection.execute(text(lost))

    before = set(copied.glob("versions/*.py"))

    await write_revision(database, "Prices and brands")

    [made] = set(copied.glob("versions/*.py")) - before
    assert made.stem == f"{newest_revision()}_prices_and_brands"
    assert 'sa.BigInteger().with_variant(sa.TIMESTAMP(timezone=True), "postgresql")' in made.read_text()
    assert "adapters" not in made.read_text()
    await migrate(database)
    async with database.read.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def before(revision: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Database, dict[Path, str]]:
    """A database as it was before a revision, and the migrations from there on, which are taken away."""
    copied = shutil.copytree(migrator.MIGRATIONS, directory / "migrations")
    later = {it: it.read_text() for it in (copied / "versions").glob("v*.py") if it.stem >= revision}
    monkeypatch.setattr(migrator, "MIGRATIONS", copied)
    for it in later:
        it.unlink()
    database = open_database(f"sqlite+aiosqlite:///{directory / 'before.db'}")
    await migrate(database)
    return database, later


async def test_rows_that_are_there_get_the_times_that_are_known_of_them(tmp_path, monkeypatch):
    database, later = await before("v0_1_0_03", tmp_path, monkeypatch)
    company = "INSERT INTO companies (id, code, name, created_at, api_enabled) VALUES ('c', 'C', 'C', 7000000, 1)"
    products = (
        "INSERT INTO products (id, product_type, brand, model, active, search) VALUES (:id, 'MOUSE', 'X', :id, 1, '')"
    )
    event = (
        "INSERT INTO catalogue_events (id, product_id, type, node_type, node_id, actor_kind, actor_id, actor_name,"
        " occurred_at, field_changes)"
        " VALUES (:at, 'told', 'PRODUCT_CREATED', 'Product', 'told', 'SYSTEM', '', '', :at, '[]')"
    )
    async with database.write.begin() as connection:
        await connection.execute(text(company))
        for product in ("told", "untold"):
            await connection.execute(text(products), {"id": product})
        for at in (1000000, 3000000):
            await connection.execute(text(event), {"at": at})

    for it, source in later.items():
        it.write_text(source)
    await migrate(database)

    async with database.read.connect() as connection:
        told = await connection.execute(text("SELECT id, created_at, updated_at FROM products ORDER BY id"))
        (_, *times), (_, created, updated) = told.all()
        assert times == [1000000, 3000000]
        assert created == updated > 3000000
        assert (await connection.execute(text("SELECT updated_at FROM companies"))).scalar_one() == 7000000
    await database.close()


async def test_attempts_of_webhooks_that_are_there_get_the_tenant_of_their_delivery(tmp_path, monkeypatch):
    database, later = await before("v0_1_0_11", tmp_path, monkeypatch)
    # Without foreign keys, so that only the rows that matter are needed.
    with sqlite3.connect(tmp_path / "before.db") as file:
        file.execute("INSERT INTO companies (id, code, name, created_at, api_enabled) VALUES ('c', 'C', 'C', 7, 1)")
        file.execute("INSERT INTO tenants (id, company_id, environment) VALUES (9, 'c', 'LIVE')")
        file.execute(
            "INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, sequence, status,"
            " attempt_count, attempts_left) VALUES ('d', 9, 'e', 'v', 'quote.pending', 1, 'PENDING', 2, 6)"
        )
        file.executemany(
            "INSERT INTO webhook_attempts VALUES ('d', ?, ?, 503, 12, 'busy', 'later')", [(1, 1000000), (2, 2000000)]
        )
    file.close()

    for it, source in later.items():
        it.write_text(source)
    await migrate(database)

    async with database.read.connect() as connection:
        found = (await connection.execute(text("SELECT * FROM webhook_attempts ORDER BY number"))).all()
    assert [tuple(it) for it in found] == [
        (9, "d", number, at, 503, 12, "busy", "later") for number, at in ((1, 1000000), (2, 2000000))
    ]
    await database.close()


def insert(file: sqlite3.Connection, table: str, **values: object) -> None:
    """Insert a row of which only these columns matter."""
    columns = file.execute(f"PRAGMA table_info({table})").fetchall()
    required = [name for _, name, _, is_required, default, _ in columns if is_required and default is None]
    row = dict.fromkeys(required, 1) | values
    names = f"{', '.join(row)}) VALUES ({', '.join('?' * len(row))}"
    file.execute(f"INSERT INTO {table} ({names})", tuple(row.values()))


async def test_items_with_open_price_requests_follow_the_vendor_and_keep_their_prices(tmp_path, monkeypatch):
    database, later = await before("v0_1_0_23", tmp_path, monkeypatch)
    items = {"priced": 1300, "unpriced": None, "called off": 1300, "decided": 1300}
    requests = [
        ("priced", "QUOTED", 1200),
        ("priced", "QUOTED", 1100),
        ("unpriced", "QUOTED", 1200),
        ("unpriced", "FAILED", None),
        ("called off", "CANCELLED", 1200),
        ("decided", "QUOTED", 1200),
    ]
    with sqlite3.connect(tmp_path / "before.db") as file:
        for item, price in items.items():
            status = "ACCEPTED" if item == "decided" else "SOURCED" if price else "PENDING"
            insert(file, "quote_items", id=item, status=status, price_minor=price, price_currency=price and "USD")
        for number, (item, status, price) in enumerate(requests):
            quoted = {"quoted_price_minor": price, "quoted_price_currency": price and "USD"}
            insert(file, "vendor_orders", id=number, item_id=item, status=status, is_price_request=1, **quoted)
    file.close()

    for it, source in later.items():
        it.write_text(source)
    await migrate(database)

    async with database.read.connect() as connection:
        found = await connection.execute(text("SELECT id, follows_vendor, vendor_price_minor FROM quote_items"))
        assert {it.id: (it.follows_vendor, it.vendor_price_minor) for it in found} == {
            "priced": (1, 1200),
            "unpriced": (1, None),
            "called off": (0, None),
            "decided": (0, None),
        }
    await database.close()


# Whose database it is.


async def marked(database: Database, revision: str) -> None:
    """Have the database say that it is at another revision."""
    async with database.write.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})


UNUSABLE = {
    "the first of all": ("0001", UnreleasedDatabase, r"unreleased version of quotegraph \(revision '0001'\)"),
    "the last before the baseline": ("0043", UnreleasedDatabase, r"unreleased version .* \(revision '0043'\)"),
    "of the next version": ("v0_2_0_01", NewerDatabase, r"upgraded by quotegraph 0\.2\.0 .* Upgrade quotegraph"),
    "of this version's next checkout": ("v0_1_0_99", NewerDatabase, r"upgraded by quotegraph 0\.1\.0 "),
    "of no known form": ("5ecba3e1", NewerDatabase, r"upgraded by a newer version of quotegraph \(revision '5ecba3e1'"),
    "never numbered so": ("0044", NewerDatabase, r"upgraded by a newer version of quotegraph \(revision '0044'"),
}


@pytest.mark.parametrize(("revision", "kind", "message"), UNUSABLE.values(), ids=UNUSABLE)
async def test_a_database_of_another_version_is_told_apart_and_left_as_it_is(database, revision, kind, message):
    await a_company(database)
    await marked(database, revision)
    before = await everything(database)
    for act in (require_usable, migrate):
        with pytest.raises(kind, match=message) as raised:
            await act(database)
        assert "Nothing was changed." in str(raised.value)
    assert await everything(database) == before


async def everything(database: Database) -> dict[str, Any]:
    """All tables and rows."""
    async with database.read.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return {it: await rows_of(database, f"SELECT * FROM {it} ORDER BY 1") for it in tables}


async def test_a_revision_of_ours_in_another_programs_database_makes_it_not_ours(database):
    for revision in (*sorted(UNRELEASED)[:1], "v9_0_0_01", newest_revision()):
        await marked(database, str(revision))
        async with database.write.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                await connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
        with pytest.raises(ForeignDatabase, match="Nothing was changed"):
            await migrate(database)
