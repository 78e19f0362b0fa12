"""Characters that cannot be printed are told when a quote is sent, and of a quote."""

from tests.api.support.makers import a_quote, an_item
from tests.api.support.running import on_both_databases

BOX = "\U00013000"
PROBLEMS = "printProblems { message path excerpt characters { character codePoint name } }"


@on_both_databases
async def test_whoever_sends_a_quote_is_told_which_characters_are_printed_as_boxes_and_where(api):
    quote = await a_quote(api, an_item(), an_item(comments=f"Silver {BOX}"), publicNotes="Ełk → Łódź ✓")
    sent = await api.act("sendQuote", {"quoteId": quote.id}, f"{PROBLEMS} quote {{ offerStatus }}")
    assert (sent["userErrors"], sent["quote"]) == ([], {"offerStatus": "SENT"})
    assert sent["printProblems"] == [
        {
            "message": f"No font has {BOX} (U+13000): a box is printed instead, in items.1.comments.",
            "path": ["items", "1", "comments"],
            "excerpt": f"Silver {BOX}",
            "characters": [{"character": BOX, "codePoint": "U+13000", "name": "EGYPTIAN HIEROGLYPH A001"}],
        }
    ]


async def test_a_dry_run_tells_before_anything_is_sent(api):
    quote = await a_quote(api, title=f"Laptops {BOX}")
    payload = await api.act("sendQuote", {"quoteId": quote.id, "dryRun": True}, "printProblems { path }")
    assert payload["printProblems"] == [{"path": ["title"]}]


async def test_a_refused_sending_tells_of_nothing(api):
    payload = await api.act("sendQuote", {"quoteId": "Quote_nobody"}, "printProblems { path }")
    assert payload["userErrors"]
    assert payload["printProblems"] == []


@on_both_databases
async def test_a_quote_tells_of_its_customer_its_options_and_its_documents_too(api):
    made = await api.act("createCustomer", {"name": f"Ra {BOX}", "address": {"city": BOX}}, "customer { id }")
    quote = await a_quote(api, customerId=made["customer"]["id"])
    paper = {"quoteId": quote.id, "name": f"Terms {BOX}", "url": "https://x.example/terms.pdf"}
    assert (await api.act("attachDocument", paper))["userErrors"] == []
    found = await api.data("query($id: ID!) { quote(by: { id: $id }) { printProblems { path } } }", {"id": quote.id})
    paths = [".".join(it["path"]) for it in found["quote"]["printProblems"]]
    assert paths == ["customer.name", "customer.address.city", "attachments.0.name"]


async def test_what_can_be_printed_is_no_problem(api):
    quote = await a_quote(api, an_item(comments="שלום, مرحبا, 你好, Ελλάδα, हिन्दी 😀"))
    found = await api.data("query($id: ID!) { quote(by: { id: $id }) { printProblems { path } } }", {"id": quote.id})
    assert found["quote"]["printProblems"] == []
