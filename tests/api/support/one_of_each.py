"""One node of every type of one company, made through the API: for tests that hold for whatever the graph has.

A new type of node needs a line here.
"""

from domain.shared.access import Scope
from domain.shared.ids import global_id, new_id
from tests.api.support.access import an_access_token, an_api_key
from tests.api.support.connections import a_change, a_connection, a_problem
from tests.api.support.customers import a_signature, acted
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_price_option, a_quote, an_item
from tests.api.support.members import a_member
from tests.api.support.running import Running
from tests.api.support.webhooks import a_webhook_endpoint, its_deliveries
from tests.api.support.world import COMPANY_IDS, LATITUDE, MACBOOK, SMALL_MACBOOK


async def one_of_each(api: Running, company: str, key: str, operator: str | None = None) -> dict[str, str]:
    """The ids by type, seen with a key of the company that may write everything. The `operator` sets prices."""
    macbook = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
    # A second line stays open: with it, an acceptance leaves the price options to choose.
    quote = await a_quote(api, an_item(device=macbook), an_item(), alternatives=1, key=key, operator=operator)
    option = await a_price_option(api, quote, key)
    terms = {
        "quoteId": quote.id,
        "name": "Terms",
        "url": "https://shop.example/terms.pdf",
        "isSignatureRequired": False,
    }
    attached = await api.act("attachDocument", terms, "attachment { id }", key=key)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2}, key=key)
    signed = await acted(api, "signQuote", a_signature(quote.key, priceOption="Purchase"))
    assert signed["userErrors"] == []
    await api.act("acceptItem", {"itemId": quote.item}, key=key)
    device = {"catalogue": {"productId": MACBOOK}}
    kit = (await api.act("createKit", {"name": "Desk", "devices": [{"device": device}]}, KIT, key=key))["kit"]
    field = await api.act("createCustomField", {"name": "Team", "type": "TEXT"}, "customField { id }", key=key)
    customer = await api.act("createCustomer", {"name": "Ana"}, "customer { id }", key=key)
    found = await api.data(FOUND, {"id": quote.id}, key)
    asset = await api.act("addAssets", {"assets": [an_asset()]}, "assets { id }", key=key)
    made = await api.act("createDeviceAction", an_action(), "deviceAction { id }", key=key)
    action = made["deviceAction"]["id"]
    input_ = {"deviceActionId": action, "message": "Mind the dog"}
    comment = await api.act("addDeviceActionComment", input_, "comment { id }", key=key)
    field = await api.act("createCustomField", {"name": "Floor", "type": "TEXT"}, "customField { id }", key=key)
    # The catalogue is the operators', and the same for all companies.
    changed = {"productId": LATITUDE, "sku": new_id()}
    await api.act("updateProduct", changed, "product { id }", key=await api.key(Scope.CATALOGUE_MANAGE, company=None))
    catalogue_event = (await api.rows("catalogue_events"))[-1].id
    endpoint = await a_webhook_endpoint(api, key)
    jobs = [it for it in await api.rows("jobs") if it.payload.get("quoteId") == quote.id.partition("_")[2]]
    whose = global_id("Company", COMPANY_IDS[company])
    api_key, _ = await an_api_key(api, operator or api.operator, companyId=whose)
    token, _ = await an_access_token(api, key)
    connection = await a_connection(api, key)
    return {
        "AccessToken": token,
        "Alternative": quote.alternative,
        "ApiKey": api_key,
        "Asset": asset["assets"][0]["id"],
        "CatalogueEvent": global_id("CatalogueEvent", catalogue_event),
        "Company": global_id("Company", COMPANY_IDS[company]),
        "Configuration": global_id("Configuration", SMALL_MACBOOK),
        "Connection": connection,
        "ConnectionProblem": await a_problem(api, connection, key),
        "CustomField": field["customField"]["id"],
        "Customer": customer["customer"]["id"],
        "DeviceAction": action,
        "DeviceActionComment": comment["comment"]["id"],
        "Employee": found["employees"]["nodes"][0]["id"],
        "Event": found["quote"]["history"]["nodes"][0]["id"],
        "Job": global_id("Job", jobs[0].id),
        "Kit": kit["id"],
        "Member": await a_member(api, key, role="ADMIN"),
        "KitDevice": kit["devices"][0]["id"],
        "OriginChange": await a_change(api, connection, quote.id, key),
        "PriceOption": option,
        "Product": global_id("Product", LATITUDE),
        "Quote": quote.id,
        "QuoteAttachment": attached["attachment"]["id"],
        "QuoteItem": quote.item,
        "Recipient": quote.recipients[0][0],
        "Signature": found["quote"]["signatures"][0]["id"],
        "VendorOrder": found["quote"]["vendorOrders"][0]["id"],
        "WebhookDelivery": (await its_deliveries(api, endpoint, key))[0],
        "WebhookEndpoint": endpoint,
    }


KIT = "kit { id devices { id } }"
FOUND = """query($id: ID!) {
    employees(first: 1) { nodes { id } } quote(by: {id: $id}) { vendorOrders { id } signatures { id }
        history(first: 1) { nodes { id } } }
}"""
