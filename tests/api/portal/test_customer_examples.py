"""The documents in examples/customer/ are the way of one quote to its customer and back."""

from pathlib import Path

from tests.api.support.customers import visit
from tests.api.support.makers import a_quote

FOLDER = Path(__file__).parents[3] / "examples" / "customer"


def example(name):
    return (FOLDER / f"{name}.graphql").read_text()


async def test_a_quote_is_sent_seen_and_signed_by_the_examples(api):
    quote = await a_quote(api, alternatives=1)

    sent = (await api.run(example("sendQuote"), {"quoteId": quote.id})).data["sendQuote"]
    assert (sent["userErrors"], sent["quote"]["offerStatus"]) == ([], "SENT")
    key = sent["quote"]["publicKey"]["url"].rpartition("/")[2]
    seen = (await visit(api, example("publicQuote"), {"key": key})).data["publicQuote"]
    assert seen["orderId"] == quote.order_id
    signature = {"key": key, "name": "Carla", "email": "carla@x.example", "documentHash": seen["documentHash"]}
    signed = (await visit(api, example("signQuote"), signature)).data["signQuote"]
    assert (signed["userErrors"], signed["quote"]["status"]) == ([], "APPROVED")


def test_every_example_of_the_customer_is_run():
    assert {it.stem for it in FOLDER.glob("*.graphql")} == {"sendQuote", "publicQuote", "signQuote"}
