"""The emulated Tecspal is as strict as the documents it follows (docs/domain.md#vendor-tecspal)."""

import pytest
import pytest_asyncio

from tests.adapters.support.emulated import Emulated, emulated

CREDENTIALS = {"Authorization": "Bearer x", "tenant_id": "client-9"}
COMPANY = {
    "name": "Acme Inc.",
    "companyCode": "ACME",
    "countryCode": "UY",
    "legalNumber": "1",
    "contactEmail": "a@example.com",
    "phone": "1",
}
EMPLOYEE = {
    "firstName": "Ana",
    "lastName": "B",
    "email": "ana@example.com",
    "phone": "1",
    "governmentDNI": "1",
    "address": "1",
    "city": "1",
    "postCode": "1",
    "countryCode": "UY",
}
MISSING = object()


def a_line(**fields):
    return present({"hardwareType": "PC", "brand": "DELL", "amount": 1, **fields})


def an_order(**fields):
    order = {"countryCode": "UY", "sendTo": "STORAGE", "companyCode": "ACME", "hardwares": [a_line()]}
    return present({**order, **fields})


def present(fields):
    return {name: value for name, value in fields.items() if value is not MISSING}


class Caller:
    """A client of Tecspal that sends exactly what it is told to."""

    def __init__(self, vendor: Emulated) -> None:
        self.vendor = vendor

    async def call(self, verb, path, body=None, headers=CREDENTIALS, **options):
        return await self.vendor.call(verb, path, body, headers=headers, **options)

    async def write(self, path, data, **headers):
        body = {"data": data, "request": path.strip("/"), "vendor": "tecspal", "verb": "POST"}
        return await self.call("POST", path, body, {**CREDENTIALS, **headers})

    async def read(self, path, filters, **headers):
        body = {"filters": filters, "request": path.strip("/"), "vendor": "tecspal", "verb": "GET"}
        return await self.call("GET", path, body, {**CREDENTIALS, **headers})


@pytest_asyncio.fixture
async def tecspal(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield Caller(vendor)


def refused(message):
    return 400, {"error": "Bad Request", "message": message, "statusCode": 400}


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (an_order(countryCode=MISSING), "Missing required field: countryCode"),
        (an_order(countryCode=""), "Missing required field: countryCode"),
        (an_order(countryCode="Uruguay"), "Invalid field: countryCode"),
        (an_order(countryCode="uy"), "Invalid field: countryCode"),
        (an_order(countryCode="XX"), "Invalid field: countryCode"),
        (an_order(sendTo=MISSING), "Missing required field: sendTo"),
        (an_order(sendTo="HOME"), "Invalid field: sendTo"),
        (an_order(companyCode=MISSING), "Missing required field: companyCode"),
        (an_order(companyCode=7), "Invalid field: companyCode"),
        (an_order(company="Acme"), "Invalid field: company"),
        *[
            (an_order(company={**COMPANY, name: ""}, companyCode=MISSING), f"Missing required field: {name}")
            for name in COMPANY
        ],
        (an_order(sendTo="EMPLOYEE"), "Missing required field: employeeEmail"),
        (an_order(sendTo="EMPLOYEE", employeeEmail="ana"), "Invalid field: employeeEmail"),
        *[
            (an_order(sendTo="EMPLOYEE", employee={**EMPLOYEE, name: None}), f"Missing required field: {name}")
            for name in EMPLOYEE
        ],
        (an_order(autoQuote="yes"), "Invalid field: autoQuote"),
        (an_order(poNumber=7), "Invalid field: poNumber"),
        (an_order(hardwares=MISSING), "Missing required field: hardwares"),
        (an_order(hardwares=[]), "Missing required field: hardwares"),
        (an_order(hardwares=a_line()), "Invalid field: hardwares"),
        (an_order(hardwares=[a_line(hardwareType=MISSING)]), "Missing required field: hardwareType"),
        (an_order(hardwares=[a_line(hardwareType="PHONE")]), "Invalid field: hardwareType"),
        (an_order(hardwares=[a_line(brand=MISSING)]), "Missing required field: brand"),
        (an_order(hardwares=[a_line(brand="Dell")]), "Invalid field: brand"),
        (an_order(hardwares=[a_line(brand="APPLE")]), "Invalid field: brand"),
        (an_order(hardwares=[a_line(hardwareType="MACBOOK", brand="APPLE")]), "Invalid field: brand"),
        (an_order(hardwares=[a_line(hardwareType="MACBOOK", brand="Apple")]), "Invalid field: brand"),
        (an_order(hardwares=[a_line(amount=MISSING)]), "Missing required field: amount"),
        (an_order(hardwares=[a_line(amount=0)]), "Invalid field: amount"),
        (an_order(hardwares=[a_line(amount=-1)]), "Invalid field: amount"),
        (an_order(hardwares=[a_line(amount="2")]), "Invalid field: amount"),
        (an_order(hardwares=[a_line(amount=True)]), "Invalid field: amount"),
        (an_order(hardwares=[a_line(ram=16)]), "Invalid field: ram"),
        (an_order(hardwares=[a_line(), a_line(amount=0)]), "Invalid field: amount"),
        (
            an_order(hardwares=[a_line(hardwareType="EXTENDED_WARRANTY_MAC")]),
            "Field not allowed for EXTENDED_WARRANTY_MAC: brand",
        ),
        (
            an_order(hardwares=[a_line(hardwareType="EXTENDED_WARRANTY_WINDOWS", brand=MISSING, ram="16GB")]),
            "Field not allowed for EXTENDED_WARRANTY_WINDOWS: ram",
        ),
    ],
)
async def test_tecspal_refuses_an_order_that_breaks_a_rule(tecspal, order, message):
    assert await tecspal.write("/orders/quote", order) == refused(message)


