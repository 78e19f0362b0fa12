"""Following an order at Tecspal: the client against the emulator, and against answers of every shape."""

from dataclasses import replace
from datetime import date

import pytest
import pytest_asyncio

from adapters.tecspal.client import TecspalClient
from domain.fulfilment.vendor_api import (
    Candidate,
    CompanyDetails,
    EmployeeDetails,
    HardwareType,
    OrderRequest,
    ReportedOrder,
)
from domain.quotes.recipients import Destination
from domain.shared.money import Money
from domain.shared.outbound_errors import Refused, Uncertain
from tests.adapters.support.emulated import answering, emulated

ORDER = OrderRequest(
    "order-1",
    "ACME",
    "UY",
    Destination.EMPLOYEE,
    "ana@x.example",
    HardwareType.MACBOOK,
    "APPLE",
    2,
    model="MacBook Pro 14",
)
NEWCOMER = EmployeeDetails("Ana", "Paz", "ana@x.example", "+598", "1.234.567-8", "Main St 1", "Montevideo", "1", "UY")
ACME = CompanyDetails("Acme Inc.", "ACME", "UY", "21-1", "it@acme.example", "+598")
WARRANTY = replace(ORDER, hardware_type=HardwareType.EXTENDED_WARRANTY_MAC, brand=None, model=None, notes="3 years")


