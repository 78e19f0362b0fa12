"""The address of NATS in the settings."""

import pytest

from adapters.signals.nats_address import NatsAddress, NatsServer, parse_nats_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("nats://nats.example", NatsServer("nats.example", 4222, tls=False)),
        ("tls://nats.example:4443", NatsServer("nats.example", 4443, tls=True)),
        ("nats://ana:s%40crt@[::1]", NatsServer("::1", 4222, tls=False, user="ana", password="s@crt")),
        ("tls://t%2Fken@nats.example", NatsServer("nats.example", 4222, tls=True, token="t/ken")),
    ],
)
def test_an_address_has_a_server_and_what_it_is_told(url, server):
    assert parse_nats_url(url) == NatsAddress((server,), "quotegraph")


def test_the_servers_of_a_cluster_share_a_subject():
    servers = (NatsServer("a.example", 4222, tls=False), NatsServer("b.example", 4222, tls=False))
    for url in (
        "nats://a.example/staging.eu, nats://b.example/staging.eu",
        "nats://a.example,nats://b.example/staging.eu",
    ):
        assert parse_nats_url(url) == NatsAddress(servers, "staging.eu")


def test_a_server_is_shown_without_its_secrets():
    assert str(parse_nats_url("nats://ana:secret@[::1]").servers[0]) == "nats://[::1]:4222"


@pytest.mark.parametrize(
    "url",
    [
        "nats.example:4222",
        "http://nats.example",
        "nats://",
        "nats://ana:secret@",
        "nats://nats.example:many",
        "nats://nats.example:0",
        "nats://nats.example?tls=true",
        "nats://nats.example,",
        "nats://nats.example/a b",
        "nats://nats.example/>",
        "nats://a.example/a,nats://b.example/b",
    ],
)
def test_what_is_no_address_is_refused_without_showing_it(url):
    with pytest.raises(ValueError, match=r"form nats://|subject") as refused:
        parse_nats_url(url)
    assert "secret" not in str(refused.value)