@pytest.mark.parametrize(
    "order",
    [
        an_order(sendTo="QUOTE_ONLY"),
        an_order(sendTo="OFFICE", company=COMPANY, companyCode=MISSING),
        an_order(sendTo="EMPLOYEE", employeeEmail="ana@example.com"),
        an_order(sendTo="EMPLOYEE", employee=EMPLOYEE),
        an_order(hardwares=[a_line(hardwareType="MACBOOK", brand=MISSING)]),
        an_order(hardwares=[{"hardwareType": "EXTENDED_WARRANTY_MAC", "amount": 1, "notes": "3 years"}]),
    ],
)
async def test_tecspal_takes_an_order_that_keeps_the_rules(tecspal, order):
    status, answer = await tecspal.write("/orders/quote", order)

    assert (status, answer["message"]) == (201, "Request successful")


async def test_an_installation_that_takes_apple_requires_a_brand_of_a_macbook_and_of_no_pc_this_one(tecspal):
    async def answered(**line):
        return await tecspal.write("/orders/quote", an_order(hardwares=[a_line(**line)]))

    assert (await tecspal.call("POST", "/control/apple-brand", {"accepted": "Apple"}))[0] == 400
    vendor = tecspal.vendor
    async with vendor.session.post(f"{vendor.url}/control/apple-brand", json={"accepted": "APPLE"}) as answer:
        assert answer.status == 204

    assert (await answered(hardwareType="MACBOOK", brand="APPLE"))[0] == 201
    assert await answered(hardwareType="MACBOOK", brand=MISSING) == refused("Missing required field: brand")
    assert await answered(brand="APPLE") == refused("Invalid field: brand")


async def test_tecspal_answers_a_new_order_as_documented(tecspal):
    line = a_line(
        ram="16GB", diskSize="1TB", displaySize="14", model="XPS", processor="i7", externalItemId="e", notes="n"
    )
    _, answer = await tecspal.write(
        "/orders/quote", an_order(hardwares=[line], poNumber="PO", clientName="C", ABMId="A")
    )

    [order] = answer["envelop"]
    [shown] = order["hardwares"]
    assert answer["statusCode"] == 201
    assert " ".join(order) == (
        "id orderNumber createdAt updatedAt status date eta trackingLink countryCode sendTo currency dateCompleted "
        "apiClientRequesterName companyName clientName description employeeProfile poNumber resellerIds hardwares"
    )
    assert (order["orderNumber"], order["status"], order["currency"]) == (10001010, "PENDING", "USD")
    assert order["description"] == "ABMId: A, Client Name: C"
    assert " ".join(shown) == (
        "id amount notes poNumber quotedUnitPrice createdAt catalogModelId brand name ram diskSpace displaySize "
        "processor image externalItemId"
    )
    assert (shown["name"], shown["diskSpace"], shown["quotedUnitPrice"]) == ("XPS", "1TB", None)
    assert (shown["externalItemId"], shown["poNumber"]) == ("e", "PO")


async def test_tecspal_lists_orders_in_the_newer_rendering(tecspal):
    await tecspal.write("/orders/quote", an_order(clientName="C"))

    _, answer = await tecspal.read("/orders", {"companyCode": "ACME"})

    [order] = answer["envelop"]
    assert {"maxEta", "minEta", "localInvoice", "trackingCode", "requesterEmail", "createdHardwares"} <= order.keys()
    assert not {"clientName", "description"} & order.keys()


async def test_tecspal_prices_an_order_at_once_when_asked_to(tecspal):
    _, answer = await tecspal.write("/orders/quote", an_order(autoQuote=True))

    [order] = answer["envelop"]
    assert order["status"] == "QUOTED"
    assert order["hardwares"][0]["quotedUnitPrice"] == "980.00"


