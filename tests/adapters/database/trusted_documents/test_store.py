"""Trusted documents in the database: pushed whole or not at all, and noticed by their revision."""

import asyncio
from datetime import UTC, datetime

import pytest

from adapters.database.trusted_documents import store
from adapters.database.trusted_documents.store import IdentifierTaken, SqlTrustedDocuments, TooManyDocuments, hash_of

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
A, B, C = ("query { viewer { environment } }", "query B { __typename }", "query C { __typename }")


async def stored(documents: SqlTrustedDocuments, client: str | None = None) -> list[tuple[str, str]]:
    return [(it.client, it.id) for it in await documents.all(client)]


async def test_documents_are_listed_by_client_and_identifier(database):
    documents = SqlTrustedDocuments(database)
    assert await documents.push("web", {"b": B, "a": A}, NOON) == 2
    assert await documents.push("phone", {"b": B}, NOON) == 1
    assert await stored(documents) == [("phone", "b"), ("web", "a"), ("web", "b")]
    assert (await documents.all("phone"))[0] == ("phone", "b", hash_of(B), B, NOON)


async def test_a_push_adds_what_is_new_and_keeps_what_is_not_in_it(database):
    documents = SqlTrustedDocuments(database)
    await documents.push("web", {"a": A, "b": B}, NOON)
    assert await documents.push("web", {"b": B, "c": C}, NOON) == 1
    assert await stored(documents) == [("web", "a"), ("web", "b"), ("web", "c")]


async def test_an_identifier_with_another_text_is_refused_whichever_client_has_it(database):
    documents = SqlTrustedDocuments(database)
    await documents.push("web", {"a": A}, NOON)
    before = await documents.revision()
    with pytest.raises(IdentifierTaken, match="a"):
        await documents.push("phone", {"b": B, "a": C}, NOON)
    assert await stored(documents) == [("web", "a")]
    assert await documents.revision() == before


async def test_more_than_servers_can_keep_is_refused(database, monkeypatch):
    documents = SqlTrustedDocuments(database)
    monkeypatch.setattr(store, "MAX_CHARACTERS", len(A) + len(B))
    await documents.push("web", {"a": A, "b": B}, NOON)
    with pytest.raises(TooManyDocuments):
        await documents.push("web", {"c": C}, NOON)
    assert await documents.push("web", {"a": A}, NOON) == 0


async def test_documents_are_removed_by_identifier_and_by_client(database):
    documents = SqlTrustedDocuments(database)
    await documents.push("web", {"a": A, "b": B}, NOON)
    await documents.push("phone", {"a": A, "b": B}, NOON)
    assert await documents.remove(["a"]) == 2
    assert await documents.remove(["b"], "phone") == 1
    assert await stored(documents) == [("web", "b")]
    assert await documents.remove([], "web") == 1
    assert await documents.remove(["a"]) == 0


async def test_each_change_has_a_revision_of_its_own(database):
    documents = SqlTrustedDocuments(database)
    seen = [await documents.revision()]
    for change in (
        documents.push("web", {"a": A}, NOON),
        documents.remove(["a"]),
        documents.push("web", {"a": B}, NOON),
    ):
        await change
        seen.append(await documents.revision())
    assert seen[0] is None
    assert len(set(seen)) == 4


async def test_of_two_pushes_at_once_with_one_identifier_the_second_is_refused(database):
    documents = SqlTrustedDocuments(database)
    pushes = (documents.push("web", {"a": A}, NOON), documents.push("phone", {"a": B}, NOON))
    results = await asyncio.gather(*pushes, return_exceptions=True)
    assert sorted(map(str, results)) == ["1", "a"]
    assert len(await documents.all()) == 1
