"""Every error leads to a page that explains it, and that page explains every error."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from app.server.documentation import anchor, folder, render
from domain.shared.errors import ErrorCode
from resolvers.errors import Code, Reason
from tests.api.support.makers import a_draft
from tests.api.support.running import document, running
from tests.api.support.sockets import connected
from tests.api.support.world import NOBODY

PAGE = Path(__file__).parents[3] / "docs" / "errors.md"
NEW = "application/graphql-response+json"


@pytest.mark.parametrize("names", [Code, Reason, ErrorCode], ids=lambda it: it.__name__)
def test_every_code_and_reason_has_a_section(names):
    headings = [line.removeprefix("### ") for line in PAGE.read_text(encoding="utf-8").splitlines() if "### " in line]
    assert [str(it) for it in names if headings.count(it) != 1] == []


def test_the_page_has_an_anchor_for_every_heading():
    page = render("# Errors\n\n### NOT_PRICED\n\n### What `userErrors` are\n")
    assert 'id="not_priced"' in page
    assert 'id="what-usererrors-are"' in page
    assert "<title>Errors · quotegraph</title>" in page


def test_markup_in_a_page_and_links_out_of_the_folder_are_not_rendered():
    page = render("[a](../CONTRIBUTING.md) [b](domain.md#kits) <script>alert(1)</script>")
    assert "CONTRIBUTING" not in page
    assert 'href="domain.md#kits"' in page
    assert "<script>" not in page


def test_a_link_from_one_folder_of_the_documentation_to_another_is_kept():
    page = render(
        "[a](../errors.md#not_found) [b](../api/README.md) [c](../../README.md) [d](../how-to)", "guides/errors"
    )
    assert [it for it in re.findall('href="(.*?)"', page) if not it.startswith("data:")] == [
        "../errors.md#not_found",
        "../api/README.md",
    ]


@pytest.mark.parametrize(
    "path", ["errors", "errors.md", "domain", "how-to/add-a-field", "adr/0001-libraries.md", "api/README"]
)
async def test_the_documentation_is_served(api, path):
    async with api.http.get(api.server.make_url(f"/docs/{path}")) as response:
        assert (response.status, response.content_type) == (200, "text/html")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "<h1" in await response.text()


@pytest.mark.parametrize("path", ["", "nothing", "..%2FREADME", "%2e%2e/README", "adr", "playground.png", ".hidden"])
async def test_nothing_else_is_served(api, path):
    url = str(api.server.make_url("/docs/")) + path
    async with api.http.get(URL(url, encoded=True)) as response:
        assert response.status == 404


def test_the_folder_of_the_documentation_is_found():
    assert folder().joinpath("errors.md").is_file()


CASES: list[tuple[str, str, Any]] = [
    ("GRAPHQL_PARSE_FAILED", "{ viewer {", None),
    ("GRAPHQL_VALIDATION_FAILED", "{ colour }", None),
    ("GRAPHQL_VALIDATION_FAILED", '{ quotes(first: "ten") { totalCount } }', None),
    ("OPERATION_RESOLUTION_FAILURE", "query A { __typename } query B { __typename }", None),
    ("BAD_USER_INPUT", "query($n: Int) { quotes(first: $n) { totalCount } }", {"n": "ten"}),
    ("BAD_USER_INPUT", '{ quotes(after: "nothing") { totalCount } }', None),
    ("BAD_REQUEST", "subscription { events { id } }", None),
    ("LIMIT_EXCEEDED", "{ viewer { " + "environment " * 2_000 + "} }", None),
    ("FORBIDDEN", "{ deadJobs { totalCount } }", None),
    ("NOT_FOUND", f'subscription {{ quoteChanged(id: "{NOBODY}") {{ id }} }}', None),
]


@pytest.mark.parametrize(("reason", "query", "variables"), CASES)
async def test_an_error_names_its_reason_and_the_page_that_explains_it(api, reason, query, variables):
    streamed = reason == "NOT_FOUND"
    if streamed:
        sent = {"Authorization": f"Bearer {api.customer}", "Accept": "text/event-stream"}
        async with api.http.post(api.url, json={"query": query}, headers=sent) as response:
            text = await response.text()
        error = json.loads(text.split("data: ", 1)[1].splitlines()[0])["errors"][0]
    else:
        error = (await api.run(query, variables, headers={"Accept": NEW})).errors[0]
    assert error["extensions"]["reason"] == reason
    await leads_to_its_section(api, error)


async def leads_to_its_section(api: Any, error: Any) -> None:
    address, section = error["extensions"]["docs"].split("#")
    assert section == anchor(error["extensions"]["reason"])
    async with api.http.get(api.server.make_url(address.removeprefix(api.parts.links.base))) as response:
        assert response.status == 200
        assert f'id="{section}"' in await response.text()


@pytest.mark.parametrize(
    ("sent", "content_type", "reason"),
    [
        (b"{", "application/json", "BAD_REQUEST"),
        (b"{}", "application/json", "BAD_REQUEST"),
        (b"{}", "text/plain", "BAD_REQUEST"),
        (b'{"query": "' + b"x" * 3_000_000 + b'"}', "application/json", "LIMIT_EXCEEDED"),
    ],
)
async def test_a_request_that_is_none_names_its_reason_too(api, sent, content_type, reason):
    answer = await api.post(sent, {"Authorization": f"Bearer {api.customer}", "Content-Type": content_type})
    assert answer.error["extensions"]["reason"] == reason
    await leads_to_its_section(api, answer.error)


async def test_a_missing_key_and_a_wrong_path_lead_to_their_sections(api):
    answer = await api.post(b'{"query": "{ viewer { environment } }"}', {"Content-Type": "application/json"})
    assert answer.error["extensions"]["reason"] == "UNAUTHORIZED"
    await leads_to_its_section(api, answer.error)
    async with api.http.get(api.server.make_url("/nothing")) as response:
        await leads_to_its_section(api, (await response.json())["errors"][0])


async def test_errors_over_a_websocket_lead_to_their_sections_too(api):
    async with connected(api) as socket:
        failed = await socket.hear(await socket.start('{ node(id: "1") { id } }'))
        assert failed["payload"]["errors"][0]["extensions"]["reason"] == "BAD_USER_INPUT"
        await leads_to_its_section(api, failed["payload"]["errors"][0])


async def test_a_used_idempotency_key_leads_to_its_section(api):
    key = {"Idempotency-Key": "one"}
    await api.run(document("createQuote"), {"input": a_draft()}, headers=key)
    error = (await api.run(document("createQuote"), {"input": a_draft(poNumber="2")}, headers=key)).error
    assert error["extensions"]["reason"] == "CONFLICT"
    await leads_to_its_section(api, error)


async def test_the_documentation_may_be_elsewhere(new_database):
    async with running(await new_database("sqlite"), docs_url="https://docs.example/api") as api:
        answer = await api.run("{ colour }")
    assert answer.error["extensions"]["docs"] == "https://docs.example/api/errors#graphql_validation_failed"
