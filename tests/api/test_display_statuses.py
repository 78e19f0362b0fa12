"""The status that all types share: asked for once for objects of any type, and the same as that of their own."""

from tests.api.support.makers import a_quote, two_lines
from tests.api.support.running import on_both_databases

NODES = """{ quotes { nodes { status displayStatus
    items { status displayStatus alternatives { status displayStatus } recipients { status displayStatus } } } }
  assets { nodes { status displayStatus } } employees { nodes { status displayStatus } } }"""


@on_both_databases
async def test_the_changes_of_a_mutation_show_the_present_status_of_every_type(api):
    quote = await a_quote(api, alternatives=1)
    path = "changes { field to node { __typename ... on HasStatus { displayStatus } } }"
    changes = (await api.act("acceptItem", {"itemId": quote.item}, path))["changes"]
    shown = [(it["node"]["__typename"], it["node"]["displayStatus"]) for it in changes if it["field"] == "STATUS"]
    assert shown == [
        ("QuoteItem", "ACCEPTED"),
        ("Alternative", "REJECTED"),
        ("Recipient", "APPROVED"),
        ("Quote", "APPROVED"),
    ]
    assert [it["to"] for it in changes if it["field"] == "STATUS"] == [status for _, status in shown]


@on_both_databases
async def test_the_display_status_of_an_object_is_its_status(api):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    await api.act("acceptItem", {"itemId": quote.item})
    found = [await api.data(NODES, key=api.operator)]
    seen = set()
    while found:
        at = found.pop()
        if isinstance(at, dict):
            found += at.values()
            if "status" in at:
                assert at["status"] == at["displayStatus"]
                seen.add(at["status"])
        elif isinstance(at, list):
            found += at
    assert seen >= {"PENDING", "SOURCED", "ACCEPTED", "REJECTED", "APPROVED"}
