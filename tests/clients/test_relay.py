"""Relay with the schema as it is: compiled and persisted, with its connections, edges, deletions and subscriptions."""

import json
import shutil

from tests.api.support.makers import a_draft, a_quote
from tests.clients.conftest import HERE
from tests.clients.support import push

RELAY = HERE / "relay"


async def test_relay_keeps_a_list_current_by_documents_that_were_pushed(api, run_node):
    shutil.rmtree(RELAY / "generated", ignore_errors=True)
    (RELAY / "generated").mkdir()
    manifest = RELAY / "generated" / "persisted-documents.json"
    manifest.write_text("{}")
    await run_node("node_modules/relay-compiler/cli.js", "relay.config.json")
    await push(api, manifest)

    third, second, first = [(await a_quote(api)).order_id for _ in range(3)]
    printed = await run_node("relay/run.js", api.url, api.customer, json.dumps(a_draft()))
    steps = {it["step"]: it["quotes"] for it in map(json.loads, printed.splitlines())}
    [created] = steps["created"].keys() - {first, second, third}
    assert {name: list(quotes.items()) for name, quotes in steps.items()} == {
        "first page": [(first, "PENDING"), (second, "PENDING")],
        "both pages": [(first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "created": [(created, "PENDING"), (first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "deleted": [(first, "PENDING"), (second, "PENDING"), (third, "PENDING")],
        "declined": [(first, "REJECTED"), (second, "PENDING"), (third, "PENDING")],
    }
