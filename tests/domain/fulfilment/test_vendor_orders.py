"""What an accepted line asks of the vendor: one order for each destination, or a reason why not."""

from datetime import date
from typing import Any

import pytest

from domain.catalogue.products import DEVICES, NOT_ORDERED, WARRANTIES, ProductType
from domain.fulfilment.vendor_api import CompanyDetails, EmployeeDetails, HardwareType
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus, order_request, orders_for, vendor_status
from domain.fulfilment.vendor_people import unsent_notice
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.decisions import accept
from domain.quotes.recipients import Destination
from domain.shared.ids import new_id
from tests.builders import ANA, LATER, a_quote, a_recipient, first, item_of, line, priced

QUEUED, NEEDS_DATA, NOT_ORDERABLE = (
    VendorOrderStatus.QUEUED,
    VendorOrderStatus.NEEDS_DATA,
    VendorOrderStatus.NOT_ORDERABLE,
)


def accepted(of: Line, offer=item_of) -> QuoteAggregate:
    quote = a_quote(of)
    return accept(quote, offer(quote), ANA, LATER).quote


def ordered(quote: QuoteAggregate) -> list[VendorOrder]:
    orders, _ = orders_for(quote.quote, quote.lines[0], LATER, new_id)
    return list(orders)


def destinations(*recipients, quantity=None):
    of = line(priced, recipients=list(recipients), quantity=quantity or len(recipients))
    return [(it.send_to, it.country, it.employee_email, it.amount, it.status) for it in ordered(accepted(of))]


BRUNO = a_recipient(email="bruno@x.example")
CARLA = a_recipient(email="carla@x.example", country="BR")
STORE = a_recipient(email=None, storage=True)


def test_every_employee_gets_an_order_of_their_own():
    assert destinations(BRUNO, CARLA) == [
        (Destination.EMPLOYEE, "UY", "bruno@x.example", 1, QUEUED),
        (Destination.EMPLOYEE, "BR", "carla@x.example", 1, QUEUED),
    ]


def test_several_devices_for_one_employee_are_one_order():
    assert destinations(BRUNO, CARLA, BRUNO._replace(id=new_id())) == [
        (Destination.EMPLOYEE, "UY", "bruno@x.example", 2, QUEUED),
        (Destination.EMPLOYEE, "BR", "carla@x.example", 1, QUEUED),
    ]


def test_devices_for_the_store_of_a_country_are_one_order():
    brazil = STORE._replace(id=new_id(), country="BR")
    assert destinations(STORE, brazil, STORE._replace(id=new_id())) == [
        (Destination.STORAGE, "UY", None, 2, QUEUED),
        (Destination.STORAGE, "BR", None, 1, QUEUED),
    ]


def test_one_recipient_of_many_devices_gets_them_all_in_one_order():
    assert destinations(STORE, quantity=7) == [(Destination.STORAGE, "UY", None, 7, QUEUED)]


def test_an_employee_in_two_countries_gets_two_orders():
    abroad = BRUNO._replace(id=new_id(), country="AR")
    assert [it[1] for it in destinations(BRUNO, abroad)] == ["UY", "AR"]


def test_employees_without_an_address_need_data_each_on_their_own():
    nobody, neither = a_recipient(email=None), a_recipient(email=None)
    assert destinations(nobody, BRUNO, neither) == [
        (Destination.EMPLOYEE, "UY", None, 1, NEEDS_DATA),
        (Destination.EMPLOYEE, "UY", "bruno@x.example", 1, QUEUED),
        (Destination.EMPLOYEE, "UY", None, 1, NEEDS_DATA),
    ]


def test_the_devices_ordered_are_exactly_the_devices_of_the_line():
    orders = ordered(accepted(line(priced, recipients=[BRUNO, STORE, CARLA], quantity=3)))
    assert sum(it.amount for it in orders) == 3


def test_every_recipient_points_at_its_order():
    quote = accepted(line(priced, recipients=[BRUNO, STORE, STORE._replace(id=new_id())]))
    orders, recipients = orders_for(quote.quote, quote.lines[0], LATER, new_id)
    assert [it.vendor_order_id for it in recipients] == [orders[0].id, orders[1].id, orders[1].id]


@pytest.mark.parametrize("product_type", sorted(set(ProductType) - {ProductType.LAPTOP} - WARRANTIES - NOT_ORDERED))
def test_only_laptops_and_warranties_can_be_ordered(product_type):
    [order] = ordered(accepted(line(priced, product_type=product_type)))
    assert order.status == NOT_ORDERABLE
    assert f"not {DEVICES[product_type]}." in (order.problem or "")


@pytest.mark.parametrize("brand", ["Framework", "", None])
def test_only_the_vendors_brands_can_be_ordered(brand):
    [order] = ordered(accepted(line(priced, brand=brand)))
    assert (order.status, order.hardware_type) == (NOT_ORDERABLE, None)


def test_what_cannot_be_ordered_at_all_does_not_ask_for_data():
    [order] = ordered(accepted(line(priced, brand="Framework", recipients=[a_recipient(email=None)])))
    assert order.status == NOT_ORDERABLE


