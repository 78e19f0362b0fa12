"""Apollo's and urql's persisted queries, with their default settings, against each mode of the server."""

import json
from typing import Any

from tests.api.support.running import Running, running


async def asked(api: Running, run_node: Any) -> dict[str, list[tuple[str, list[str]]]]:
    """The outcome and the requests of each client: of its first and second query, and of another client's first."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for line in (await run_node("persisted.mjs", api.url, api.customer)).splitlines():
        it = json.loads(line)
        found.setdefault(it["name"], []).append((it["outcome"], it["requests"]))
    return found


async def test_a_client_sends_the_text_of_a_document_once_and_then_its_hash(api, run_node):
    assert await asked(api, run_node) == {
        "apollo": [
            ("LIVE", ["POST hash", "POST text"]),
            ("LIVE", ["POST hash"]),
            ("LIVE", ["POST hash"]),
        ],
        "apollo by GET": [
            ("LIVE", ["GET hash", "POST text"]),
            ("LIVE", ["GET hash"]),
            ("LIVE", ["GET hash"]),
        ],
        "urql": [
            ("LIVE", ["GET hash", "GET text"]),
            ("LIVE", ["GET hash"]),
            ("LIVE", ["GET hash"]),
        ],
    }


async def test_where_persisted_queries_are_switched_off_a_client_goes_on_without(new_database, run_node):
    async with running(await new_database("sqlite"), persisted_query_bytes=0) as api:
        found = await asked(api, run_node)
    for outcomes in found.values():
        assert [outcome for outcome, _ in outcomes] == ["LIVE"] * 3
        assert [[it.split()[1] for it in requests] for _, requests in outcomes] == [
            ["hash", "text"],
            ["text"],
            ["hash", "text"],
        ]


async def test_where_only_trusted_documents_may_be_run_a_client_shows_why_its_own_is_refused(new_database, run_node):
    async with running(await new_database("sqlite"), only_trusted="live") as api:
        found = await asked(api, run_node)
    for outcomes in found.values():
        assert all("Only trusted documents" in outcome for outcome, _ in outcomes)