@pytest_asyncio.fixture
async def vendor(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield vendor


@pytest.fixture
def client(vendor):
    return TecspalClient(vendor.url, "token", "client-9", vendor.session)


async def placed(client, order=ORDER):
    return (await client.place_order(order)).vendor_id


async def state_of(client, vendor_id):
    [found] = await client.order("ACME", vendor_id, {"order-1": ()})
    return found


async def sent(vendor):
    """The data of the last thing that was written."""
    return [it["body"]["data"] for it in await vendor.received() if it["method"] == "POST"][-1]


async def test_a_new_order_is_reported_as_pending_and_knows_no_more_than_what_was_ordered(client):
    vendor_id = await placed(client)

    ordered = Candidate("", None, "MacBook Pro 14", None, None, None, None, None)
    assert await state_of(client, vendor_id) == ReportedOrder(vendor_id, "PENDING", device=ordered)


async def test_one_order_is_asked_for_by_a_get_that_repeats_its_path_in_the_body(client, vendor):
    vendor_id = await placed(client)
    await state_of(client, vendor_id)

    get = (await vendor.received())[-1]
    assert (get["method"], get["path"]) == ("GET", f"/orders/{vendor_id}")
    assert get["body"] == {
        "filters": {"companyCode": "ACME"},
        "request": f"orders/{vendor_id}",
        "vendor": "tecspal",
        "verb": "GET",
    }


async def test_everything_that_becomes_of_an_order_is_reported(client, vendor):
    vendor_id = await placed(client)
    await vendor.control(
        "order-1",
        status="IN_TRANSIT",
        price="1399.90",
        eta="2026-12-01",
        minEta=5,
        maxEta="2026-12-05",
        date="2026-12-02",
        trackingCode="TP-1",
        trackingLink="https://carrier.example/TP-1",
        serials=["C02", "C03"],
    )

    found = await state_of(client, vendor_id)

    assert (found.status, found.price) == ("IN_TRANSIT", Money(139990, "USD"))
    assert (found.eta, found.max_eta, found.delivered_on) == (
        date(2026, 12, 1),
        date(2026, 12, 5),
        date(2026, 12, 2),
    )
    assert found.min_eta is not None, "a number of days counts from the day of the order"
    assert (found.tracking_code, found.tracking_link) == ("TP-1", "https://carrier.example/TP-1")
    assert found.serials == ("C02", "C03")


async def test_a_quoted_order_is_confirmed_once_and_then_no_more(client, vendor):
    vendor_id = await placed(client)
    with pytest.raises(Refused, match="The Order cannot be confirmed"):
        await client.confirm_order("ACME", vendor_id)

    await vendor.control(vendor_id, status="QUOTED")
    await client.confirm_order("ACME", vendor_id)

    assert (await state_of(client, vendor_id)).status == "ACCEPTED"
    assert await sent(vendor) == {"id": vendor_id, "companyCode": "ACME"}
    with pytest.raises(Refused):
        await client.confirm_order("ACME", vendor_id)


async def test_an_order_is_cancelled_while_it_is_pending_or_quoted(client, vendor):
    vendor_id = await placed(client)
    await client.cancel_order("ACME", vendor_id)
    assert (await state_of(client, vendor_id)).status == "CANCELLED"

    other = await placed(client)
    await vendor.control(other, status="ACCEPTED")
    with pytest.raises(Refused, match="PENDING and QUOTED"):
        await client.cancel_order("ACME", other)


async def test_a_selected_alternative_takes_the_place_of_the_device_and_keeps_our_id(client, vendor):
    vendor_id = await placed(client)
    device = {"brand": "APPLE", "name": "MacBook Air 13", "ram": "16GB", "quotedUnitPrice": "1099.00"}
    await vendor.control(vendor_id, alternatives=[device])
    [group] = (await state_of(client, vendor_id)).alternatives
    [candidate] = group.candidates
    assert (candidate.brand, candidate.model, candidate.ram) == ("APPLE", "MacBook Air 13", "16GB")
    assert candidate.price == Money(109900, "USD")

    await client.select_alternative("ACME", vendor_id, group.id, candidate.id)

    after = await state_of(client, vendor_id)
    assert (after.status, after.price) == ("PENDING", Money(109900, "USD"))
    assert await client.find_order("ACME", "UY", ["order-1"]) is not None


async def test_an_order_of_another_company_or_none_at_all_is_refused_with_400(client):
    vendor_id = await placed(client)
    for company, order in (("OTHER", vendor_id), ("ACME", "0190a5b0-0000-7000-8000-00000000a0a0")):
        with pytest.raises(Refused, match="400 Order request not found"):
            await client.order(company, order, {"order-1": ()})


async def test_a_warranty_is_sent_with_its_type_amount_our_id_and_notes_alone(client, vendor):
    await client.place_order(replace(WARRANTY, ram="16 GB"))

    [line] = (await sent(vendor))["hardwares"]
    assert line == {
        "hardwareType": "EXTENDED_WARRANTY_MAC",
        "amount": 2,
        "externalItemId": "order-1",
        "notes": "3 years",
    }


@pytest.mark.parametrize("send_to", [Destination.OFFICE, Destination.STORAGE, Destination.QUOTE_ONLY])
async def test_only_an_order_for_a_person_names_one(client, vendor, send_to):
    await client.place_order(replace(ORDER, send_to=send_to, employee_email=None))

    data = await sent(vendor)
    assert (data["sendTo"], data.keys() & {"employee", "employeeEmail"}) == (send_to, set())


async def test_a_company_and_a_person_the_vendor_does_not_know_are_described(client, vendor):
    await client.place_order(replace(ORDER, company=ACME, employee=NEWCOMER))

    data = await sent(vendor)
    assert data["company"] == {
        "name": "Acme Inc.",
        "companyCode": "ACME",
        "countryCode": "UY",
        "legalNumber": "21-1",
        "contactEmail": "it@acme.example",
        "phone": "+598",
    }
    assert data["employee"] == {
        "firstName": "Ana",
        "lastName": "Paz",
        "email": "ana@x.example",
        "phone": "+598",
        "governmentDNI": "1.234.567-8",
        "address": "Main St 1",
        "city": "Montevideo",
        "postCode": "1",
        "countryCode": "UY",
    }
    assert data.keys() & {"companyCode", "employeeEmail"} == set()
    assert await client.find_order("ACME", "UY", ["order-1"]) is not None


async def test_the_clients_own_references_go_along_and_auto_quote_prices_at_once(client, vendor):
    order = replace(ORDER, client_name="Globex", abm_id="A-7", auto_quote=True)
    found = await client.place_order(order)

    data = await sent(vendor)
    assert (data["clientName"], data["ABMId"], data["autoQuote"]) == ("Globex", "A-7", True)
    assert found.status == "QUOTED"
    assert (await state_of(client, found.vendor_id)).price == Money(145000, "USD")


def an_answer(line=None, **order):
    """An answer about one order; `line` is its only line."""
    lines = [] if line is None else [{"externalItemId": "order-1", **line}]
    known = {"id": "V-1", "status": "QUOTED", "currency": "USD", "createdAt": "2026-11-20T10:00:00.000Z"}
    return {"statusCode": 200, "envelop": [{**known, "hardwares": lines, **order}]}


async def reported(vendor, answer):
    async with answering(answer) as url:
        return await state_of(TecspalClient(url, "t", "t", vendor.session), "V-1")


@pytest.mark.parametrize(
    ("price", "currency", "money"),
    [
        ("1450.00", "USD", Money(145000, "USD")),
        ("1450", "USD", Money(145000, "USD")),
        ("1450.1000", "USD", Money(145010, "USD")),
        (1450.1, "USD", Money(145010, "USD")),
        (1450, "USD", Money(145000, "USD")),
        ("0.07", "USD", Money(7, "USD")),
        ("150000", "JPY", Money(150000, "JPY")),
        ("1.234", "KWD", Money(1234, "KWD")),
    ],
)
async def test_a_price_is_read_digit_by_digit_in_its_own_currency(vendor, price, currency, money):
    found = await reported(vendor, an_answer({"quotedUnitPrice": price}, currency=currency))

    assert (found.price, found.unreadable_price) == (money, None)


@pytest.mark.parametrize(
    ("price", "currency"),
    [("1450.005", "USD"), ("1,450.00", "USD"), ("a lot", "USD"), ("-1.00", "USD"), ("10", "BTC"), ("10", None)],
)
async def test_a_price_that_is_none_is_kept_as_it_was_told_and_not_guessed_at(vendor, price, currency):
    found = await reported(vendor, an_answer({"quotedUnitPrice": price}, currency=currency))

    assert (found.price, found.unreadable_price) == (None, f"{price} {currency}")


@pytest.mark.parametrize(
    ("eta", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026-12-01T00:00:00.000Z", date(2026, 12, 1)),
        (5, date(2026, 11, 25)),
        ("5", date(2026, 11, 25)),
        (5.0, date(2026, 11, 25)),
        (-1, None),
        (10**9, None),
        ("soon", None),
        (True, None),
        (None, None),
    ],
)
async def test_a_day_is_a_date_or_a_number_of_days_since_the_order(vendor, eta, day):
    found = await reported(vendor, an_answer(minEta=eta, maxEta=eta, eta=eta))

    assert (found.min_eta, found.max_eta, found.eta) == (day, day, day)


@pytest.mark.parametrize(
    "order",
    [
        {"hardwares": None, "createdHardwares": None, "status": None},
        {"hardwares": "none", "createdHardwares": {}, "trackingLink": "carrier.example", "trackingCode": ""},
        {"hardwares": [7, {}], "createdHardwares": [None, {"serialNumber": None}, {"serialNumber": ""}]},
        {"hardwares": [{"alternativeGroup": {"id": None}}]},
        {"hardwares": [{"alternativeGroup": {"id": "g", "candidates": {}}}]},
        {"status": 7, "date": [], "eta": {}},
    ],
)
async def test_what_is_absent_or_senseless_is_nothing(vendor, order):
    found = await reported(vendor, an_answer(**order))

    assert replace(found, status="") == ReportedOrder("V-1", "")


async def test_a_bare_order_in_the_envelope_is_one_order(vendor):
    answer = an_answer()
    answer["envelop"] = answer["envelop"][0]

    assert (await reported(vendor, answer)).vendor_id == "V-1"


@pytest.mark.parametrize("answer", [{}, {"envelop": []}, {"envelop": [{"status": "QUOTED"}]}, [], "Welcome"])
async def test_an_answer_without_an_order_is_no_answer(vendor, answer):
    with pytest.raises(Uncertain):
        await reported(vendor, answer)


async def test_the_price_is_that_of_the_line_with_our_id(vendor):
    lines = [
        {"externalItemId": "order-2", "quotedUnitPrice": "1.00"},
        {"externalItemId": "order-1", "quotedUnitPrice": "2.00"},
    ]

    assert (await reported(vendor, an_answer(hardwares=lines))).price == Money(200, "USD")


async def test_an_order_of_several_lines_is_read_once_for_all_of_them(vendor):
    lines = [
        {"externalItemId": f"order-{number}", "name": name, "quotedUnitPrice": price}
        for number, (name, price) in enumerate([("MacBook Air", "1.00"), ("MacBook Pro", "2.00")])
    ]
    created = [{"brand": "APPLE", "name": name, "serialNumber": name[-3:]} for name in ("MacBook Pro", "MacBook Air")]
    async with answering(an_answer(hardwares=lines, createdHardwares=created)) as url:
        client = TecspalClient(url, "t", "t", vendor.session)
        found = await client.order("ACME", "V-1", dict.fromkeys(("order-1", "order-0", "order-2"), ()))
    assert [(it.price, it.serials) for it in found] == [
        (Money(200, "USD"), ("Pro",)),
        (Money(100, "USD"), ("Air",)),
        (None, ()),
    ]
    assert "price" in found[2].missing, "what it says of a line that is not in it stays as it was"


async def test_lines_without_our_ids_are_taken_in_their_order_if_none_is_missing(vendor):
    lines = [{"quotedUnitPrice": "1.00"}, {"quotedUnitPrice": "2.00"}]
    async with answering(an_answer(hardwares=lines)) as url:
        client = TecspalClient(url, "t", "t", vendor.session)
        both = await client.order("ACME", "V-1", {"order-1": (), "order-0": ()})
        three = await client.order("ACME", "V-1", dict.fromkeys(("order-1", "order-0", "order-2"), ()))
    assert [it.price for it in both] == [Money(100, "USD"), Money(200, "USD")]
    assert [it.price for it in three] == [None, None, None]


async def test_a_device_stays_with_the_line_that_had_it_however_the_vendor_sorts_its_devices(vendor):
    lines = [{"externalItemId": f"order-{number}", "name": "MacBook Air"} for number in (1, 2)]
    created = [{"brand": "APPLE", "name": "MacBook Air", "serialNumber": it} for it in ("d2", "d1")]
    async with answering(an_answer(hardwares=lines, createdHardwares=created)) as url:
        client = TecspalClient(url, "t", "t", vendor.session)
        found = await client.order("ACME", "V-1", {"order-1": ("d1",), "order-2": ()})
    assert [it.serials for it in found] == [("d1",), ("d2",)]


async def test_the_picture_of_a_candidate_is_read_and_what_is_no_address_of_one_is_not(vendor):
    pictures = ["https://pictures.example/air.png", "air.png", None]
    candidates = [{"id": str(number), "name": "Air", "image": it} for number, it in enumerate(pictures)]
    line = {"alternativeGroup": {"id": "g", "candidates": candidates}}
    [group] = (await reported(vendor, an_answer(line))).alternatives
    assert [it.image_url for it in group.candidates] == ["https://pictures.example/air.png", None, None]


WHOLE = {"eta": "2026-12-01", "minEta": "3", "maxEta": "5", "date": "2026-12-01"}


@pytest.mark.parametrize(
    ("line", "order", "untold"),
    [
        ({"quotedUnitPrice": "1450.00", "alternativeGroup": None}, WHOLE, set()),
        ({"quotedUnitPrice": None, "alternativeGroup": None}, dict.fromkeys(WHOLE), set()),
        ({"quotedUnitPrice": "", "alternativeGroup": {}}, {**WHOLE, "eta": ""}, set()),
        ({}, {}, {"price", "alternatives", "eta", "min_eta", "max_eta", "delivered_on"}),
        (None, {**WHOLE, "hardwares": None, "status": None}, {"price", "alternatives", "status"}),
        (
            {"quotedUnitPrice": None, "alternativeGroup": None},
            {**WHOLE, "eta": "soon", "date": []},
            {"eta", "delivered_on"},
        ),
    ],
)
async def test_what_is_left_out_of_an_answer_or_cannot_be_read_is_not_told(vendor, line, order, untold):
    assert (await reported(vendor, an_answer(line, **order))).missing == untold
