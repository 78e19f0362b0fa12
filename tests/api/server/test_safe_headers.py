"""Every answer of every route tells browsers to be careful. A new route fails until it is listed here."""

import asyncio
import json
import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

from app import playground
from app.rest.errors import PREFIX
from app.rest.routes import ENDPOINTS
from app.server import customer_page
from app.server.connections.runner import no_room
from tests.api.portal.test_uploads import PDF, hand_in, ours
from tests.api.support.makers import Made, a_quote
from tests.api.support.running import Running, running

HTML = {"Accept": "text/html"}
JSON = {"Content-Type": "application/json"}
A_QUERY = json.dumps({"query": "{ viewer { environment } }"}).encode()
EVENTS = json.dumps({"query": "subscription { events { type } }"}).encode()
# More points than the bucket of these tests has.
TOO_DEAR = json.dumps(
    {"query": " ".join(["{", *(f"q{it}: quotes(first: 100) {{ nodes {{ items {{ id }} }} }}" for it in range(2)), "}"])}
).encode()
HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class Visit(NamedTuple):
    """A request, and the status of its answer, None for any. `is_kept`: browsers may keep it, as it is the same for
    everybody."""

    path: str
    status: int | None
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    is_public: bool = False
    is_kept: bool = False


def graphql(path: str) -> dict[str, list[Visit]]:
    preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    return {
        f"GET {path}": [
            Visit(path, 200, HTML, is_public=True),
            Visit(f"{path}?query=%7Bviewer%7Benvironment%7D%7D", 200),
            Visit(path, 400),
        ],
        f"POST {path}": [
            Visit(path, 200, JSON, A_QUERY),
            Visit(path, 200, {**JSON, "Accept": "text/event-stream"}, EVENTS),
            Visit(path, 200, {**JSON, "Accept": 'multipart/mixed;subscriptionSpec="1.0"'}, EVENTS),
            Visit(path, 400, JSON, b"{"),
            Visit(path, 401, JSON, A_QUERY, is_public=True),
            Visit(path, 413, JSON, b" " * 3_000_000),
            Visit(path, 415, {"Content-Type": "text/csv"}, A_QUERY),
            Visit(path, 415, {**JSON, "Content-Encoding": "gzip"}, A_QUERY),
            Visit(path, 429, JSON, TOO_DEAR),
        ],
        f"PUT {path}": [Visit(path, 201)],
        f"DELETE {path}": [Visit(f"{path}?operationId=none", 404)],
        f"OPTIONS {path}": [Visit(path, 204, preflight, is_public=True)],
    }


def documents(path: str, known: str, unknown: str, is_public: bool) -> dict[str, list[Visit]]:
    return {
        f"GET {path}": [Visit(known, 200, is_public=is_public), Visit(unknown, 404, is_public=is_public)],
        f"OPTIONS {path}": [Visit(known, 204, is_public=True)],
    }


def rest() -> dict[str, list[Visit]]:
    """The routes of the REST API, which are many and alike: whatever is answered to a caller, and to nobody."""
    found: dict[str, list[Visit]] = {}
    for it in ENDPOINTS:
        path = re.sub(r"{[^}]*}", "none", PREFIX + it.path)
        whatever = Visit(path, None, JSON, b"{" if it.has_body else None)
        found[f"{it.method} {PREFIX}{it.path}"] = [whatever, whatever._replace(status=401, is_public=True)]
        found[f"OPTIONS {PREFIX}{it.path}"] = [Visit(path, 204, is_public=True)]
    return found


