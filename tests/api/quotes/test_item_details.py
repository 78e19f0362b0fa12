"""What is known of the goods on a line, over the API; and what a quote is called."""

from tests.api.support.makers import ARTICLE, a_draft, a_quote, an_item
from tests.api.support.running import on_both_databases

SELECTION = """article {
    sku barcode url imageUrl weight weightUnit isShippingRequired priceUnit properties { key value } }"""
QUOTE = f"quote {{ items {{ id {SELECTION} }} }}"


@on_both_databases
async def test_an_article_is_read_as_it_was_given_and_replaced_as_a_whole(api):
    made = await api.act("createQuote", a_draft(an_item(article=ARTICLE), an_item()), QUOTE)
    first, second = made["quote"]["items"]
    assert (first["article"], second["article"]) == (ARTICLE, None)

    given = {"itemId": first["id"], "article": {"sku": "MBP-16", "properties": [{"key": "Size", "value": "M"}]}}
    changed = (await api.act("updateItem", given, f"item {{ {SELECTION} }}"))["item"]["article"]
    assert (changed["sku"], changed["barcode"], changed["weight"]) == ("MBP-16", None, None)
    assert changed["properties"] == [{"key": "Size", "value": "M"}]
    nothings: tuple[dict[str, str] | None, ...] = ({}, None)
    for nothing in nothings:
        await api.act("updateItem", given)
        cleared = await api.act("updateItem", {"itemId": first["id"], "article": nothing}, f"item {{ {SELECTION} }}")
        assert cleared["item"]["article"] is None


async def test_null_takes_the_comments_of_a_line_off_and_leaves_what_is_not_given(api):
    quote = await a_quote(api, an_item(comments="For Lima", article=ARTICLE))
    given, selection = (
        {"itemId": quote.item, "comments": None, "quantity": None},
        "item { comments quantity article { sku } }",
    )
    found = (await api.act("updateItem", given, selection))["item"]
    assert found == {"comments": None, "quantity": 1, "article": {"sku": ARTICLE["sku"]}}


@on_both_databases
async def test_another_brand_or_model_is_no_longer_a_product_of_the_catalogue(api):
    quote = await a_quote(api)
    selection = "item { price { amount } specification { brand model } product { id } }"
    more = {"itemId": quote.item, "specification": {"ram": "64 GB"}}
    assert (await api.act("updateItem", more, selection))["item"]["product"] is not None
    other = {"itemId": quote.item, "specification": {"brand": "Dell", "model": "Not this"}}
    found = (await api.act("updateItem", other, selection))["item"]
    assert found == {"price": None, "specification": {"brand": "Dell", "model": "Not this"}, "product": None}


@on_both_databases
async def test_a_quote_has_a_title_and_remarks(api):
    quote = await a_quote(api, title=" Starters in May ", remarks="Before noon,\nplease")
    query = "query($id: ID!) { quote(by: {id: $id}) { title remarks } }"
    found = (await api.data(query, {"id": quote.id}))["quote"]
    assert found == {"title": "Starters in May", "remarks": "Before noon,\nplease"}
    changed = await api.act("updateQuote", {"quoteId": quote.id, "title": None}, "quote { title remarks }")
    assert changed["quote"] == {"title": None, "remarks": "Before noon,\nplease"}
