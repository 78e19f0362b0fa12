"""What is stored about vendor orders as JSON."""

from adapters.database.fulfilment.column_types import VendorCandidate
from domain.fulfilment.vendor_api import Candidate
from domain.shared.money import Money


def test_a_candidate_that_an_earlier_version_stored_has_no_picture():
    stored = '["c", "Apple", "Air", null, null, null, null, [109900, "USD"]]'
    expected = Candidate("c", "Apple", "Air", None, None, None, None, Money(1099_00, "USD"))
    assert VendorCandidate().load(stored) == expected


def test_a_candidate_is_stored_with_its_picture():
    stored = '["c", null, "Air", null, null, null, null, null, "https://pictures.example/air.png"]'
    assert VendorCandidate().load(stored).image_url == "https://pictures.example/air.png"
