"""Connections, origins and problems come back as they were stored, on both databases."""

from datetime import timedelta

from adapters.database.core.engine import Database
from domain.connections.connections import Connection, ConnectionSecrets, ConnectionStatus, SyncPhase
from domain.connections.origins import Origin
from domain.connections.problems import NewProblem
from domain.connections.systems import Collection
from domain.shared.access import Environment, TenantScope
from domain.shared.ids import RowId, new_id
from tests.builders import LATER, NOW, a_connection, a_quote, line, priced
from tests.databases import LIVE, a_company, dependencies_on, rows_of, write_quotes

SECRETS = ConnectionSecrets("sealed", "0" * 64, "sealed token")
PROBLEMS = "SELECT external_id, path, value, occurrences, resolved_at FROM connection_problems ORDER BY external_id"


def without_times(row):
    """A row without the times that are noted where it is written."""
    return row._replace(created_at=None, updated_at=None)


async def stored(database: Database, *origins: Origin, **given) -> Connection:
    """A connection of a new company, with these origins."""
    connection = a_connection(tenant_id=(await a_company(database)).live, **given)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.connections.add(connection, SECRETS)
        await work.origins.put([of_connection(it, connection) for it in origins])
        await work.commit()
    return connection


def of_connection(origin: Origin, connection: Connection) -> Origin:
    return origin._replace(connection_id=connection.id, tenant_id=connection.tenant_id)


def an_origin(record_id: str, node_type: str = "Quote", **given) -> Origin:
    return Origin(
        connection_id="",
        tenant_id=0,
        system=a_connection().system,
        node_type=node_type,
        node_id=new_id(),
        record_id=record_id,
        parent_id="",
        external_id=record_id,
        url=f"https://quipteams.example/{record_id}",
        last_synced_at=NOW,
        is_stale=False,
        fingerprint="f" * 32,
    )._replace(**given)


async def test_a_connection_comes_back_as_it_was_stored_and_its_secrets_apart(database):
    connection = await stored(database)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert without_times(await work.connections.lock(RowId(connection.id))) == without_times(connection)
        assert await work.connections.secrets(connection.id) == SECRETS
        reading = connection._replace(
            sync_phase=SyncPhase.READING, sync_collection=Collection.QUOTES, sync_marks={"QUOTES": "2026"}
        )
        await work.connections.save(reading)
        await work.connections.save_secrets(connection, SECRETS._replace(sealed_credentials="new"))
        assert without_times(await work.connections.find(RowId(connection.id))) == without_times(reading)
        assert (await work.connections.secrets(connection.id)).sealed_credentials == "new"


async def test_only_connected_systems_are_counted_and_others_can_be_found_again(database):
    connection = await stored(database)
    same = (connection.tenant_id, connection.system, connection.base_url)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        assert await work.connections.count(connection.tenant_id) == 1
        assert await work.connections.ended(*same, 10) == []
        await work.connections.save(connection._replace(status=ConnectionStatus.DISCONNECTED))
        [found] = await work.connections.ended(*same, 10)
        assert (await work.connections.count(connection.tenant_id), found.id) == (0, connection.id)


async def test_another_tenant_has_neither_the_connection_nor_its_origins(database):
    connection = await stored(database, origin := an_origin("1"))
    other = TenantScope(Environment.LIVE, connection.tenant_id + 1)
    async with dependencies_on(database).unit_of_work(other) as work:
        assert await work.connections.lock(RowId(connection.id)) is None
        assert await work.origins.of_node(RowId(origin.node_id)) is None


async def test_the_origins_of_records_are_those_of_their_parts_too(database):
    quote, item = an_origin("1"), an_origin("1", "QuoteItem", external_id="7")
    connection = await stored(database, quote, item, an_origin("2"), an_origin("1", "Asset"))
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        found = await work.origins.of_records(connection.id, ("Quote", "QuoteItem"), {"1", "3"})
        assert {it.node_id for it in found} == {quote.node_id, item.node_id}
        by_node = await work.origins.of_nodes(connection.tenant_id, [quote.node_id, new_id()])
        assert {id_: it.key for id_, it in by_node.items()} == {quote.node_id: quote.key}
        assert await work.origins.of_nodes(connection.tenant_id + 1, [quote.node_id]) == {}
        await work.origins.put([it._replace(fingerprint="new") for it in found])
        assert (again := await work.origins.of_node(RowId(item.node_id))) is not None
        assert (again.fingerprint, again.key) == ("new", item.key)
        await work.origins.remove(connection.id, [item.node_id])
        assert await work.origins.of_node(RowId(item.node_id)) is None


