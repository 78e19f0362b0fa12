"""Apollo Client, with the cache that the guides recommend."""

import json

from tests.api.support.makers import a_quote


async def test_pages_and_lists_in_the_cache_are_current_without_code_of_ones_own(api, run_node):
    quote, *_ = [await a_quote(api, prices="1450.00") for _ in range(5)]
    printed = await run_node("apollo.mjs", api.url, api.customer, quote.id, quote.item)
    page, pages, offers = [json.loads(it) for it in printed.splitlines()]
    assert page == {"shown": ["PENDING SOURCED", "APPROVED ACCEPTED"]}
    assert pages == {"lengths": [2, 4, 5], "different": 5}
    assert offers == {"price": "1450.00"}
