"""GraphQL over HTTP: statuses, media types, health, the playground, and errors that leak nothing."""

import json
import logging
from typing import Any

import pytest

from adapters.database.core.reader import SqlReader
from app import playground
from app.server.requests import Request
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import Answer, Running, document, running

VIEWER = "{ viewer { environment } }"
OLD, NEW = "application/json", "application/graphql-response+json"


async def post(api: Running, body: bytes, content_type: str | None = OLD, **headers: str) -> Answer:
    sent = {"Authorization": f"Bearer {api.customer}", **{name.title(): value for name, value in headers.items()}}
    return await api.post(body, {**sent, "Content-Type": content_type} if content_type else sent)


def body(query: Any, **more: Any) -> bytes:
    return json.dumps({"query": query, **more}).encode()


# ---- statuses and media types


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (OLD, OLD),
        (NEW, NEW),
        (f"{NEW}, {OLD}", NEW),
        (f"{NEW}; charset=utf-8, {OLD}; q=0.9", NEW),
        ("*/*", OLD),
        ("application/*", OLD),
        ("text/html", OLD),
        ("", OLD),
    ],
)
async def test_the_answer_comes_in_the_media_type_that_is_accepted(api, accept, media_type):
    answer = await post(api, body(VIEWER), accept=accept)
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert answer.data == {"viewer": {"environment": "LIVE"}}


@pytest.mark.parametrize(
    ("query", "variables", "old", "new"),
    [
        (VIEWER, None, 200, 200),
        ("{ viewer {", None, 200, 400),
        ("{ nothing }", None, 200, 400),
        ("query($id: ID!) { product(by: {id: $id}) { id } }", {}, 200, 400),
        ("{ deadJobs { totalCount } }", None, 403, 403),
        ('{ product(by: {id: "none"}) { id } }', None, 200, 200),
        ("subscription { events { id } }", None, 200, 400),
    ],
)
async def test_a_request_that_fails_before_it_runs_has_a_status_where_clients_expect_one(
    api, query, variables, old, new
):
    for accept, status in ((OLD, old), (NEW, new)):
        answer = await post(api, body(query, variables=variables), accept=accept)
        assert answer.status == status, answer.body
        assert ("data" in answer.body) == (new == 200)
        assert all(error["extensions"]["code"] for error in answer.errors)


@pytest.mark.parametrize("accept", [OLD, NEW])
async def test_the_status_of_a_request_without_a_key_is_401_in_any_media_type(api, accept):
    answer = await api.post(body(VIEWER), {"Content-Type": OLD, "Accept": accept})
    assert (answer.status, answer.codes, "data" in answer.body) == (401, ["UNAUTHORIZED"], False)
    assert answer.headers["Content-Type"].startswith(accept)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"7", 400),
        (b'"{ viewer { environment } }"', 400),
        (b'[{"query": "{ viewer { environment } }"}]', 400),
        (b"{}", 400),
        (b'{"query": null}', 400),
        (b'{"query": ""}', 400),
        (b'{"query": " "}', 400),
        (b'{"query": ["{ viewer { environment } }"]}', 400),
        (b'{"query": "{ viewer { environment } }", "variables": []}', 400),
        (b'{"query": "{ viewer { environment } }", "variables": "{}"}', 400),
        (b'{"query": "{ viewer { environment } }", "operationName": 7}', 400),
        (b'{"query": "{ viewer { environment } }", "operationName": "Other"}', 400),
        (b'{"query": "{ viewer { environment } } #\xff"}', 400),
        (b'{"query": "{ viewer { environment } } #\\ud800"}', 400),
        (b'{"query": "{ viewer { environment } }", "variables": {"a": "\\ud800"}}', 400),
        (b'{"query": "{ viewer { environment } }", "variables": {"a": NaN}}', 400),
        (b'{"query": "{ viewer { environment } }", "variables": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}", 413),
        ('{"query": "{ viewer { environment } }"}'.encode("utf-16"), 400),
        (b'{"query": "{ viewer { environment } }"} {}', 400),
    ],
)
async def test_a_body_that_holds_no_operation_is_refused(api, sent, status):
    answer = await post(api, sent, accept=NEW)
    assert (answer.status, answer.codes) == (status, ["VALIDATION_ERROR"])
    assert "data" not in answer.body


async def test_null_is_as_good_as_nothing_for_variables_and_operation_name(api):
    answer = await post(api, body(VIEWER, variables=None, operationName=None, extensions=None, id="ignored"))
    assert answer.data == {"viewer": {"environment": "LIVE"}}


