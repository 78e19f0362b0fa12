"""GraphQL over HTTP as its own audits check it: what the specification demands, recommends and allows."""

import json


async def test_every_audit_of_graphql_over_http_is_ok(api, run_node):
    printed = await run_node("audits.mjs", api.url, api.customer)
    audits = [json.loads(line) for line in printed.splitlines()]
    assert len(audits) == 61
    assert [it for it in audits if it["status"] != "ok"] == []