# Each route, with requests that it answers. Values in braces are those of `site`.
VISITS: dict[str, list[Visit]] = {
    **graphql("/graphql"),
    **graphql("/graphql/"),
    **rest(),
    "GET /": [Visit("/", 302, is_public=True)],
    "GET /schema.graphql": [Visit("/schema.graphql", 200, is_public=True, is_kept=True)],
    "GET /docs/{path}": [
        Visit("/docs/errors", 200, is_public=True, is_kept=True),
        Visit("/docs/nothing", 404, is_public=True),
    ],
    "GET /healthz": [Visit("/healthz", 200, is_public=True)],
    "GET /readyz": [Visit("/readyz", 200, is_public=True)],
    "GET /metrics": [Visit("/metrics", 200, is_public=True)],
    "GET /playground/assets/{name}": [
        Visit("/playground/assets/{asset}", 200, is_public=True, is_kept=True),
        Visit("/playground/assets/nothing.js", 404, is_public=True),
    ],
    "GET /q/page/{name}": [
        Visit("/q/page/customer.css", 200, is_public=True, is_kept=True),
        Visit("/q/page/nothing.js", 404, is_public=True),
    ],
    "OPTIONS /q/page/{name}": [Visit("/q/page/customer.css", 204, is_public=True)],
    "GET /q/{key}": [Visit("/q/{key}", 200, is_public=True)],
    "OPTIONS /q/{key}": [Visit("/q/{key}", 204, is_public=True)],
    **documents("/q/{key}/quote.pdf", "/q/{key}/quote.pdf", "/q/none/quote.pdf", True),
    "GET /q/{key}/signed/{sha256}.pdf": [Visit("/q/{key}/signed/none.pdf", 404, is_public=True)],
    "OPTIONS /q/{key}/signed/{sha256}.pdf": [Visit("/q/{key}/signed/none.pdf", 204, is_public=True)],
    "POST /q/{key}/documents": [
        Visit("/q/{key}/documents?name=order.pdf", 204, body=PDF, is_public=True),
        Visit("/q/{key}/documents?name=order.exe", 400, body=b"MZ", is_public=True),
        Visit("/q/none/documents", 404, body=PDF, is_public=True),
    ],
    "OPTIONS /q/{key}/documents": [Visit("/q/{key}/documents", 204, is_public=True)],
    "POST /hooks/{token}": [Visit("/hooks/none", None, JSON, b"{}", is_public=True)],
    "OPTIONS /hooks/{token}": [Visit("/hooks/none", 204, is_public=True)],
    **documents("/quotes/{id}/quote.pdf", "/quotes/{quote}/quote.pdf", "/quotes/none/quote.pdf", False),
    "GET /quotes/{id}/signed/{sha256}.pdf": [Visit("/quotes/{quote}/signed/none.pdf", 404)],
    "OPTIONS /quotes/{id}/signed/{sha256}.pdf": [Visit("/quotes/{quote}/signed/none.pdf", 204, is_public=True)],
    "GET /quotes/{id}/documents/{document}": [
        Visit("/quotes/{quote}/documents/{document}", 200),
        Visit("/quotes/{quote}/documents/{document}", 401, is_public=True),
    ],
    "OPTIONS /quotes/{id}/documents/{document}": [Visit("/quotes/{quote}/documents/{document}", 204, is_public=True)],
}
# What no route answers.
OTHERS = {
    "GET": [Visit("/nothing", 404, is_public=True), Visit("/graphql/nothing", 404)],
    "PATCH": [Visit("/graphql", 405), Visit("/healthz", 405, is_public=True)],
}


class Site(NamedTuple):
    """The application with a quote, and what paths name."""

    api: Running
    quote: Made
    values: Mapping[str, str]

    async def visit(self, method: str, visit: Visit) -> tuple[int, Mapping[str, str], str]:
        url = self.api.server.make_url(visit.path.format(**self.values))
        key = {} if visit.is_public else {"Authorization": f"Bearer {self.api.customer}"}
        body = None if visit.body is None else BytesIO(visit.body)
        async with self.api.http.request(
            method, url, headers={**key, **visit.headers}, data=body, allow_redirects=False
        ) as response:
            is_page = response.content_type == "text/html"
            return response.status, response.headers.copy(), await response.text() if is_page else ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(new_database):
    async with running(await new_database("sqlite"), rate_limit="1000/1000") as api:
        quote = await a_quote(api, isAcceptingDocuments=True)
        await hand_in(api, quote.key)
        [document] = (await ours(api, quote))["customerDocuments"]
        asset = next(iter(playground.FILES_OF_PAGE.files))
        yield Site(
            api,
            quote,
            {"key": quote.key, "quote": quote.id, "asset": asset, "document": document["url"].rpartition("/")[2]},
        )


