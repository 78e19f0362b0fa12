"""Scopes: an operation that lacks one is refused as a whole, before anything of it runs."""

import pytest

from domain.shared.access import Scope
from domain.shared.ids import global_id
from tests.api.support.inventory_inputs import INVENTORY
from tests.api.support.makers import a_draft, a_price, a_quote
from tests.api.support.running import company_id
from tests.api.support.world import MACBOOK, NOBODY, SMALL_MACBOOK, fixed_id

READING = [
    ("quotes:read", "{ quotes { nodes { id } } }", ["quotes", "quotes.nodes"]),
    ("quotes:read", '{ quote(by: {orderId: "1"}) { id } }', ["quote"]),
    ("products:read", "{ products { totalCount } }", ["products"]),
    ("products:read", f'{{ product(by: {{id: "{MACBOOK}"}}) {{ id }} }}', ["product"]),
    ("catalogue:manage", "{ products { nodes { history { totalCount } } } }", ["products.nodes.history"]),
    ("employees:read", "{ employees { totalCount } }", ["employees"]),
    ("customers:read", "{ customers { totalCount } }", ["customers"]),
    ("customers:read", f'{{ customer(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["customer"]),
    ("customers:read", "{ viewer { company { customers { totalCount } } } }", ["viewer.company.customers"]),
    ("customers:read", "{ quotes { nodes { customer { id } } } }", ["quotes.nodes.customer"]),
    ("quotes:read", "{ customers { nodes { quotes { totalCount } } } }", ["customers.nodes.quotes"]),
    ("quotes:read", "{ customFields { totalCount } }", ["customFields"]),
    ("quotes:read", "{ products { nodes { quotes { totalCount } } } }", ["products.nodes.quotes"]),
    ("quotes:read", "{ kits { nodes { quotes { totalCount } } } }", ["kits.nodes.quotes"]),
    ("kits:read", "{ quotes { nodes { items { kit { id } } } } }", ["quotes.nodes.items.kit"]),
    ("kits:read", "{ kits { totalCount } }", ["kits"]),
    ("kits:read", f'{{ kit(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["kit"]),
    ("kits:read", "{ viewer { company { kits { totalCount } } } }", ["viewer.company.kits"]),
    ("products:read", "{ kits { nodes { devices { product { id } } } } }", ["kits.nodes.devices.product"]),
    ("employees:read", '{ employee(by: {email: "a"}) { id } }', ["employee"]),
    ("assets:read", "{ assets { totalCount } }", ["assets"]),
    ("assets:read", '{ asset(by: {serialNumber: "1"}) { id } }', ["asset"]),
    ("assets:read", "{ employees { nodes { assets { totalCount } } } }", ["employees.nodes.assets"]),
    ("employees:read", "{ assets { nodes { employee { id } } } }", ["assets.nodes.employee"]),
    ("quotes:read", "{ assets { nodes { recipient { id } } } }", ["assets.nodes.recipient"]),
    ("quotes:read", "{ assets { nodes { quote { id } } } }", ["assets.nodes.quote"]),
    ("device_actions:read", "{ deviceActions { totalCount } }", ["deviceActions"]),
    ("device_actions:read", '{ deviceAction(by: {actionId: "1"}) { id } }', ["deviceAction"]),
    ("device_actions:read", "{ assets { nodes { currentAction { id } } } }", ["assets.nodes.currentAction"]),
    ("device_actions:read", "{ assets { nodes { deviceActions { totalCount } } } }", ["assets.nodes.deviceActions"]),
    ("assets:read", "{ deviceActions { nodes { asset { id } } } }", ["deviceActions.nodes.asset"]),
    ("jobs:manage", "{ deadJobs { totalCount } }", ["deadJobs"]),
    ("jobs:manage", "{ failingJobs { totalCount } }", ["failingJobs"]),
    ("webhooks:manage", "{ webhookEndpoints { totalCount } }", ["webhookEndpoints"]),
    ("keys:manage", "{ apiKeys { totalCount } }", ["apiKeys"]),
    ("keys:manage", f'{{ apiKey(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["apiKey"]),
    ("keys:manage", "{ accessTokens { totalCount } }", ["accessTokens"]),
    ("keys:manage", f'{{ accessToken(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["accessToken"]),
    ("keys:manage", "{ viewer { company { apiKeys { totalCount } } } }", ["viewer.company.apiKeys"]),
    ("webhooks:manage", f'{{ webhookEndpoint(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["webhookEndpoint"]),
    (
        "webhooks:manage",
        "{ viewer { company { webhookEndpoints { totalCount } } } }",
        ["viewer.company.webhookEndpoints"],
    ),
    ("connections:manage", f'{{ connections(companyId: "{company_id("AUSTRAL")}") {{ id }} }}', ["connections"]),
    ("connections:manage", f'{{ connection(id: "{NOBODY}") {{ id }} }}', ["connection"]),
    (
        "connections:manage",
        "{ quotes { nodes { origin { connection { id } } } } }",
        ["quotes.nodes.origin.connection"],
    ),
    ("members:manage", "{ members { totalCount } }", ["members"]),
    ("members:manage", f'{{ member(by: {{id: "{NOBODY}"}}) {{ id }} }}', ["member"]),
    ("members:manage", "{ viewer { company { members { totalCount } } } }", ["viewer.company.members"]),
    ("quotes:read", "{ viewer { company { quotes { totalCount } } } }", ["viewer.company.quotes"]),
    ("quotes:read", "{ viewer { company { vendorOrders { totalCount } } } }", ["viewer.company.vendorOrders"]),
    ("quotes:read", "{ viewer { company { customFields { totalCount } } } }", ["viewer.company.customFields"]),
    ("employees:read", "{ viewer { company { employees { totalCount } } } }", ["viewer.company.employees"]),
    ("products:read", "{ quotes { nodes { items { product { id } } } } }", ["quotes.nodes.items.product"]),
    ("products:read", "{ quotes { nodes { items { configuration { id } } } } }", ["quotes.nodes.items.configuration"]),
    (
        "employees:read",
        "{ quotes { nodes { items { recipients { employee { id } } } } } }",
        ["quotes.nodes.items.recipients.employee"],
    ),
    ("quotes:read", "{ employees { nodes { recipients { totalCount } } } }", ["employees.nodes.recipients"]),
    ("quotes:read", f'{{ node(id: "{NOBODY}") {{ ... on Quote {{ id }} }} }}', ["node"]),
    ("jobs:manage", f'{{ nodes(ids: ["{NOBODY}"]) {{ ...F }} }} fragment F on Job {{ id }}', ["nodes"]),
    ("employees:read", "{ ...F } fragment F on Query { people: employees { totalCount } }", ["employees"]),
    ("products:read", "query($no: Boolean! = false) { products @include(if: $no) { totalCount } }", ["products"]),
]


@pytest.mark.parametrize(("scope", "query", "fields"), READING)
async def test_without_its_scope_a_query_is_forbidden_as_a_whole(api, scope, query, fields):
    rest = await api.key(*(set(Scope) - {scope}), company=None)
    before = len(api.statements.seen)
    answer = await api.run(query, key=rest, headers={"Accept": "application/graphql-response+json"})
    assert (answer.status, answer.codes) == (403, ["FORBIDDEN"])
    assert answer.error["extensions"]["scopes"] == [scope]
    assert set(fields) <= set(answer.error["extensions"]["fields"])
    assert scope in answer.error["message"]
    assert len(api.statements.seen) == before
    assert (await api.run(query, key=api.operator)).data is not None


OF_PRODUCTS = ("updateProduct", "archiveProduct", "unarchiveProduct", "addConfiguration")
OF_CONFIGURATIONS = ("update", "archive", "unarchive")

WRITING = [
    ("quotes:write", "createQuote", a_draft()),
    ("quotes:manage", "priceItem", {"itemId": NOBODY, "price": a_price()}),
    ("quotes:manage", "priceAlternative", {"alternativeId": NOBODY, "price": a_price()}),
    ("quotes:manage", "proposeAlternative", {"itemId": NOBODY, "specification": {"brand": "HP"}}),
    ("assets:write", "addAssets", INVENTORY["addAssets"]),
    ("assets:write", "updateAsset", {"assetId": NOBODY}),
    *(
        ("device_actions:write", mutation, INVENTORY[mutation])
        for mutation in (
            "createDeviceAction",
            "createExternalDeviceAction",
            "createDeviceActions",
            "cancelDeviceAction",
            "addDeviceActionComment",
        )
    ),
    *(
        ("logistics:manage", mutation, INVENTORY[mutation])
        for mutation in ("advanceDeviceAction", "setDeviceActionTracking", "completeWipe")
    ),
    ("quotes:decide", "acceptItem", {"itemId": NOBODY}),
    ("quotes:decide", "rejectItem", {"itemId": NOBODY}),
    ("quotes:decide", "acceptAlternative", {"alternativeId": NOBODY}),
    ("quotes:decide", "rejectAlternative", {"alternativeId": NOBODY}),
    ("quotes:decide", "decideItem", {"offerId": NOBODY, "decision": "ACCEPT"}),
    ("quotes:manage", "setRecipientTracking", {"recipientId": NOBODY, "trackingCode": "T-1"}),
    ("quotes:manage", "shipRecipient", {"recipientId": NOBODY}),
    ("quotes:manage", "deliverRecipient", {"recipientId": NOBODY}),
    ("quotes:manage", "setRecipientSerialNumbers", {"recipientId": NOBODY, "serialNumbers": []}),
    ("quotes:manage", "setRecipientInvoice", {"recipientId": NOBODY}),
    ("quotes:manage", "completeQuote", {"quoteId": NOBODY}),
    ("quotes:manage", "requestVendorPrices", {"quoteId": NOBODY}),
    ("quotes:manage", "confirmVendorOrder", {"vendorOrderId": NOBODY}),
    ("quotes:manage", "cancelVendorOrder", {"vendorOrderId": NOBODY}),
    ("quotes:manage", "selectVendorAlternative", {"vendorOrderId": NOBODY, "groupId": "G", "candidateId": "C"}),
    ("quotes:manage", "completeVendorOrder", {"vendorOrderId": NOBODY, "employeeEmail": "a@b.example"}),
    ("quotes:manage", "retryVendorOrder", {"vendorOrderId": NOBODY}),
    ("jobs:manage", "retryJob", {"jobId": NOBODY}),
    ("jobs:manage", "discardJob", {"jobId": NOBODY}),
    ("webhooks:manage", "createWebhookEndpoint", {"url": "https://hooks.example", "events": ["quote.*"]}),
    *(("webhooks:manage", f"{it}WebhookEndpoint", {"endpointId": NOBODY}) for it in ("update", "delete", "test")),
    ("webhooks:manage", "rotateWebhookSecret", {"endpointId": NOBODY}),
    ("webhooks:manage", "redeliverWebhook", {"deliveryId": NOBODY}),
    ("webhooks:manage", "replayWebhookEvents", {"endpointId": NOBODY, "since": "2026-01-01"}),
    (
        "connections:manage",
        "connectSystem",
        {
            "system": "KITCHEN",
            "name": "K",
            "baseUrl": "https://k.example",
            "credentials": {"kitchen": {"token": "t"}},
        },
    ),
    *(
        ("connections:manage", f"{it}Connection", {"connectionId": NOBODY})
        for it in ("update", "pause", "resume", "sync")
    ),
    ("connections:manage", "disconnectSystem", {"connectionId": NOBODY}),
    ("members:manage", "inviteMember", {"email": "leo@austral.example", "role": "VIEWER"}),
    ("members:manage", "setMemberRole", {"memberId": NOBODY, "role": "VIEWER"}),
    ("members:manage", "removeMember", {"memberId": NOBODY}),
    ("keys:manage", "createApiKey", {"name": "ERP", "scopes": ["quotes:read"]}),
    *(("keys:manage", f"{it}ApiKey", {"apiKeyId": NOBODY}) for it in ("update", "rotate", "revoke")),
    ("quotes:manage", "updateCompany", {"vendorMargin": None}),
    ("customers:write", "createCustomer", {"name": "Ana"}),
    ("customers:write", "updateCustomer", {"customerId": NOBODY}),
    ("quotes:write", "updateQuote", {"quoteId": NOBODY}),
    ("quotes:write", "addItems", {"quoteId": NOBODY, "items": []}),
    ("quotes:write", "updateItem", {"itemId": NOBODY}),
    ("quotes:write", "removeItem", {"itemId": NOBODY}),
    ("quotes:decide", "acceptQuote", {"quoteId": NOBODY}),
    ("quotes:manage", "priceQuote", {"quoteId": NOBODY}),
    ("quotes:manage", "setPriceOptions", {"quoteId": NOBODY, "options": []}),
    ("quotes:decide", "selectPriceOption", {"priceOptionId": NOBODY}),
    ("quotes:decide", "decideItems", {"quoteId": NOBODY, "decisions": []}),
    ("quotes:decide", "declineQuote", {"quoteId": NOBODY}),
    ("quotes:write", "cancelQuote", {"quoteId": NOBODY}),
    ("quotes:manage", "voidQuote", {"quoteId": NOBODY}),
    ("quotes:write", "deleteQuote", {"quoteId": NOBODY}),
    ("quotes:decide", "sendQuote", {"quoteId": NOBODY}),
    ("quotes:write", "revokePublicKey", {"quoteId": NOBODY}),
    ("quotes:write", "rotatePublicKey", {"quoteId": NOBODY}),
    ("quotes:write", "requireSignatures", {"quoteId": NOBODY, "count": 2}),
    ("quotes:write", "attachDocument", {"quoteId": NOBODY, "name": "Terms", "url": "https://x.example"}),
    ("quotes:write", "detachDocument", {"attachmentId": NOBODY}),
    ("quotes:write", "requestProjectApproval", {"quoteId": NOBODY}),
    ("custom_fields:manage", "createCustomField", {"name": "Team", "type": "TEXT"}),
    ("custom_fields:manage", "updateCustomField", {"customFieldId": NOBODY}),
    ("custom_fields:manage", "deleteCustomField", {"customFieldId": NOBODY}),
    ("kits:write", "createKit", {"name": "Desk", "devices": []}),
    ("kits:write", "updateKit", {"kitId": NOBODY}),
    ("kits:write", "deleteKit", {"kitId": NOBODY}),
    ("catalogue:manage", "createProduct", {"type": "MOUSE", "brand": "HP", "model": "Mouse"}),
    *(("catalogue:manage", it, {"productId": NOBODY}) for it in OF_PRODUCTS),
    *(("catalogue:manage", f"{it}Configuration", {"configurationId": NOBODY}) for it in OF_CONFIGURATIONS),
]


@pytest.mark.parametrize(("scope", "mutation", "given"), WRITING)
async def test_without_its_scope_a_mutation_is_forbidden_and_nothing_is_done(api, scope, mutation, given):
    # An API key that may write may decide.
    lacking = {"quotes:decide", "quotes:write"} if scope == "quotes:decide" else {scope}
    rest = await api.key(*(set(Scope) - lacking))
    before = await api.contents()
    answer = await api.attempt(mutation, given, key=rest)
    assert answer.codes == ["FORBIDDEN"]
    assert answer.error["extensions"]["scopes"] == [scope]
    assert answer.error["extensions"]["fields"] == [mutation]
    assert answer.body.get("data") is None
    assert await api.contents() == before


async def test_a_request_lacking_a_scope_for_one_field_does_none_of_the_others(api):
    quote = await a_quote(api)
    query = """mutation($id: ID!) {
        acceptItem(input: {itemId: $id}) { userErrors { code } }
        priceItem(input: {itemId: $id, price: {amount: "1", currencyCode: "USD"}}) { userErrors { code } }
        retryJob(input: {jobId: $id}) { userErrors { code } }
    }"""
    before = await api.contents()
    answer = await api.run(query, {"id": quote.item})
    assert answer.error["extensions"]["scopes"] == ["jobs:manage", "quotes:manage"]
    assert answer.error["extensions"]["fields"] == ["priceItem", "retryJob"]
    assert await api.contents() == before


# What customers do with a public key; see test_public_quotes.py.
PUBLIC = {"signQuote", "declineQuoteByKey", "approveProject", "fillInQuote"}
# A ticket may do what its key may.
FOR_ANY_KEY = {"createStreamTicket", "createAccessToken", "revokeAccessToken"}


async def test_every_mutation_has_a_scope_or_is_the_customers(api):
    found = await api.data("{ __schema { mutationType { fields { name description } } } }")
    descriptions = {field["name"]: field["description"] for field in found["__schema"]["mutationType"]["fields"]}
    scopes = {mutation: scope for scope, mutation, _ in WRITING}
    assert descriptions.keys() == scopes.keys() | PUBLIC | FOR_ANY_KEY
    assert [name for name, scope in scopes.items() if f"`{scope}`" not in descriptions[name]] == []
    assert [name for name in FOR_ANY_KEY if "Requires no scope." not in descriptions[name]] == []
    assert [name for name in PUBLIC if "Does not require an API key." not in descriptions[name]] == []


@pytest.mark.parametrize(
    ("type_name", "row_id", "scope"),
    [
        ("Product", MACBOOK, "products:read"),
        ("Configuration", SMALL_MACBOOK, "products:read"),
        ("Employee", fixed_id(0x101, 0), "employees:read"),
    ],
)
async def test_node_takes_the_scope_of_what_it_finds(api, type_name, row_id, scope):
    rest = await api.key(*(set(Scope) - {scope}))
    id_ = global_id(type_name, row_id)
    for query in ("query($id: ID!) { node(id: $id) { id } }", "query($id: ID!) { nodes(ids: [$id]) { id } }"):
        answer = await api.run(query, {"id": id_}, key=rest)
        assert answer.codes == ["FORBIDDEN"]
        assert answer.error["extensions"]["scopes"] == [scope]
        assert id_ in str((await api.run(query, {"id": id_})).data)


async def test_the_parts_of_a_quote_take_its_scope_by_node(api):
    quote = await a_quote(api, alternatives=1)
    await api.act("acceptItem", {"itemId": quote.item})
    [order] = await api.rows("vendor_orders")
    rest = await api.key(*(set(Scope) - {"quotes:read"}))
    parts = [quote.id, quote.item, quote.alternative, quote.recipients[0][0], global_id("VendorOrder", order.id)]
    for id_ in parts:
        assert (await api.run("query($id: ID!) { node(id: $id) { id } }", {"id": id_}, key=rest)).codes == ["FORBIDDEN"]
        assert (await api.data("query($id: ID!) { node(id: $id) { id } }", {"id": id_}))["node"] == {"id": id_}


# ---- what a writer may read

RECEIPT = """quote { __typename id orderId status createdAt statusTimestamps { status at }
    items { id alternatives { id status } recipients { id status } } }"""


async def test_a_writer_is_told_which_objects_it_changed_and_how_they_stand(api):
    writer = await api.key("quotes:write", "quotes:decide")
    created = await api.act("createQuote", a_draft(), RECEIPT, key=writer)
    item = created["quote"]["items"][0]["id"]
    await api.act("priceItem", {"itemId": item, "price": a_price()}, key=api.operator)
    accepted = await api.act("acceptItem", {"itemId": item}, RECEIPT + "item { decision }", key=writer)
    assert accepted["quote"]["status"] == "APPROVED"
    assert accepted["item"]["decision"] == "ITEM_ACCEPTED"
    assert accepted["changes"][0]["node"]["id"] == item


BEYOND_A_RECEIPT = [
    "quote { poNumber }",
    "quote { requester { email } }",
    "quote { vendorOrders { id } }",
    "quote { items { vendorOrders { id } } }",
    "quote { items { price { amount } } }",
    "quote { items { product { id } } }",
    "quote { items { acceptedOffer { price { amount } } } }",
    "quote { items { recipients { name } } }",
    "quote { items { recipients { employee { id } } } }",
    "quote { company { employees { totalCount } } }",
    "quote { company { quotes { nodes { id } } } }",
    "quote { items { quote { company { quotes { totalCount } } } } }",
    "quote { items { ... on Offer { specification { model } } } }",
    "quote { history { totalCount } }",
    "quote { ... on Quote { notes } }",
]


@pytest.mark.parametrize("beyond", BEYOND_A_RECEIPT)
async def test_a_writer_cannot_read_what_is_in_an_object(api, beyond):
    writer = await api.key("quotes:write", "quotes:decide")
    before = await api.contents()
    answer = await api.attempt("createQuote", a_draft(), beyond, key=writer)
    assert (answer.codes, answer.error["extensions"]["scopes"][-1:]) == (["FORBIDDEN"], ["quotes:read"])
    assert await api.contents() == before


@pytest.mark.parametrize(
    "path",
    [
        "quote { items { recipients { email } } }",
        "changes { node { ... on Quote { requester { email } } } }",
        "changes { node { ... on Recipient { address } } }",
        "changes { node { ... on Offer { price { amount } } } }",
        "userErrors { ... on ConflictError { node { ... on QuoteItem { recipients { email } } } } }",
        "userErrors { ... on ConflictError { node { ... on Node { ... on Recipient { email } } } } }",
    ],
)
async def test_a_writer_cannot_read_through_a_dry_run_its_changes_or_its_errors(api, path):
    quote, writer = await a_quote(api), await api.key("quotes:write", "quotes:decide")
    given = {"itemId": quote.item, "dryRun": True}
    answer = await api.attempt("acceptItem", given, path, key=writer)
    assert (answer.codes, answer.error["extensions"]["scopes"]) == (["FORBIDDEN"], ["quotes:read"])
    reader = await api.key("quotes:write", "quotes:decide", "quotes:read")
    assert (await api.attempt("acceptItem", given, path, key=reader)).codes == []


async def test_a_writer_sees_which_nodes_changed_and_clash(api):
    quote, writer = await a_quote(api), await api.key("quotes:write", "quotes:decide")
    path = "changes { node { __typename id } to } userErrors { ... on ConflictError { node { id } currentStatus } }"
    accepted = await api.act("acceptItem", {"itemId": quote.item}, path, key=writer)
    assert accepted["changes"][0]["node"] == {"__typename": "QuoteItem", "id": quote.item}
    refused = await api.attempt("rejectItem", {"itemId": quote.item}, path, key=writer)
    assert refused.data["rejectItem"]["userErrors"][0]["node"]["id"] == quote.item


async def test_a_writer_cannot_list(api):
    writer = await api.key("quotes:write", "quotes:decide")
    assert (await api.run("{ quotes { totalCount } }", key=writer)).codes == ["FORBIDDEN"]