@pytest.mark.parametrize(("brand", "hardware"), [("apple", HardwareType.MACBOOK), ("Dell", HardwareType.PC)])
def test_apple_is_a_macbook_and_everything_else_a_pc(brand, hardware):
    [order] = ordered(accepted(line(priced, brand=brand)))
    assert order.hardware_type == hardware


def test_the_brand_that_counts_is_that_of_the_accepted_offer():
    [order] = ordered(accepted(line(priced, alternatives=1, brand="Framework"), first))
    assert (order.status, order.hardware_type) == (QUEUED, HardwareType.PC)


def test_the_request_of_an_item_says_what_the_item_is():
    quote = accepted(line(priced, recipients=[BRUNO]))
    [order] = ordered(quote)
    request = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert (request.external_item_id, request.company_code, request.country_code) == (order.id, "AUSTRAL", "UY")
    assert (request.send_to, request.employee_email, request.amount) == (Destination.EMPLOYEE, "bruno@x.example", 1)
    assert (request.hardware_type, request.brand, request.model) == (HardwareType.MACBOOK, "APPLE", "MacBook Pro 14")
    assert (request.processor, request.ram, request.disk_size) == ("Apple M5", "16 GB", "512 GB")
    assert (request.display_size, request.po_number) == ('14"', "PO-7")


WARRANTY: dict[str, Any] = dict.fromkeys(
    ("brand", "model", "os", "cpu", "ram", "storage", "screen_size", "keyboard_layout")
)


@pytest.mark.parametrize(
    ("product_type", "hardware"),
    [
        (ProductType.WARRANTY_MAC, HardwareType.EXTENDED_WARRANTY_MAC),
        (ProductType.WARRANTY_WINDOWS, HardwareType.EXTENDED_WARRANTY_WINDOWS),
    ],
)
def test_a_warranty_is_ordered_without_brand_or_any_other_specification(product_type, hardware):
    quote = accepted(line(priced, product_type=product_type, comments="Three years", **WARRANTY))
    [order] = ordered(quote)
    request = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert (order.status, request.hardware_type, request.notes) == (QUEUED, hardware, "Three years")
    assert (request.brand, request.model, request.ram, request.display_size) == (None, None, None, None)


@pytest.mark.parametrize("product_type", [ProductType.OTHER, ProductType.SERVICE])
def test_no_vendor_is_asked_for_other_goods_and_services(product_type):
    assert ordered(accepted(line(priced, product_type=product_type))) == []


@pytest.mark.parametrize("send_to", [Destination.OFFICE, Destination.QUOTE_ONLY, Destination.STORAGE])
def test_what_goes_to_no_person_needs_none(send_to):
    nobody = a_recipient(email=None, destination=send_to)
    assert destinations(nobody) == [(send_to, "UY", None, 1, QUEUED)]


def test_an_office_and_a_store_of_one_country_are_two_orders():
    office = a_recipient(destination=Destination.OFFICE)
    assert [it[0] for it in destinations(STORE, office)] == [Destination.STORAGE, Destination.OFFICE]


KNOWN = a_recipient(
    name="Ana Paz Sosa",
    phone_number="+598",
    address="Main St 1",
    city="Montevideo",
    post_code="11000",
    government_id="1.2",
)


def test_a_person_of_whom_everything_is_known_is_described_to_the_vendor():
    [order] = ordered(accepted(line(priced, recipients=[KNOWN])))
    person = EmployeeDetails(
        "Ana", "Paz Sosa", "bruno@austral.example", "+598", "1.2", "Main St 1", "Montevideo", "11000", "UY"
    )
    assert order.employee == person


@pytest.mark.parametrize("lacks", ["phone_number", "address", "city", "post_code", "government_id"])
def test_a_person_of_whom_something_is_unknown_is_named_by_address(lacks):
    unknown: dict[str, Any] = {lacks: None}
    [order] = ordered(accepted(line(priced, recipients=[KNOWN._replace(**unknown)])))
    assert (order.employee, order.employee_email) == (None, "bruno@austral.example")


@pytest.mark.parametrize("name", ["山田太郎", "Suharto", "ابن‌سينا"])
def test_an_order_for_a_person_whose_name_is_one_word_needs_the_last_name(name):
    [order] = ordered(accepted(line(priced, recipients=[KNOWN._replace(name=name)])))
    assert (order.status, order.notice) == (NEEDS_DATA, None)
    assert order.problem is not None
    assert f"“{name}” has none. Send `lastName`" in order.problem


@pytest.mark.parametrize("name", ["山田 太郎", "山田\u3000太郎", "Ana\u00a0Paz"])
def test_a_name_is_two_words_whatever_blank_is_between_them(name):
    [order] = ordered(accepted(line(priced, recipients=[KNOWN._replace(name=name)])))
    assert order.employee is not None
    assert [order.employee.first_name, order.employee.last_name] == name.split()


