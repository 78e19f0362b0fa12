"""Trusted documents: run by the identifier of their manifest, and nothing else where only they may be run."""

import asyncio
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from adapters.database.trusted_documents.store import SqlTrustedDocuments
from app.server.trusted_documents import TrustedDocuments
from domain.shared.access import Environment
from tests.api.support.makers import a_quote
from tests.api.support.running import Answer, Running, on_both_databases, running
from tests.api.support.sockets import connected
from tests.patience import PATIENCE

VIEWER = "query Viewer { viewer { environment } }"
JSON = {"Content-Type": "application/json"}
ID = "b1946ac92492d2347c6235b4d2611184"


async def push(api: Running, **documents: str) -> None:
    await SqlTrustedDocuments(api.parts.database).push("web", documents, datetime.now(UTC))


async def send(api: Running, key: str | None = "", **body: Any) -> Answer:
    headers = {} if key is None else {"Authorization": f"Bearer {key or api.customer}"}
    return await api.post(json.dumps(body).encode(), {**JSON, **headers})


async def seen(api: Running, **body: Any) -> Answer:
    """The first answer without an error."""
    async with asyncio.timeout(PATIENCE):
        while (answer := await send(api, **body)).errors:
            await asyncio.sleep(0.05)
    return answer


@on_both_databases
async def test_a_document_is_run_by_its_identifier(api):
    await push(api, **{ID: VIEWER})
    for name in ("documentId", "doc_id", "id"):
        for empty in ({}, {"query": None}, {"query": ""}):
            assert (await send(api, **{name: ID}, **empty)).data == {"viewer": {"environment": "LIVE"}}


async def test_a_document_is_run_by_its_hash_whatever_its_identifier_is(api):
    await push(api, **{ID: VIEWER})
    hash_ = sha256(VIEWER.encode()).hexdigest()
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hash_}}
    for body in ({"documentId": f"sha256:{hash_}"}, {"documentId": hash_}, {"extensions": extensions}):
        assert (await send(api, **body)).data == {"viewer": {"environment": "LIVE"}}


async def test_a_document_is_run_by_get_with_variables(api):
    quote = await a_quote(api)
    await push(api, node="query($id: ID!) { node(id: $id) { id } }")
    params = {"documentId": "node", "variables": json.dumps({"id": quote.id})}
    async with api.http.get(api.url, params=params, headers={"Authorization": f"Bearer {api.customer}"}) as response:
        assert (await response.json())["data"] == {"node": {"id": quote.id}}


async def test_a_document_is_run_over_a_websocket_and_as_an_event_stream(api):
    await push(api, **{ID: VIEWER})
    async with connected(api) as socket:
        await socket.say(type="subscribe", id="1", payload={"documentId": ID})
        assert await socket.event("1") == {"environment": "LIVE"}
        await socket.say(type="subscribe", id="0", payload={"documentId": ID, "query": ""})
        assert await socket.event("0") == {"environment": "LIVE"}
        await socket.say(type="subscribe", id="2", payload={"documentId": "none"})
        assert (await socket.refusal("2"))["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        await socket.say(type="subscribe", id="3", payload={"documentId": ID, "query": VIEWER})
        assert "not both" in (await socket.refusal("3"))["message"]
    headers = {"Authorization": f"Bearer {api.customer}", "Accept": "text/event-stream", **JSON}
    async with api.http.post(api.url, data=json.dumps({"documentId": ID}), headers=headers) as response:
        assert '"environment":"LIVE"' in await response.text()


async def test_an_unknown_identifier_is_refused_with_what_to_do(api):
    headers = {**JSON, "Authorization": f"Bearer {api.customer}", "Accept": "application/graphql-response+json"}
    answer = await api.post(json.dumps({"documentId": "none"}).encode(), headers)
    assert (answer.status, answer.codes) == (400, ["PERSISTED_QUERY_NOT_FOUND"])
    assert "`none`" in answer.error["message"]
    assert "quotegraph documents push" in answer.error["message"]


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ({"documentId": ID, "query": VIEWER}, "not both"),
        ({"doc_id": ID, "query": VIEWER}, "not both"),
        ({"documentId": ID, "doc_id": ID}, "only one"),
        ({"documentId": 5}, "`documentId`"),
        ({"documentId": ""}, "`documentId`"),
        ({"id": ["a"]}, "`id`"),
    ],
)
async def test_a_document_that_is_named_in_another_form_is_refused(api, body, part):
    await push(api, **{ID: VIEWER})
    answer = await send(api, **body)
    assert answer.codes == ["VALIDATION_ERROR"]
    assert part in answer.error["message"]


async def test_an_id_of_another_meaning_may_stand_beside_the_query(api):
    assert (await send(api, id=1, query=VIEWER)).data == {"viewer": {"environment": "LIVE"}}


