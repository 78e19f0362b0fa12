"""Devices that were created for an order of several lines, which do not name their line."""

from decimal import Decimal

from adapters.tecspal.created_devices import created_by_line

AIR, PRO = ({"brand": "APPLE", "name": name} for name in ("MacBook Air", "MacBook Pro"))
LATITUDE = {"brand": "DELL", "name": "Latitude 5450"}


def serials(lines, *devices):
    """The serial numbers that each line gets of numbered devices."""
    numbered = [{**device, "serialNumber": number} for number, device in enumerate(devices)]
    return [[it["serialNumber"] for it in each] for each in created_by_line(lines, numbered)]


def amount(line, number):
    return {**line, "amount": Decimal(number)}


def test_each_line_gets_the_devices_of_its_brand_and_model_in_the_order_of_the_lines():
    lines = [amount(AIR, 2), amount(PRO, 1), amount(AIR, 1)]
    assert serials(lines, PRO, AIR, AIR, AIR) == [[1, 2], [0], [3]]


def test_a_line_is_compared_by_what_it_names():
    no_brand, no_name = {"brand": None, "name": "macbook air "}, {"brand": "DELL"}
    assert serials([no_name, no_brand], AIR, LATITUDE) == [[1], [0]]


def test_of_two_lines_for_one_model_each_gets_the_devices_with_its_details():
    lines = [{**PRO, "ram": "16GB"}, {**PRO, "ram": "32GB"}]
    assert serials(lines, {**PRO, "ram": "32gb"}, {**PRO, "ram": "16gb"}) == [[1], [0]]
    assert serials(lines, {**PRO, "ram": "32 GB"}, {**PRO, "ram": "16 GB"}) == [[0], [1]], "they are written otherwise"


def test_a_device_that_no_line_describes_goes_to_one_that_lacks_some_and_a_warranty_last():
    warranty, macbook = {"amount": 1, "notes": None}, {"amount": 1, "name": "MBP 14"}
    assert serials([warranty, macbook, LATITUDE], LATITUDE, PRO) == [[], [1], [0]]
    assert serials([{}, {}], PRO, AIR) == [[0], [1]], "of two that name nothing, in their order"


def test_no_device_is_left_out():
    assert serials([AIR, LATITUDE], AIR, AIR, LATITUDE, PRO) == [[0, 1, 3], [2]]
    assert serials([{}], AIR, PRO) == [[0, 1]]
    assert serials([AIR, PRO]) == [[], []]


def test_a_device_that_a_line_has_stays_with_it_and_takes_its_place():
    devices = [{**AIR, "serialNumber": number} for number in range(3)]
    created = created_by_line([AIR, AIR], devices, [None, 0, None])
    assert [[it["serialNumber"] for it in each] for each in created] == [[1, 2], [0]]
