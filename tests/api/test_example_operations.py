"""The operations in examples/mutations and examples/subscriptions are run, each with the variables it shows."""

import json
import re
from pathlib import Path
from typing import Any

from graphql import FieldNode, OperationDefinitionNode, OperationType, parse

from domain.shared.access import Scope
from domain.shared.ids import global_id
from schema.build import build_schema, core_schema
from tests.api.support.access import a_manager
from tests.api.support.connections import a_connection, systems_are_connected
from tests.api.support.customers import visit
from tests.api.support.one_of_each import one_of_each
from tests.api.support.shop import Shop
from tests.api.support.sockets import connected
from tests.api.support.streams import Stream
from tests.api.support.webhooks import EVER, its_deliveries, received_by
from tests.api.support.world import MACBOOK

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = core_schema(build_schema())
PRODUCT = global_id("Product", MACBOOK)


class Story:
    """Runs examples, one after the other, and remembers which."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.told: set[str] = set()

    async def run(self, name: str, key: str | None = None, **given: Any) -> Any:
        """The payload of an example, run by an operator, with the variables in its header and these in their place."""
        text, variables = example("mutations", name)
        answer = await self.shop.api.run(text, variables | given, key or self.shop.api.operator)
        return self._payload(name, answer.data)

    async def as_customer(self, name: str, **given: Any) -> Any:
        text, variables = example("mutations", name)
        return self._payload(name, (await visit(self.shop.api, text, variables | given)).data)

    def _payload(self, name: str, data: Any) -> Any:
        payload = data[name]
        assert payload["userErrors"] == [], (name, payload)
        self.told.add(name)
        return payload

    async def quote(self, price: str | None = "1450.00", **recipient: Any) -> Any:
        """A quote of one line, made by the examples."""
        person = example("mutations", "createQuote")[1]["recipient"] | recipient
        made = (await self.run("createQuote", self.shop.api.customer, productId=PRODUCT, recipient=person))["quote"]
        item = made["items"][0]
        if price is not None:
            await self.run("priceItem", itemId=item["id"], price={"amount": price, "currencyCode": "USD"})
        found = {"quoteId": made["id"], "itemId": item["id"], "key": made["publicKey"]["key"]}
        return found | {"recipientId": item["recipients"][0]["id"]}

    async def order(self, quote: Any) -> Any:
        """The only vendor order of a quote, after the worker's jobs have run."""
        await self.shop.work()
        query = """query($id: ID!) { quote(by: {id: $id}) { vendorOrders {
            id status alternatives { groupId candidates { candidateId } }
        } } }"""
        shown = await self.shop.api.data(query, {"id": quote["quoteId"]}, self.shop.api.operator)
        [order] = shown["quote"]["vendorOrders"]
        return order

    async def vendor(self, order: Any, **changes: Any) -> None:
        """What becomes of an order at the vendor."""
        url = f"{self.shop.vendor}/control/orders/{order['id'].partition('_')[2]}"
        async with self.shop.api.http.post(url, json=changes) as answer:
            assert answer.status == 200, await answer.text()
        await self.shop.work()


def example(folder: str, name: str) -> tuple[str, Any]:
    """The text of an example, and the variables that its header shows."""
    text = (EXAMPLES / folder / f"{name}.graphql").read_text(encoding="utf-8")
    shown = re.search(r"^# Variables: (.*)$", text, re.MULTILINE)
    assert shown, name
    return text, json.loads(shown[1])


def root_fields(operation: OperationType) -> set[str]:
    root = SCHEMA.get_root_type(operation)
    assert root
    return set(root.fields)


async def offers_are_proposed_and_decided(story: Story) -> None:
    quote = await story.quote()
    item = quote["itemId"]
    taken, left = [(await story.run("proposeAlternative", itemId=item))["alternative"]["id"] for _ in range(2)]
    priced = await story.run("priceAlternative", alternativeId=left)
    assert priced["alternative"]["price"]["amount"] == "1150.00"
    await story.run("rejectItem", itemId=item)
    await story.run("rejectAlternative", alternativeId=left)
    accepted = await story.run("acceptAlternative", alternativeId=taken)
    assert (accepted["item"]["decision"], accepted["quote"]["status"]) == ("ALTERNATIVE_ACCEPTED", "APPROVED")