def test_what_is_known_of_a_person_and_not_sent_is_told():
    known: dict[str, Any] = {"phone_number": "+598", "address": "Main 1", "city": "Montevideo", "address_extra": "2 B"}
    [order] = ordered(accepted(line(priced, recipients=[BRUNO._replace(**known)])))
    assert (order.status, order.employee) == (QUEUED, None)
    assert order.notice == (
        "The vendor is not sent phoneNumber, address, city and addressExtra: a person is sent either in full or by "
        "e-mail address, and governmentId and postalCode are not known."
    )
    [order] = ordered(accepted(line(priced, recipients=[KNOWN._replace(hire_date=date(2026, 12, 1))])))
    assert order.notice == "The vendor is not sent hireDate: it has no field for it."


def test_what_is_known_of_an_office_and_not_sent_is_told():
    office = a_recipient(name="Office MVD", email=None, address="Main St 1", destination=Destination.OFFICE)
    [order] = ordered(accepted(line(priced, recipients=[office])))
    assert order.notice == "The vendor is not sent name and address: it accepts no person for OFFICE."


def test_what_is_lost_when_a_person_of_one_name_is_named_by_address_is_told():
    notice = unsent_notice([KNOWN._replace(name="Suharto")], Destination.EMPLOYEE, whole=False)
    assert notice is not None
    assert notice.endswith("sent either in full or by e-mail address, and lastName is not known.")


def test_nothing_is_told_where_nothing_is_left_out():
    orders = [ordered(accepted(line(priced, recipients=[it])))[0] for it in (KNOWN, BRUNO, STORE)]
    assert [it.notice for it in orders] == [None, None, None]


def test_a_person_with_two_addresses_gets_an_order_at_each():
    people = [KNOWN, KNOWN._replace(id=new_id(), address="Other St 2"), KNOWN._replace(id=new_id())]
    orders = ordered(accepted(line(priced, recipients=people, quantity=3)))
    assert [(it.amount, it.employee and it.employee.address) for it in orders] == [(2, "Main St 1"), (1, "Other St 2")]


def test_what_an_order_has_no_field_for_stands_in_its_notes():
    quote = accepted(line(priced, recipients=[BRUNO], comments="Soon"))
    [order] = ordered(quote)
    request = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert request.notes == "Soon\nOperating system: macOS\nKeyboard: ES"


def test_what_an_integrator_calls_a_line_stands_in_the_notes_beside_our_own_id():
    quote = accepted(line(priced, recipients=[BRUNO], external_id="line-7"))
    [order] = ordered(quote)
    request = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert request.external_item_id == order.id
    assert (request.notes or "").splitlines()[-1] == "External item ID: line-7"


def test_a_company_s_legal_name_is_sent_as_the_vendor_s_brand():
    quote = accepted(line(priced, recipients=[BRUNO], brand="Dell Inc."))
    [order] = ordered(quote)
    assert (order.status, order.hardware_type) == (QUEUED, HardwareType.PC)
    assert order_request(order, quote.quote, quote.lines[0], "AUSTRAL").brand == "DELL"


def test_a_brand_that_the_vendor_does_not_carry_is_named_as_it_was_written():
    [order] = ordered(accepted(line(priced, recipients=[BRUNO], brand="Framework Inc.")))
    assert order.problem == (
        "The vendor has no laptops of “Framework Inc.”; its brands are ACER, APPLE, ASUS, DELL, HP, LENOVO, LG, "
        "MICROSOFT, SAMSUNG, VAIO."
    )


def test_the_request_carries_the_companys_references_and_its_description():
    quote = accepted(line(priced, recipients=[BRUNO]))
    head = quote.quote._replace(client_name="Globex", abm_id="A-7", auto_quote=True)
    [order] = ordered(quote)
    company = CompanyDetails("Austral", "AUSTRAL", "UY", "21-1", "it@austral.example", "+598")
    live = order_request(order, head, quote.lines[0], "AUSTRAL", company)
    test = order_request(order, head, quote.lines[0], "AUSTRAL", company, sandbox=True)
    assert (live.client_name, live.abm_id, live.company) == ("Globex", "A-7", company)
    assert (live.auto_quote, test.auto_quote) == (False, True)


def test_the_request_of_an_alternative_says_what_the_alternative_is():
    quote = accepted(line(priced, alternatives=1), first)
    [order] = ordered(quote)
    request = order_request(order, quote.quote, quote.lines[0], "AUSTRAL")
    assert (request.hardware_type, request.brand, request.model) == (HardwareType.PC, "LENOVO", "ThinkPad T14")
    assert (request.processor, request.ram, request.disk_size) == ("Core Ultra 5", "32 GB", "1 TB")


@pytest.mark.parametrize(
    ("word", "status"),
    [("PENDING", "PENDING"), ("quoted", "QUOTED"), ("in_progress", "IN_PROGRESS"), ("lost at sea", "IN_PROGRESS")],
)
def test_the_vendors_words_are_statuses_and_unknown_ones_mean_work_in_progress(word, status):
    assert vendor_status(word) == status


@pytest.mark.parametrize("word", ["QUEUED", "FAILED", "NEEDS_DATA", "NOT_ORDERABLE"])
def test_the_vendor_cannot_put_an_order_back_into_a_state_of_our_own(word):
    assert vendor_status(word) == VendorOrderStatus.IN_PROGRESS
