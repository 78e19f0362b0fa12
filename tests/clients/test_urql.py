"""urql with graphcache, and its default settings."""

import json

from tests.api.support.makers import a_quote


async def test_queries_by_get_are_answered_and_the_cache_follows_a_mutation(api, run_node):
    quote = await a_quote(api)
    printed = await run_node("urql.mjs", api.url, api.customer, quote.id, quote.item)
    page, failed = [json.loads(it) for it in printed.splitlines()]
    assert page == {"shown": ["PENDING SOURCED", "APPROVED ACCEPTED"], "methods": ["GET", "POST"]}
    assert failed == {"code": "VALIDATION_ERROR"}