async def items_are_edited_and_decided_together(story: Story) -> None:
    quote = await story.quote()
    added = (await story.run("addItems", quoteId=quote["quoteId"]))["quote"]["items"]
    second = next(it["id"] for it in added if it["id"] != quote["itemId"])
    await story.run("removeItem", itemId=second)
    added = (await story.run("addItems", quoteId=quote["quoteId"]))["quote"]["items"]
    second = next(it["id"] for it in added if it["id"] != quote["itemId"])
    assert (await story.run("updateItem", itemId=second))["item"]["quantity"] == 2
    assert (await story.run("updateQuote", quoteId=quote["quoteId"]))["quote"]["poNumber"] == "PO-4711"
    shown = example("mutations", "decideItems")[1]["decisions"]
    decisions = [it | {"offerId": offer} for it, offer in zip(shown, (quote["itemId"], second), strict=True)]
    decided = await story.run("decideItems", quoteId=quote["quoteId"], decisions=decisions)
    assert [it["decision"] for it in decided["quote"]["items"]] == ["ITEM_ACCEPTED", "REJECTED"]

    one = await story.quote()
    assert (await story.run("decideItem", offerId=one["itemId"]))["item"]["decision"] == "REJECTED"
    whole = await story.quote()
    assert (await story.run("acceptQuote", quoteId=whole["quoteId"]))["quote"]["status"] == "APPROVED"


async def quotes_are_closed(story: Story) -> None:
    for name in ("declineQuote", "cancelQuote", "voidQuote", "deleteQuote"):
        await story.run(name, quoteId=(await story.quote())["quoteId"])


async def quotes_are_priced_as_a_whole(story: Story) -> None:
    quote = await story.quote()
    prices = [it | {"itemId": quote["itemId"]} for it in example("mutations", "priceQuote")[1]["items"]]
    would = await story.run("priceQuote", quoteId=quote["quoteId"], items=prices, dryRun=True)
    priced = await story.run("priceQuote", quoteId=quote["quoteId"], items=prices)
    assert would["sums"]["total"] == priced["quote"]["total"]
    offered = await story.run("setPriceOptions", quoteId=quote["quoteId"])
    option = offered["quote"]["priceOptions"][0]["id"]
    assert (await story.run("selectPriceOption", priceOptionId=option))["priceOption"]["status"] == "ACCEPTED"


async def a_vendor_order_is_completed_confirmed_and_delivered(story: Story) -> None:
    quote = await story.quote(email=None)
    accepted = await story.run("acceptItem", itemId=quote["itemId"])
    assert accepted["quote"]["vendorOrders"][0]["status"] == "NEEDS_DATA"
    order = await story.order(quote)
    await story.run("completeVendorOrder", vendorOrderId=order["id"])
    await story.order(quote)
    device = {"brand": "APPLE", "name": "MacBook Air 13", "ram": "16GB", "quotedUnitPrice": "1500.00"}
    await story.vendor(order, alternatives=[device])
    [group] = (await story.order(quote))["alternatives"]
    chosen = {"groupId": group["groupId"], "candidateId": group["candidates"][0]["candidateId"]}
    await story.run("selectVendorAlternative", vendorOrderId=order["id"], **chosen)
    await story.shop.work()
    await story.vendor(order, status="QUOTED")
    await story.run("confirmVendorOrder", vendorOrderId=order["id"])
    assert (await story.order(quote))["status"] == "ACCEPTED"

    recipient = {"recipientId": quote["recipientId"]}
    await story.run("shipRecipient", **recipient)
    await story.run("setRecipientTracking", **recipient)
    await story.run("setRecipientSerialNumbers", **recipient)
    delivered = await story.run("deliverRecipient", **recipient)
    assert delivered["recipient"]["assets"][0]["serialNumber"] == "PF3X9K2L"
    await story.run("setRecipientInvoice", **recipient)
    assert (await story.run("completeQuote", quoteId=quote["quoteId"]))["quote"]["status"] == "COMPLETED"