async def test_a_running_server_notices_what_is_pushed_and_removed(api):
    await push(api, a=VIEWER)
    assert (await send(api, documentId="a")).data
    await push(api, b=VIEWER)
    assert (await seen(api, documentId="b")).data
    await SqlTrustedDocuments(api.parts.database).remove(["a"])
    async with asyncio.timeout(PATIENCE):
        while not (await send(api, documentId="a")).errors:
            await asyncio.sleep(0.05)
    assert (await send(api, documentId="b")).data


async def test_the_scopes_of_the_key_are_those_that_the_document_needs(api):
    await push(api, a="{ quotes(first: 1) { nodes { id } } }")
    key = await api.key("assets:read")
    assert (await send(api, key, documentId="a")).codes == ["FORBIDDEN"]


async def test_without_a_key_public_documents_are_run_and_others_need_one(api):
    await push(api, public='{ publicQuote(key: "none") { orderId } }', viewer=VIEWER)
    assert (await send(api, None, documentId="public")).data == {"publicQuote": None}
    assert (await send(api, None, documentId="viewer")).codes == ["UNAUTHORIZED"]


async def test_who_sends_texts_causes_no_statement_for_trusted_documents(api):
    await api.statements.of(api, VIEWER)
    assert [it for it in api.statements.seen if "trusted_documents" in it or "notes" in it] == []


# ---- only trusted documents


async def test_where_only_trusted_documents_may_be_run_others_are_refused_with_what_to_do(new_database):
    async with running(await new_database("sqlite"), only_trusted="live") as api:
        await push(api, **{ID: VIEWER})
        assert (await send(api, documentId=ID)).data
        assert (await send(api, query=VIEWER)).data, "the text of a trusted document is that document"
        for query in ("{ viewer { environment } }", "{ __schema { queryType { name } } }"):
            refused = await send(api, query=query)
            assert (refused.status, refused.codes) == (403, ["FORBIDDEN"])
            for word in (
                "live keys",
                "playground",
                "QUOTEGRAPH_ONLY_TRUSTED",
                "quotegraph documents push",
                "documentId",
            ):
                assert word in refused.error["message"]
            assert refused.error["extensions"]["reason"] == "DOCUMENT_NOT_TRUSTED"


async def test_where_only_trusted_documents_may_be_run_no_automatic_one_is_kept(new_database):
    async with running(await new_database("sqlite"), only_trusted="live") as api:
        query = "{ viewer { environment } }"
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}
        assert (await send(api, extensions=extensions)).codes == ["PERSISTED_QUERY_NOT_FOUND"]
        assert (await send(api, query=query, extensions=extensions)).codes == ["FORBIDDEN"]
        assert (await send(api, extensions=extensions)).codes == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_keys_of_another_environment_and_callers_without_a_key_are_not_restricted(new_database):
    async with running(await new_database("sqlite"), only_trusted="live") as api:
        test_key = await api.key("quotes:read", environment=Environment.TEST)
        assert (await send(api, test_key, query=VIEWER)).data == {"viewer": {"environment": "TEST"}}
        assert (await send(api, None, query='{ publicQuote(key: "none") { orderId } }')).data


async def test_only_trusted_documents_are_run_over_a_websocket_and_as_event_streams(new_database):
    async with running(await new_database("sqlite"), only_trusted="live,test") as api:
        async with connected(api) as socket:
            refused = await socket.refusal(await socket.start("{ viewer { environment } }"))
        assert refused["extensions"]["code"] == "FORBIDDEN"
        headers = {"Authorization": f"Bearer {api.customer}", "Accept": "text/event-stream"}
        assert (await api.run(VIEWER, headers=headers)).codes == ["FORBIDDEN"]


# ---- the memory of it


class Stored:
    id, sha256, text = "a", "hash", "{ a }"


class Unreliable:
    """Documents whose database goes away."""

    def __init__(self) -> None:
        self.broken = False
        self.asked = 0

    async def revision(self) -> str:
        self.asked += 1
        if self.broken:
            raise ConnectionError("gone")
        return "1"

    async def all(self) -> list[Stored]:
        return [Stored()]


async def test_during_an_outage_known_documents_stay_known():
    source = Unreliable()
    documents = TrustedDocuments(source, refresh_seconds=0)
    await documents.refresh()
    source.broken = True
    await documents.refresh()
    assert documents.find("a") == "{ a }"


async def test_documents_that_were_never_read_are_an_outage_and_not_unknown():
    source = Unreliable()
    source.broken = True
    with pytest.raises(ConnectionError):
        await TrustedDocuments(source).refresh()


async def test_requests_that_come_together_share_one_look_at_the_database():
    source = Unreliable()
    documents = TrustedDocuments(source, refresh_seconds=0)
    await asyncio.gather(*(documents.refresh() for _ in range(10)))
    assert source.asked == 1
