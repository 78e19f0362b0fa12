"""Pages of other origins: only those that a setting names may call the API from a browser."""

import pytest

from tests.api.support.makers import a_quote
from tests.api.support.running import running

NAMES = "Allow, ETag, Retry-After, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
EXPOSED = {"Access-Control-Expose-Headers": NAMES}
VIEWER = "{ viewer { environment } }"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


async def asked(api, origin, method="POST", **headers):
    sent = {"Origin": origin, "Authorization": f"Bearer {api.customer}", **headers}
    body = {"json": {"query": VIEWER}} if method == "POST" else {}
    async with api.http.request(method, api.url, headers=sent, **body) as answer:
        await answer.read()
        return answer


def permission(answer) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control-")}


async def test_by_default_no_other_origin_may_call(api):
    for method in ("OPTIONS", "POST"):
        assert permission(await asked(api, "https://app.example", method, **ASKS)) == {}


async def test_a_named_origin_may_call_and_no_other(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example, http://localhost:3000") as api:
        for origin in ("https://app.example", "http://localhost:3000"):
            before = await asked(api, origin, "OPTIONS", **ASKS)
            assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (204, origin)
            assert "POST" in before.headers["Access-Control-Allow-Methods"]
            assert before.headers["Access-Control-Allow-Headers"] == ASKS["Access-Control-Request-Headers"]
            answer = await asked(api, origin)
            assert permission(answer) == {"Access-Control-Allow-Origin": origin, **EXPOSED}
            assert "Origin" in answer.headers["Vary"]
        for origin in ("https://evil.example", "https://app.example.evil.example", "null"):
            for method in ("OPTIONS", "POST"):
                assert permission(await asked(api, origin, method, **ASKS)) == {}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_refusals_and_streams_can_be_read_by_the_page_too(new_database, accept):
    async with running(await new_database("sqlite"), cors_origins="*") as api:
        for key in (api.customer, "nonsense"):
            answer = await asked(api, "https://app.example", Accept=accept, Authorization=f"Bearer {key}")
            assert permission(answer) == {"Access-Control-Allow-Origin": "*", **EXPOSED}


async def test_a_page_may_send_any_header_that_its_client_has(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example") as api:
        wants = {**ASKS, "Access-Control-Request-Headers": "authorization,content-type,x-of-my-client"}
        before = await asked(api, "https://app.example", "OPTIONS", **wants)
        assert before.headers["Access-Control-Allow-Headers"] == "authorization,content-type,x-of-my-client"


async def test_pages_of_the_same_machine_may_call_from_any_port_if_the_setting_says_so(new_database):
    async with running(await new_database("sqlite"), cors_origins="loopback, https://app.example") as api:
        for origin in (
            "http://localhost:5173",
            "http://localhost",
            "https://localhost:8443",
            "http://shop.localhost:3000",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "https://app.example",
        ):
            before = await asked(api, origin, "OPTIONS", **ASKS)
            assert before.headers["Access-Control-Allow-Origin"] == origin
        for origin in (
            "http://localhost.evil.example",
            "http://evillocalhost:3000",
            "http://127.0.0.1.evil.example",
            "http://localhost:3000/path",
            "null",
            "file://localhost",
        ):
            assert permission(await asked(api, origin)) == {}


async def test_a_page_reads_the_pdf_of_a_quote_with_its_key(new_database):
    async with running(await new_database("sqlite"), cors_origins="https://app.example") as api:
        origin = {"Origin": "https://app.example"}
        url = api.server.make_url(f"/quotes/{(await a_quote(api)).id}/quote.pdf")
        asks = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        async with api.http.options(url, headers=asks) as before:
            assert (before.status, before.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")
            assert before.headers["Access-Control-Allow-Headers"] == "authorization"
        async with api.http.get(url, headers={**origin, "Authorization": f"Bearer {api.customer}"}) as answer:
            assert (answer.status, answer.content_type) == (200, "application/pdf")
            assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"


async def test_a_page_with_a_wrong_path_sees_that_there_is_nothing(new_database):
    headers = {"Origin": "https://app.example"}
    async with (
        running(await new_database("sqlite"), cors_origins="https://app.example") as api,
        api.http.post(api.server.make_url("/graph"), headers=headers) as answer,
    ):
        assert answer.status == 404
        assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"


async def test_no_page_of_another_origin_reads_what_is_for_those_who_run_the_server(new_database):
    async with running(await new_database("sqlite"), cors_origins="*") as api:
        for path in ("/metrics", "/healthz", "/readyz"):
            async with api.http.get(api.server.make_url(path), headers={"Origin": "https://app.example"}) as answer:
                assert permission(answer) == {}