async def test_what_was_not_read_again_is_stale_until_it_is(database):
    seen, missing, other = an_origin("1"), an_origin("2"), an_origin("2", "Asset")
    connection = await stored(database, seen, missing, other)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.origins.seen(connection.id, ("Quote",), ["1"], LATER)
        assert await work.origins.mark_stale(connection.id, ("Quote",), LATER) == 1
        assert await work.origins.mark_stale(connection.id, ("Quote",), LATER) == 0
        stale = [await work.origins.of_node(RowId(it.node_id)) for it in (seen, missing, other)]
        assert [it and it.is_stale for it in stale] == [False, True, False]
        await work.origins.seen(connection.id, ("Quote",), ["2"], LATER)
        fresh = await work.origins.of_node(RowId(missing.node_id))
        assert fresh is not None
        assert (fresh.is_stale, fresh.last_synced_at) == (False, LATER)


async def test_the_quotes_of_a_connection_can_be_deleted_together(database):
    connection = await stored(database)
    mine, ours = (a_quote(line(priced), tenant_id=connection.tenant_id) for _ in range(2))
    await write_quotes(database, mine, ours)
    origin = an_origin("1", node_id=mine.quote.id)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.origins.put([of_connection(origin, connection)])
        [deleted], _ = await work.origins.forget_quotes(connection.id, NOW, 5)
        assert (deleted.id, deleted.offer_status) == (mine.quote.id, mine.quote.offer_status)
        assert await work.origins.forget_quotes(connection.id, NOW, 5) == ([], True)
        assert await work.quotes.lock(mine.quote.id) is None
        assert await work.quotes.lock(ours.quote.id) is not None
        assert await work.origins.of_node(RowId(mine.quote.id)) is None


async def test_of_many_quotes_of_a_connection_some_are_deleted_at_a_time_and_each_with_all_its_origins(database):
    connection = await stored(database)
    quotes = [a_quote(line(priced), tenant_id=connection.tenant_id) for _ in range(3)]
    await write_quotes(database, *quotes)
    heads = [an_origin(str(place), node_id=it.quote.id) for place, it in enumerate(quotes)]
    items = [
        an_origin("i", "QuoteItem", node_id=it.lines[0].item.id)._replace(record_id=str(place), parent_id="")
        for place, it in enumerate(quotes)
    ]
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.origins.put([of_connection(it, connection) for it in (*heads, *items)])
        first, is_last = await work.origins.forget_quotes(connection.id, NOW, 2)
        assert ([it.id for it in first], is_last) == (sorted(it.quote.id for it in quotes[:2]), False)
        left = await work.origins.of_nodes(connection.tenant_id, [it.node_id for it in (*heads, *items)])
        assert sorted(left) == sorted([quotes[2].quote.id, quotes[2].lines[0].item.id])
        second, is_last = await work.origins.forget_quotes(connection.id, NOW, 2)
        assert ([it.id for it in second], is_last) == ([quotes[2].quote.id], True)


async def test_a_problem_that_is_seen_again_is_counted_and_one_that_is_not_is_resolved(database):
    connection = await stored(database)
    word = NewProblem(Collection.QUOTES, "1", "status", "Vanished", "This status is not known.")
    other = word._replace(external_id="2")
    of, at = (connection.tenant_id, connection.id), NOW + timedelta(hours=1)
    async with dependencies_on(database).unit_of_work(LIVE) as work:
        await work.connection_problems.note(*of, [word, other], NOW)
        await work.connection_problems.note(*of, [word._replace(value="Gone")], at)
        await work.connection_problems.resolve(connection.id, Collection.QUOTES, ["1", "2"], at, at)
        await work.commit()
    [again, resolved] = await rows_of(database, PROBLEMS)
    assert (again[:4], again[4]) == (("1", "status", "Gone", 2), None)
    assert (resolved[:4], resolved[4] is None) == (("2", "status", "Vanished", 1), False)
