"""The clients of graphql-ws and graphql-sse, with their default settings: every kind of operation."""

import json

import pytest

from tests.api.support.makers import a_quote


@pytest.mark.parametrize(
    ("client", "invalid"),
    [
        ("graphql-ws", "VALIDATION_ERROR"),
        ("graphql-sse", "VALIDATION_ERROR"),
        # In this mode the request itself is refused, of which the client shows the status.
        ("graphql-sse single", "Server responded with 400: Bad Request"),
    ],
)
async def test_queries_mutations_subscriptions_and_errors_are_answered(api, run_node, client, invalid):
    quote = await a_quote(api)
    printed = await run_node("transports.mjs", api.url, api.customer, client, quote.item)
    assert [json.loads(it) for it in printed.splitlines()] == [
        {"query": "LIVE", "mutation": "ACCEPTED", "types": ["CURRENT_STATE", "QUOTE_ITEM_ACCEPTED"]},
        {"invalid": invalid},
        "stopped",
    ]
    assert not api.parts.engine.feed.subscriptions