async def test_tecspal_makes_two_orders_of_two_equal_requests(tecspal):
    for _ in range(2):
        await tecspal.write("/orders/quote", an_order())

    _, answer = await tecspal.read("/orders", {"companyCode": "ACME"})
    assert [order["orderNumber"] for order in answer["envelop"]] == [10001010, 10001011]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", MISSING),
        ("Authorization", ""),
        ("Authorization", "Bearer "),
        ("Authorization", "Basic x"),
        ("tenant_id", MISSING),
        ("tenant_id", ""),
        ("tenant_id", " "),
    ],
)
async def test_tecspal_wants_both_credentials(tecspal, name, value):
    headers = present({**CREDENTIALS, name: value})

    answer = await tecspal.call("POST", "/orders/quote", {}, headers)

    assert answer == (401, {"error": "Unauthorized", "message": "Unauthorized access", "statusCode": 401})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data": MISSING}, "Missing required field: data"),
        ({"data": []}, "Invalid field: data"),
        ({"request": MISSING}, "Missing required field: request"),
        ({"request": "/orders/quote"}, "Invalid field: request"),
        ({"vendor": MISSING}, "Missing required field: vendor"),
        ({"vendor": "quipteams"}, "Invalid field: vendor"),
        ({"verb": MISSING}, "Missing required field: verb"),
        ({"verb": "GET"}, "Invalid field: verb"),
    ],
)
async def test_tecspal_wants_the_whole_envelope(tecspal, changes, message):
    body = {"data": an_order(), "request": "orders/quote", "vendor": "tecspal", "verb": "POST"}

    assert await tecspal.call("POST", "/orders/quote", present({**body, **changes})) == refused(message)


async def test_tecspal_reads_json_only_when_it_is_announced(tecspal):
    headers = {**CREDENTIALS, "Content-Type": "text/plain"}

    vendor = tecspal.vendor
    async with vendor.session.post(f"{vendor.url}/orders/quote", data="{}", headers=headers) as answer:
        assert (answer.status, await answer.json()) == refused("Missing required field: data")


async def test_tecspal_lists_the_orders_of_one_company_country_and_tenant(tecspal):
    await tecspal.write("/orders/quote", an_order())
    await tecspal.write("/orders/quote", an_order(countryCode="BR"))
    await tecspal.write("/orders/quote", an_order(companyCode="OTHER"))
    await tecspal.write("/orders/quote", an_order(), tenant_id="client-10")

    async def listed(**filters):
        return [order["countryCode"] for order in (await tecspal.read("/orders", filters))[1]["envelop"]]

    assert await listed(companyCode="ACME") == ["UY", "BR"]
    assert await listed(companyCode="ACME", countryCode="BR") == ["BR"]
    assert await tecspal.read("/orders", {}) == refused("Missing required field: companyCode")


async def test_tecspal_takes_filters_from_the_query_as_well(tecspal):
    await tecspal.write("/orders/quote", an_order())

    status, answer = await tecspal.call("GET", "/orders", params={"companyCode": "ACME"})

    assert (status, len(answer["envelop"])) == (200, 1)
    assert await tecspal.call("GET", "/orders") == refused("Missing required field: companyCode")


async def test_tecspal_shows_one_order_to_its_company(tecspal):
    _, made = await tecspal.write("/orders/quote", an_order())
    path = f"/orders/{made['envelop'][0]['id']}"

    assert (await tecspal.read(path, {"companyCode": "ACME"}))[1]["envelop"][0]["orderNumber"] == 10001010
    assert await tecspal.read(path, {"companyCode": "OTHER"}) == refused("Order request not found")
    assert await tecspal.read("/orders/unknown", {"companyCode": "ACME"}) == refused("Order request not found")


@pytest.mark.parametrize(
    ("before", "action", "expected"),
    [
        ([], "confirm", "The Order cannot be confirmed"),
        (["autoQuote"], "confirm", "ACCEPTED"),
        ([], "cancel", "CANCELLED"),
        (["autoQuote"], "cancel", "CANCELLED"),
        (["autoQuote", "confirm"], "cancel", "The Order cannot be cancelled: only PENDING and QUOTED orders can"),
        (["cancel"], "confirm", "The Order cannot be confirmed"),
    ],
)
async def test_tecspal_confirms_and_cancels_only_from_the_documented_states(tecspal, before, action, expected):
    _, made = await tecspal.write("/orders/quote", an_order(autoQuote="autoQuote" in before))
    order = {"id": made["envelop"][0]["id"], "companyCode": "ACME"}
    for step in before:
        if step != "autoQuote":
            await tecspal.write(f"/orders/{step}", order)

    status, answer = await tecspal.write(f"/orders/{action}", order)

    if status == 200:
        assert answer["envelop"] == [{"id": order["id"], "status": expected}]
    else:
        assert (status, answer) == refused(expected)


async def test_tecspal_words_a_missing_id_differently_when_confirming(tecspal):
    assert await tecspal.write("/orders/confirm", {}) == refused("id is required")
    assert await tecspal.write("/orders/cancel", {"id": "1"}) == refused("companyCode is required")
    unknown = {"id": "1", "companyCode": "ACME"}
    assert await tecspal.write("/orders/cancel", unknown) == refused("Order request not found")


async def test_tecspal_knows_no_other_paths(tecspal):
    status, answer = await tecspal.write("/catalogue", {})

    assert (status, answer["error"]) == (404, "Not Found")
