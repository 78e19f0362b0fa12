"""From where a credential may be used."""

import pytest

from domain.shared.access import Forbidden, check_place
from domain.shared.allowed_places import NOWHERE, SentFrom, has_address, is_within, network, origin
from domain.shared.errors import Invalid
from tests.builders import a_caller


@pytest.mark.parametrize(
    ("given", "stored"),
    [("203.0.113.7", "203.0.113.7/32"), (" 10.0.0.0/8 ", "10.0.0.0/8"), ("2001:db8::/32", "2001:db8::/32")],
)
def test_networks_are_stored_in_cidr_notation(given, stored):
    assert network(given) == stored


@pytest.mark.parametrize("given", ["", "everywhere", "203.0.113.7/24", "1.2.3.4/33", "1.2.3", "::1%eth0/64"])
def test_what_is_no_network_is_refused(given):
    with pytest.raises(Invalid):
        network(given)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://App.Example/", "https://app.example"),
        ("https://app.example:443", "https://app.example"),
        ("https://app.example:8443", "https://app.example:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_origins_are_stored_as_browsers_send_them(given, stored):
    assert origin(given) == stored


@pytest.mark.parametrize("given", ["", "*", "null", "app.example", "http://app.example", "https://app.example/path"])
def test_what_is_no_origin_of_pages_is_refused(given):
    with pytest.raises(Invalid):
        origin(given)


@pytest.mark.parametrize(
    ("inner", "outer", "within"),
    [
        (("10.1.0.0/16",), ("10.0.0.0/8",), True),
        (("10.1.0.0/16", "11.0.0.0/8"), ("10.0.0.0/8",), False),
        (("10.0.0.0/8",), ("10.1.0.0/16",), False),
        ((), ("10.0.0.0/8",), False),
        (("2001:db8::/48",), ("10.0.0.0/8", "2001:db8::/32"), True),
        ((), (), True),
        (("10.0.0.0/8",), (), True),
    ],
)
def test_networks_within_others_are_no_wider(inner, outer, within):
    assert is_within(inner, outer) is within


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("10.1.2.3", True), ("::ffff:10.1.2.3", True), ("11.0.0.1", False), ("::1", False), ("", False), ("x", False)],
)
def test_an_address_is_allowed_within_one_of_the_networks(address, allowed):
    assert has_address(("192.0.2.0/24", "10.0.0.0/8"), address) is allowed


@pytest.mark.parametrize("sent_from", [NOWHERE, SentFrom("11.0.0.1")])
def test_from_another_address_a_credential_is_refused(sent_from):
    with pytest.raises(Forbidden, match="allowed addresses"):
        check_place(a_caller(allowed_addresses=("10.0.0.0/8",)), sent_from)


@pytest.mark.parametrize("given", [None, "https://evil.example", "null"])
def test_without_an_allowed_origin_a_credential_is_refused(given):
    with pytest.raises(Forbidden, match="allowed origins"):
        check_place(a_caller(allowed_origins=("https://app.example",)), SentFrom("10.0.0.1", given))


def test_a_credential_without_limits_is_used_from_everywhere_and_with_them_from_there():
    check_place(a_caller(), NOWHERE)
    limited = a_caller(allowed_addresses=("10.0.0.0/8",), allowed_origins=("https://app.example",))
    check_place(limited, SentFrom("10.0.0.1", "https://app.example"))