async def a_vendor_order_is_cancelled(story: Story) -> None:
    quote = await story.quote()
    await story.run("requestVendorPrices", itemIds=[quote["itemId"]])
    await story.run("acceptItem", itemId=quote["itemId"])
    await story.run("cancelVendorOrder", vendorOrderId=(await story.order(quote))["id"])
    assert (await story.order(quote))["status"] == "CANCELLED"


async def an_order_that_the_vendor_refused_is_placed_again_or_given_up(story: Story) -> None:
    refusal = {"mode": "status", "status": 400, "verb": "POST", "path": "/orders/quote"}
    for mutation in ("retryVendorOrder", "retryJob", "discardJob"):
        async with story.shop.api.http.post(f"{story.shop.vendor}/faults", json=[refusal]):
            pass
        quote = await story.quote()
        await story.run("acceptItem", itemId=quote["itemId"])
        order = await story.order(quote)
        assert order["status"] == "FAILED"
        dead = await story.shop.api.data("{ deadJobs { nodes { id } } }", key=story.shop.api.operator)
        if mutation == "retryVendorOrder":
            await story.run(mutation, vendorOrderId=order["id"])
        else:
            await story.run(mutation, jobId=dead["deadJobs"]["nodes"][0]["id"])
        expected = "FAILED" if mutation == "discardJob" else "PENDING"
        assert (await story.order(quote))["status"] == expected


async def the_catalogue_is_kept(story: Story) -> None:
    product = (await story.run("createProduct"))["product"]["id"]
    await story.run("updateProduct", productId=product)
    assert (await story.run("archiveProduct", productId=product))["product"]["isActive"] is False
    await story.run("unarchiveProduct", productId=product)
    configuration = (await story.run("addConfiguration", productId=product))["configuration"]["id"]
    await story.run("updateConfiguration", configurationId=configuration)
    await story.run("archiveConfiguration", configurationId=configuration)
    await story.run("unarchiveConfiguration", configurationId=configuration)


async def kits_are_kept(story: Story) -> None:
    key = story.shop.api.customer
    kit = (await story.run("createKit", key, productId=PRODUCT))["kit"]["id"]
    await story.run("updateKit", key, kitId=kit)
    assert (await story.run("deleteKit", key, kitId=kit))["deletedKitId"] == kit


async def company_data_is_kept(story: Story) -> None:
    key = story.shop.api.customer
    await story.run("updateCustomer", key, customerId=(await story.run("createCustomer", key))["customer"]["id"])
    await story.run("updateCompany", await story.shop.api.key(*Scope))
    field = (await story.run("createCustomField", key))["customField"]["id"]
    await story.run("updateCustomField", key, customFieldId=field)
    quote = await story.quote()
    values = [{"customFieldId": field, "value": {"option": "Silver"}}]
    filled = await story.as_customer("fillInQuote", key=quote["key"], customFields=values)
    assert filled["quote"]["customFields"] == [{"name": "Colour of the lid", "display": "Silver"}]
    await story.run("deleteCustomField", key, customFieldId=field)


async def devices_are_moved(story: Story) -> None:
    key = story.shop.api.customer
    added = await story.run("addAssets", key)
    assert added["rejected"] == []
    noted = await story.run("updateAsset", key, assetId=added["assets"][0]["id"])
    assert noted["asset"]["externalId"] == "ERP-4711"
    action = (await story.run("createDeviceAction", key))["deviceAction"]["id"]
    await story.run("addDeviceActionComment", key, deviceActionId=action)
    await story.run("advanceDeviceAction", deviceActionId=action)
    await story.run("setDeviceActionTracking", deviceActionId=action)
    await story.run("cancelDeviceAction", deviceActionId=action)
    batch = await story.run("createDeviceActions", key)
    assert batch["deviceActions"][0]["batchId"] == "office-move"
    retrieved = (await story.run("createExternalDeviceAction", key))["deviceAction"]["id"]
    wiped = await story.run("completeWipe", deviceActionId=retrieved)
    assert wiped["deviceAction"]["isWipeCompleted"] is True