def problems(
    headers: Mapping[str, str], page: str = "", is_kept: bool = False, is_playground: bool = False
) -> list[str]:
    """What is wrong with an answer."""
    policy = {name: words for name, *words in (it.split() for it in headers["Content-Security-Policy"].split(";"))}
    scripts = policy.get("script-src", policy.get("default-src", []))
    styles = policy.get("style-src", policy.get("default-src", []))
    wrong = {
        "a cookie": "Set-Cookie" in headers,
        "HSTS": "Strict-Transport-Security" in headers,
        "its type may be guessed": headers.get("X-Content-Type-Options") != "nosniff",
        "it is named to other sites": headers.get("Referrer-Policy") != "no-referrer",
        "it may be framed": policy.get("frame-ancestors") != ["'none'"],
        "scripts or styles from anywhere": page and policy.get("default-src") != ["'none'"],
        "it may be kept": not is_kept and headers.get("Cache-Control") != "no-store",
        "inline scripts": any(it.startswith("'unsafe") for it in scripts) or _INLINE_SCRIPT.search(page),
        # The editors of the playground write style elements.
        "inline styles": not is_playground and ("'unsafe-inline'" in styles or " style=" in page),
    }
    return [name for name, it in wrong.items() if it]


_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)|<[^>]*\son[a-z]+=|javascript:")


@pytest.mark.asyncio(loop_scope="module")
async def test_every_answer_of_every_route_tells_browsers_to_be_careful(site: Site) -> None:
    routes = [it for it in site.api.server.app.router.routes() if it.resource is not None and it.method != "HEAD"]
    assert {f"{it.method} {it.resource.canonical}" for it in routes if it.resource} == VISITS.keys()
    listed = [(name.split()[0], visit) for name, visits in VISITS.items() for visit in visits]
    found: dict[str, Any] = {}
    for method, visit in [*listed, *((method, it) for method, visits in OTHERS.items() for it in visits)]:
        status, headers, page = await site.visit(method, visit)
        is_playground = visit.headers == HTML and visit.path.startswith("/graphql")
        wrong = problems(headers, page, visit.is_kept, is_playground)
        if wrong or visit.status not in (None, status):
            found[f"{method} {visit.path} ({visit.status})"] = (status, wrong)
    assert found == {}


@pytest.mark.asyncio(loop_scope="module")
async def test_an_answer_to_an_error_of_ours_does_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(site.api.parts.authenticator, "admit", fail)
    status, headers, _ = await site.visit("POST", Visit("/graphql", 500, JSON, A_QUERY))
    assert (status, problems(headers)) == (500, [])


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("sent", "status"), [(HANDSHAKE, 101), (b"GET / HTTP/9\r\n\r\n", 400), (b"\x00\r\n\r\n", 400)])
async def test_an_answer_that_no_handler_writes_does_too(site: Site, sent: bytes, status: int) -> None:
    reader, writer = await asyncio.open_connection(site.api.server.host, site.api.server.port)
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    found, headers = parsed(head)
    assert (found, problems(headers)) == (status, [])


def test_the_answer_of_a_server_without_room_for_a_connection_does_too() -> None:
    status, headers = parsed(no_room({}, 10))
    assert (status, problems(headers)) == (503, [])


def parsed(head: bytes) -> tuple[int, Mapping[str, str]]:
    first, *lines = head.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines)


async def test_browsers_are_told_to_use_tls_only_if_it_is_set(new_database: Any) -> None:
    async with running(await new_database("sqlite"), with_keys=False, hsts_seconds=31_536_000) as api:
        for path in ("/q/key", "/nothing", "/healthz"):
            async with api.http.get(api.server.make_url(path)) as response:
                assert response.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_the_policies_of_the_pages_run_no_script_that_is_written_into_them() -> None:
    for policy in (customer_page.CSP, playground.CSP):
        assert "script-src 'self';" in policy