async def test_one_of_several_operations_is_named(api):
    query = "query A { viewer { environment } } query B { viewer { scopes } }"
    named = await post(api, body(query, operationName="A"))
    assert named.data == {"viewer": {"environment": "LIVE"}}
    assert (await post(api, body(query), accept=NEW)).status == 400


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_anything_but_json_is_an_unsupported_media_type(api, content_type):
    answer = await post(api, body(VIEWER), content_type)
    assert (answer.status, answer.codes) == (415, ["VALIDATION_ERROR"])


async def test_json_may_name_its_charset(api):
    assert (await post(api, body(VIEWER), "application/json; charset=utf-8")).status == 200


async def test_a_body_that_is_too_large_is_refused(api):
    before = await api.contents()
    draft = a_draft(poNumber="x" * (4 * 1024 * 1024))
    answer = await api.attempt("createQuote", draft)
    assert (answer.status, answer.codes) == (413, ["VALIDATION_ERROR"])
    assert await api.contents() == before


@pytest.mark.parametrize("method", ["PATCH", "PROPFIND"])
async def test_no_other_method_does_anything(api, method):
    headers = {"Authorization": f"Bearer {api.customer}", "Accept": NEW}
    async with api.http.request(method, api.url, params={"query": VIEWER}, headers=headers) as response:
        assert (response.status, response.headers["Allow"]) == (405, "DELETE, GET, HEAD, OPTIONS, POST, PUT")
        assert [it["extensions"]["code"] for it in (await response.json(content_type=None))["errors"]] == [
            "VALIDATION_ERROR"
        ]


@pytest.mark.parametrize("path", ["/nothing", "/graphql/nothing", "/q", "/graphq"])
async def test_what_is_not_there_is_told_in_json(api, path):
    async with api.http.get(api.server.make_url(path)) as response:
        error = (await response.json())["errors"][0]
        assert (response.status, error["extensions"]["code"]) == (404, "NOT_FOUND")
        assert "/graphql" in error["message"]


async def test_a_slash_at_the_end_of_the_path_does_not_matter(api):
    headers = {"Authorization": f"Bearer {api.customer}", "Content-Type": OLD}
    async with api.http.post(api.url + "/", data=body(VIEWER), headers=headers) as response:
        assert (await response.json())["data"] == {"viewer": {"environment": "LIVE"}}


async def test_a_mutation_that_is_refused_is_still_a_200_with_data(api):
    quote = await a_quote(api, prices=None)
    answer = await api.run(document("acceptItem"), {"input": {"itemId": quote.item}}, headers={"Accept": NEW})
    assert answer.status == 200
    assert answer.data["acceptItem"]["userErrors"][0]["code"] == "NOT_PRICED"


async def test_documents_are_remembered_as_far_as_they_fit_into_memory(api):
    kept = api.parts.engine.preparation._prepared
    caller = await api.parts.authenticator.admit(f"Bearer {api.customer}")
    await api.data(VIEWER)
    assert (len(kept), kept.get((VIEWER, None)) is not None) == (1, True)
    assert await api.data(VIEWER + "#" + "x" * 25_000) == {"viewer": {"environment": "LIVE"}}
    assert len(kept) == 1
    for number in range(1100):
        api.parts.engine.prepare(Request(f"{{ v{number}: viewer {{ environment }} }}"), caller)
    # A small document takes some 10 kB, and one with a long comment 19 kB more.
    small = len(kept)
    assert kept.get((VIEWER, None)) is not None
    for number in range(1100):
        api.parts.engine.prepare(Request(VIEWER + f"#{number}" + "x" * 19_000), caller)
    assert 500 < len(kept) < small
    assert kept.get((VIEWER, None)) is None


# ---- health


async def test_a_server_over_a_migrated_database_is_well(api):
    for path, status in (("/healthz", "ok"), ("/readyz", "ready")):
        async with api.http.get(api.server.make_url(path)) as response:
            assert (response.status, await response.json()) == (200, {"status": status})


async def test_the_figures_tell_how_plans_fare(new_database):
    async with running(await new_database("sqlite")) as api:
        for query in (VIEWER, VIEWER, "{ __typename __schema { queryType { name } } }"):
            assert (await api.run(query)).data
        async with api.http.get(api.server.make_url("/metrics")) as response:
            metrics = await response.text()
    for outcome in ("hit", "miss", "fallback"):
        assert f'quotegraph_plans_total{{outcome="{outcome}"}} 1.0' in metrics
    assert "quotegraph_documents_kept 2.0" in metrics


