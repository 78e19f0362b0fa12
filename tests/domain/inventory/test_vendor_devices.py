"""Which devices of the vendor can become assets, and how, and how those that are assets differ."""

import pytest

from domain.catalogue.products import ProductType
from domain.inventory.assets import NO_PEOPLE, AssetDraft, AssetStatus, build_asset
from domain.inventory.locations import LocationDraft, LocationType
from domain.inventory.vendor_devices import VendorDevice, asset_draft, difference, why_unusable
from domain.shared.errors import Problems
from domain.shared.ids import new_id
from domain.shared.money import Money, MoneyDraft
from tests.builders import NOW, TENANT

STORED = VendorDevice("h", "S1", "STORAGE", "UY", "Dell", "Pro 14", storage_name="Shelf 2")
HELD = STORED._replace(status="EMPLOYEE", employee_email="ana@example.com", storage_name=None)


@pytest.mark.parametrize(
    ("device", "reason"),
    [
        (STORED, None),
        (HELD, None),
        (HELD._replace(employee_email=None, employee_name="Ana"), None),
        (STORED._replace(serial_number=""), "It has no serial number."),
        (STORED._replace(status="LOST"), "Its status is LOST, and not EMPLOYEE or STORAGE."),
        (STORED._replace(status=""), "Its status is missing, and not EMPLOYEE or STORAGE."),
        (HELD._replace(employee_email=None), "It is with an employee who is not named."),
    ],
)
def test_a_device_that_cannot_become_an_asset_says_why(device, reason):
    assert why_unusable(device) == reason


def test_a_stored_device_is_entered_with_its_storage_and_one_of_a_person_with_the_person():
    stored = STORED._replace(price=Money(145000, "USD"), is_new=True)
    assert asset_draft(stored, ProductType.LAPTOP) == AssetDraft(
        "S1",
        "LAPTOP",
        "UY",
        "Dell Pro 14",
        condition="New",
        price=MoneyDraft("1450.00", "USD"),
        location=LocationDraft(LocationType.STORAGE, "Shelf 2"),
    )
    damaged = HELD._replace(is_new=True, is_damaged=True)
    assert asset_draft(damaged, None) == AssetDraft(
        "S1", None, "UY", "Dell Pro 14", employee="ana@example.com", condition="Damaged"
    )


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"model": ""}, "Dell"),
        ({"brand": "", "model": "", "description": "A monitor"}, "A monitor"),
        ({"brand": "", "model": ""}, "Device"),
    ],
)
def test_a_device_is_described_by_what_is_known_of_it(given, title):
    assert STORED._replace(**given).title == title


@pytest.mark.parametrize(
    ("status", "person", "device", "told"),
    [
        (AssetStatus.IN_STORAGE, None, STORED, None),
        (AssetStatus.IN_USE, "Ana@example.com", HELD, None),
        (AssetStatus.IN_USE, "ana@example.com", HELD._replace(employee_email=None, employee_name="Ana"), None),
        (AssetStatus.IN_STORAGE, None, HELD, "It is in storage here, and with ana@example.com for the vendor."),
        (AssetStatus.IN_USE, "bo@example.com", HELD, "It is with Bo here, and with ana@example.com for the vendor."),
        (AssetStatus.IN_USE, "bo@example.com", STORED, "It is with Bo here, and in storage for the vendor."),
        (AssetStatus.RETIRED, None, STORED, "It is retired here, and in storage for the vendor."),
    ],
)
def test_a_device_that_is_elsewhere_for_the_vendor_says_where(status, person, device, told):
    draft = AssetDraft("S1", None, "UY", "Dell Pro 14")
    asset = build_asset(draft, NO_PEOPLE, TENANT, Problems(), (), NOW, new_id)
    asset = asset._replace(status=status, employee_name=person and "Bo", employee_email=person)
    assert difference(asset, device) == told
