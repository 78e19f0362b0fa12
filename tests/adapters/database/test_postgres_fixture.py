"""The PostgreSQL that the tests bring along is a real one."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgres import empty_postgres_database, new_postgres_database, prepare_to_empty


async def ask(url: str, question: str) -> object:
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            answer = await connection.execute(text(question))
            return answer.scalar_one() if answer.returns_rows else None
    finally:
        await engine.dispose()


async def test_a_test_gets_a_real_postgresql():
    url = new_postgres_database()
    assert str(await ask(url, "SELECT version()")).startswith("PostgreSQL 18")


async def test_every_call_gives_a_database_of_its_own():
    one, other = new_postgres_database(), new_postgres_database()
    await ask(one, "CREATE TABLE things (name text)")
    assert await ask(one, "SELECT to_regclass('things')::text") == "things"
    assert await ask(other, "SELECT to_regclass('things')::text") is None


async def test_a_database_can_be_copied_from_one_prepared_before():
    prepared = new_postgres_database()
    await ask(prepared, "CREATE TABLE things (name text)")
    copy = new_postgres_database(template=prepared)
    assert await ask(copy, "SELECT to_regclass('things')::text") == "things"


async def test_a_copy_is_emptied_to_what_it_was_and_counts_anew():
    prepared = new_postgres_database()
    await ask(prepared, "CREATE TABLE things (number serial, name text)")
    await ask(prepared, "INSERT INTO things (name) VALUES ('first')")
    prepare_to_empty(prepared)
    copy = new_postgres_database(template=prepared)
    await ask(copy, "UPDATE things SET name = 'changed'")
    await ask(copy, "INSERT INTO things (name) VALUES ('second')")
    assert empty_postgres_database(copy)
    assert await ask(copy, "SELECT string_agg(number || name, ',') FROM things") == "1first"
    assert await ask(copy, "INSERT INTO things (name) VALUES ('second') RETURNING number") == 2


async def test_a_copy_whose_tables_were_changed_is_used_by_nobody_else():
    prepared = new_postgres_database()
    prepare_to_empty(prepared)
    copy = new_postgres_database(template=prepared)
    await ask(copy, "CREATE TABLE things (name text)")
    assert not empty_postgres_database(copy)