async def a_customer_signs(story: Story) -> None:
    key = story.shop.api.customer
    quote = await story.quote()
    named = {"quoteId": quote["quoteId"]}
    dropped = (await story.run("attachDocument", key, **named))["attachment"]["id"]
    await story.run("detachDocument", key, attachmentId=dropped)
    kept = (await story.run("attachDocument", key, **named))["attachment"]["id"]
    assert (await story.run("requireSignatures", key, count=1, **named))["quote"]["requiredSignatures"] == 1
    sent = await story.run("sendQuote", key, **named)
    assert sent["quote"]["offerStatus"] == "SENT"
    rotated = await story.run("rotatePublicKey", key, **named)
    public = rotated["quote"]["publicKey"]["key"]
    shown = await visit(
        story.shop.api, "query($key: String!) { publicQuote(key: $key) { documentHash } }", {"key": public}
    )
    given = {"key": public, "documents": [kept], "documentHash": shown.data["publicQuote"]["documentHash"]}
    assert (await story.as_customer("signQuote", **given))["quote"]["isFullySigned"] is True
    await story.run("requestProjectApproval", key, **named)
    approved = await story.as_customer("approveProject", key=public)
    assert approved["quote"]["isProjectApprovalSigned"] is True
    await story.run("revokePublicKey", key, **named)
    declined = await story.quote()
    await story.as_customer("declineQuoteByKey", key=declined["key"])


async def webhooks_are_managed(story: Story) -> None:
    key, receiver = story.shop.api.customer, received_by(story.shop.api)
    endpoint = (await story.run("createWebhookEndpoint", key))["endpoint"]["id"]
    named = {"endpointId": endpoint}
    assert (await story.run("testWebhookEndpoint", key, **named))["isDelivered"] is True
    assert [url for url, _, _ in receiver.received] == ["https://hooks.example.com/quotegraph"]
    rotated = await story.run("rotateWebhookSecret", key, **named)
    assert rotated["secret"].startswith(rotated["endpoint"]["secretPrefix"])
    await story.quote()
    assert (await story.run("replayWebhookEvents", key, since=EVER, **named))["queued"] > 0
    delivery = (await its_deliveries(story.shop.api, endpoint))[0]
    assert (await story.run("redeliverWebhook", key, deliveryId=delivery))["delivery"]["status"] == "PENDING"
    assert (await story.run("updateWebhookEndpoint", key, **named))["endpoint"]["isActive"] is True
    assert (await story.run("deleteWebhookEndpoint", key, **named))["deletedId"] == endpoint


async def people_are_invited(story: Story) -> None:
    key = await story.shop.api.key(*Scope)
    invited = await story.run("inviteMember", key)
    named = {"memberId": invited["member"]["id"]}
    assert (await story.run("setMemberRole", key, **named))["member"]["role"] == "APPROVER"
    assert (await story.run("removeMember", key, **named))["member"]["status"] == "REMOVED"


async def a_stream_is_opened_by_a_ticket(story: Story) -> None:
    api = story.shop.api
    ticket = (await story.run("createStreamTicket", api.customer))["ticket"]
    sent = {"query": "subscription { events(includeCurrent: true) { type } }", "ticket": ticket}
    async with api.http.get(api.url, params=sent, headers={"Accept": "text/event-stream"}) as answer:
        assert (await Stream(answer).next())[1]["data"]["events"] == {"type": "CURRENT_STATE"}


async def keys_are_managed(story: Story) -> None:
    manager = await a_manager(story.shop.api)
    austral = (await story.shop.api.data("{ viewer { company { id } } }"))["viewer"]["company"]["id"]
    made = await story.run("createApiKey", manager, companyId=austral)
    named = {"apiKeyId": made["apiKey"]["id"]}
    assert (await story.shop.api.data("{ viewer { scopes } }", key=made["secret"]))["viewer"]["scopes"] == [
        "quotes:read"
    ]
    assert (await story.run("updateApiKey", manager, **named))["apiKey"]["allowedAddresses"] == []
    rotated = await story.run("rotateApiKey", manager, **named)
    assert rotated["secret"].startswith(rotated["apiKey"]["prefix"])
    assert (await story.run("revokeApiKey", manager, **named))["apiKey"]["status"] == "REVOKED"


