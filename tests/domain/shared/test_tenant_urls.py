"""URLs that tenants choose. Those that lead inside are in tests/faults/ssrf.py."""

import string
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.tenant_urls import tenant_url

KEPT = (
    "https://example.com",
    "https://example.com/",
    "https://example.com/webhooks?key=a%2Fb&x[]=1",
    "https://example.com:8443/a",
    "https://sub_domain.example.com/a;b=c/~d",
    "https://xn--bcher-kva.example/",
    "https://8.8.8.8/",
    "https://[2606:2800:220:1::10]:8443/a",
    "https://1password.example/",
    "https://123.example",
)
NORMALISED = {
    "  https://example.com/a ": "https://example.com/a",
    "HTTPS://Example.COM/A": "https://example.com/A",
    "https://example.com:443/a": "https://example.com/a",
    "https://example.com:0443/a": "https://example.com/a",
    "https://example.com:/a": "https://example.com/a",
    "https://example.com./a": "https://example.com/a",
    "https://bücher.example/ä?ö=ß": "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%9F",
    "https://BÜCHER。example": "https://xn--bcher-kva.example",
    "https://[2606:2800:0220:0001::0010]/": "https://[2606:2800:220:1::10]/",
    "https://example.com?a": "https://example.com?a",
}
REASONS = {
    "example.com": "Send a full https address, such as https://example.com/webhooks.",
    "http://example.com/": "Send an https address.",
    "https://u:p@example.com/": "Send the address without a user name and password.",
    "https://example.com/#a": "Send the address without the part from # on.",
    "https://example.com:80/": "The port must be 443, or from 1024 to 65535.",
    "https://localhost/": "The name is not public. Send a full domain name.",
    "https://10.0.0.1/": "The address is not public.",
    "https://[::1]/": "The address is not public.",
    "https://127.1/": "This is not an IPv4 address in four decimal numbers.",
    "https://[zz]/": "This is not the name of a host, with or without a port.",
    "https://[1:2]/": "This is not an IPv6 address.",
    "https://a..example.com/": "This is not the name of a host.",
    "https://example.com/a b": "The path has characters that must be percent-encoded.",
    "https://example.com/%": "The path has characters that must be percent-encoded.",
}
LOCAL = (
    "http://localhost:8000/a",
    "http://127.0.0.1:8000",
    "http://[::1]:8000/",
    "https://localhost/",
    "https://127.0.0.2/",
)


@pytest.mark.parametrize("url", KEPT)
def test_a_url_of_the_internet_is_kept_as_it_is(url):
    assert tenant_url(url) == url


@pytest.mark.parametrize(("written", "url"), NORMALISED.items())
def test_a_url_is_normalised(written, url):
    assert tenant_url(written) == url


@pytest.mark.parametrize(("url", "reason"), REASONS.items())
def test_a_refusal_says_what_to_send(url, reason):
    with pytest.raises(Invalid) as refused:
        tenant_url(url)
    assert (refused.value.code, refused.value.message) == (ErrorCode.INVALID_URL, reason)


@pytest.mark.parametrize("url", LOCAL)
def test_this_machine_is_refused_unless_loopback_is_permitted(url):
    assert tenant_url(url, loopback=True) == url
    with pytest.raises(Invalid):
        tenant_url(url)


def test_an_http_url_of_this_machine_has_a_port():
    with pytest.raises(Invalid, match=r"Send a port from 1024 on\."):
        tenant_url("http://localhost/", loopback=True)


@pytest.mark.parametrize("url", ["https://example.com/" + "a" * 1_981, "https://example.com/" + "ä" * 400])
def test_a_url_is_short_also_when_it_is_encoded(url):
    with pytest.raises(Invalid) as refused:
        tenant_url(url)
    assert refused.value.code == ErrorCode.TOO_LONG


PARTS = st.sampled_from(
    [
        *string.printable,
        "https://",
        "example.com",
        "127.0.0.1",
        "[::1]",
        "localhost",
        ":443",
        "@",
        "\\",
        "%00",
        "。",
        "ö",
    ]
)


@given(st.lists(PARTS, max_size=12).map("".join).map("https://".__add__))
def test_what_is_accepted_has_the_same_reading_in_every_library(written):
    try:
        url = tenant_url(written)
    except Invalid:
        return
    one, other = urlsplit(url), URL(url, encoded=True)
    assert url.isascii()
    assert url.isprintable()
    assert (one.scheme, one.hostname, one.port) == (other.scheme, other.raw_host, other.explicit_port)
    assert (one.username, other.user, one.fragment, other.fragment) == (None, None, "", "")
    assert str(other) == url or other.raw_path == "/"
    assert tenant_url(url) == url
