"""Which addresses are on the internet. The whole set of those that are not is in tests/faults/inside.py."""

import pytest

from domain.shared.public_addresses import is_loopback, is_public, read_address
from tests.faults.inside import INSIDE

PUBLIC = ("1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "192.1.0.1", "168.63.129.17",
          "2606:2800:220:1::10", "2001:4860:4860::8888", "2a00:1450:4001::1", "2400:cb00::1")  # fmt: skip


@pytest.mark.parametrize("written", INSIDE)
def test_an_address_inside_is_not_public(written):
    address = read_address(written)
    assert address is not None
    assert not is_public(address)


@pytest.mark.parametrize("written", PUBLIC)
def test_an_address_on_the_internet_is_public(written):
    address = read_address(written)
    assert address is not None
    assert is_public(address)
    assert not is_loopback(address)


def test_a_public_address_on_one_interface_is_not_public():
    address = read_address("2606:2800:220:1::10%eth0")
    assert address is not None
    assert not is_public(address)


def test_only_plain_notations_of_this_machine_are_loopback():
    assert [it for it in INSIDE if (address := read_address(it)) and is_loopback(address)] == [
        "127.0.0.1",
        "127.1.2.3",
        "::1",
    ]


@pytest.mark.parametrize("written", ["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "localhost", ""])
def test_what_is_no_address_in_its_usual_notation_is_none(written):
    assert read_address(written) is None