async def test_a_server_over_a_database_that_is_not_migrated_lives_and_is_not_ready(tmp_path):
    async with bare(f"sqlite+aiosqlite:///{tmp_path}/empty.db") as api:
        async with api.http.get(api.server.make_url("/healthz")) as response:
            assert response.status == 200
        async with api.http.get(api.server.make_url("/readyz")) as response:
            assert response.status == 503
            assert "quotegraph migrate" in (await response.json())["status"]


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:////proc/nowhere.db", "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"]
)
async def test_a_server_that_cannot_reach_its_database_lives_and_is_not_ready(url):
    async with bare(url) as api:
        async with api.http.get(api.server.make_url("/healthz")) as response:
            assert response.status == 200
        async with api.http.get(api.server.make_url("/readyz")) as response:
            assert (response.status, await response.json()) == (503, {"status": "database unreachable"})
        answer = await api.post(body(VIEWER), {"Content-Type": OLD, "Authorization": "Bearer qk_live_any"})
        assert (answer.status, answer.codes) == (503, ["SERVICE_UNAVAILABLE"])
        assert answer.headers["Retry-After"] == "2"
        assert "nowhere" not in str(answer.body)
        assert "127.0.0.1" not in answer.error["message"]


def bare(url: str) -> Any:
    """The application over a database that holds nothing."""
    return running(url, with_keys=False)


# ---- errors of ours


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Companies cannot be read."""
    load = SqlReader.load

    async def fail(self: SqlReader, loader: str, *rest: Any, **more: Any) -> Any:
        if loader.startswith("company"):
            raise RuntimeError("the secret is in drawer 7")
        return await load(self, loader, *rest, **more)

    monkeypatch.setattr(SqlReader, "load", fail)


async def test_an_error_of_ours_leaks_no_text_and_can_be_found_in_the_log(api, broken, caplog):
    with caplog.at_level(logging.ERROR):
        answer = await api.run("{ viewer { environment company { code } } }")
    assert answer.status == 200
    error = answer.error
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert error["path"] == ["viewer", "company"]
    assert "drawer" not in json.dumps(answer.body)
    assert answer.body["data"] == {"viewer": {"environment": "LIVE", "company": None}}
    [record] = [it for it in caplog.records if error["extensions"]["reference"] in it.getMessage()]
    assert record.exc_info is not None
    assert "drawer 7" in str(record.exc_info[1])


async def test_a_mutation_that_was_done_stays_done_when_its_answer_fails(api, broken):
    query = """mutation($input: CreateQuoteInput!) {
        a: createQuote(input: $input) { quote { id company { code } } }
        b: createQuote(input: $input) { quote { id } userErrors { code } }
    }"""
    answer = await api.run(query, {"input": a_draft()})
    assert set(answer.codes) == {"INTERNAL_ERROR"}
    assert answer.body["data"]["b"]["userErrors"] == []
    assert len(await api.rows("quotes")) == 2


async def test_a_crash_of_a_mutation_undoes_it_and_leaks_nothing(api, monkeypatch, caplog):
    def fail(*_: Any) -> Any:
        raise RuntimeError("the secret is in drawer 7")

    before = await api.contents()
    monkeypatch.setattr("adapters.database.history.events._values", fail)
    with caplog.at_level(logging.ERROR):
        answer = await api.run(document("createQuote"), {"input": a_draft()})
    assert answer.codes == ["INTERNAL_ERROR"]
    assert "drawer" not in json.dumps(answer.body)
    assert answer.error["extensions"]["reference"] in caplog.text
    assert await api.contents() == before


async def test_a_crash_outside_of_any_field_leaks_nothing_and_can_be_found_too(api, monkeypatch, caplog):
    async def fail(*_: Any) -> Any:
        raise RuntimeError("the secret is in drawer 7")

    monkeypatch.setattr(api.parts.authenticator, "admit", fail)
    answer = await api.run(VIEWER)
    assert (answer.status, answer.codes) == (500, ["INTERNAL_ERROR"])
    assert "drawer" not in json.dumps(answer.body)
    assert answer.error["extensions"]["reference"] in caplog.text


# ---- the playground


async def test_browsers_get_the_playground_with_a_policy_that_keeps_them_here(api):
    async with api.http.get(api.url, headers={"Accept": "text/html,application/xhtml+xml"}) as response:
        assert response.status == 200
        assert response.content_type == "text/html"
        assert response.headers["Content-Security-Policy"] == playground.CSP
        assert "default-src 'none'" in playground.CSP
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "http://" not in (page := await response.text()).replace("http://www.w3.org/", "")
        assert "https://" not in page


async def test_the_root_leads_to_the_playground(api):
    async with api.http.get(api.server.make_url("/"), headers={"Accept": "text/html"}) as response:
        assert (response.url.path, response.status) == ("/graphql", 200)