async def a_person_works_with_an_access_token(story: Story) -> None:
    made = await story.run("createAccessToken", story.shop.api.customer)
    query = "{ viewer { person { name } } }"
    assert (await story.shop.api.data(query, key=made["token"]))["viewer"] == {"person": {"name": "Ida Ponce"}}
    revoked = await story.run("revokeAccessToken", made["token"], accessTokenId=None)
    assert [it["to"] for it in revoked["changes"]] == ["REVOKED"]


STORIES = (
    systems_are_connected,
    keys_are_managed,
    a_person_works_with_an_access_token,
    offers_are_proposed_and_decided,
    items_are_edited_and_decided_together,
    quotes_are_closed,
    quotes_are_priced_as_a_whole,
    a_vendor_order_is_completed_confirmed_and_delivered,
    a_vendor_order_is_cancelled,
    an_order_that_the_vendor_refused_is_placed_again_or_given_up,
    the_catalogue_is_kept,
    kits_are_kept,
    company_data_is_kept,
    devices_are_moved,
    webhooks_are_managed,
    people_are_invited,
    a_stream_is_opened_by_a_ticket,
    a_customer_signs,
)


async def test_every_mutation_has_an_example_that_does_what_it_says(shop):
    story = Story(shop)
    for told in STORIES:
        await told(story)
    assert story.told == root_fields(OperationType.MUTATION)


async def test_every_subscription_has_an_example_that_receives_events(shop):
    story = Story(shop)
    api = shop.api
    quote = await story.quote()
    asset = (await story.run("addAssets", api.customer))["assets"][0]["id"]
    action = (await story.run("createDeviceAction", api.customer))["deviceAction"]["id"]
    connection = await a_connection(api)
    ids = {"quoteChanged": quote["quoteId"], "assetChanged": asset, "deviceActionChanged": action}
    ids["connectionChanged"] = connection
    async with connected(api) as socket:
        operations = {}
        for name in root_fields(OperationType.SUBSCRIPTION):
            text, variables = example("subscriptions", name)
            operations[name] = await socket.start(text, variables | {"id": ids[name]} if name in ids else variables)
        await socket.subscribed(api, listeners=len(operations))
        assert (await socket.event(operations["quoteChanged"]))["type"] == "CURRENT_STATE"
        await story.run("acceptItem", itemId=quote["itemId"])
        for status in ("IN_PROGRESS", "IN_TRANSIT", "COMPLETED"):
            await story.run("advanceDeviceAction", deviceActionId=action, to=status)
        await story.run("pauseConnection", api.customer, connectionId=connection)
        for name, operation in operations.items():
            event = await socket.event(operation)
            assert event["cursor"], name
            assert event["actor"]["name"], name


async def test_every_lookup_has_an_example_that_finds_something(shop):
    story = Story(shop)
    key = await shop.api.key(*Scope)
    ids = await one_of_each(shop.api, "AUSTRAL", key)
    await story.run("createCustomer", key)
    await story.run("addAssets", key)
    quote = await shop.api.data("query($id: ID!) { quote(by: {id: $id}) { orderId } }", {"id": ids["Quote"]})
    for file in sorted((EXAMPLES / "queries").glob("*.graphql")):
        text, variables = example("queries", file.stem)
        type_name = file.stem[0].upper() + file.stem[1:]
        given = {"ids": [ids["Product"], ids["Employee"]], "id": ids.get(type_name, ids["Quote"])}
        given |= {"orderId": quote["quote"]["orderId"]}
        found = await shop.api.data(text, variables | {it: given[it] for it in variables.keys() & given}, key)
        assert found[file.stem], file.name
        assert None not in found[file.stem], file.name


def test_every_root_field_of_queries_has_an_example():
    asked = set()
    for file in EXAMPLES.rglob("*.graphql"):
        for it in parse(file.read_text(encoding="utf-8")).definitions:
            if isinstance(it, OperationDefinitionNode) and it.operation is OperationType.QUERY:
                asked |= {field.name.value for field in it.selection_set.selections if isinstance(field, FieldNode)}
    assert root_fields(OperationType.QUERY) <= asked
