"""Signals through a real nats-server, which may be away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager

import pytest

from adapters.signals import nats
from adapters.signals.nats import Nats
from adapters.signals.nats_address import parse_nats_url
from tests.adapters.support.certificates import certified
from tests.e2e.processes import eventually
from tests.nats_servers import NatsServer, nats_server
from tests.patience import PATIENCE


class Process:
    """The carrier of one process, and what it heard."""

    def __init__(self, url: str) -> None:
        self.carrier = Nats(parse_nats_url(url))
        self.heard: list[Set[int]] = []
        self.gaps = 0

    async def run(self) -> None:
        await self.carrier.run(self.heard.append, self._on_gap)

    def _on_gap(self) -> None:
        self.gaps += 1


@asynccontextmanager
async def processes(*urls: str) -> AsyncIterator[list[Process]]:
    found = [Process(it) for it in urls]
    running = [asyncio.create_task(it.run()) for it in found]
    try:
        yield found
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def connected(*found: Process) -> None:
    await eventually(lambda: all(it.carrier.connected for it in found))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nats, "RECONNECT_SECONDS", 0.05)


@pytest.fixture
async def server(tmp_path) -> AsyncIterator[NatsServer]:
    async with nats_server(tmp_path) as found:
        yield found


async def test_other_processes_hear_of_a_commit_and_the_own_does_not(server):
    async with processes(server.url(), server.url()) as (here, there):
        await connected(here, there)
        here.carrier.send({1, 2})
        await eventually(lambda: there.heard)
        there.carrier.send(set())
        await eventually(lambda: here.heard)
        assert (there.heard, here.heard) == ([{1, 2}], [set()])


async def test_commits_of_one_moment_are_one_message(server):
    async with processes(server.url(), server.url()) as (here, there):
        await connected(here, there)
        for number in range(1000):
            here.carrier.send({number % 10})
        await eventually(lambda: there.heard)
        assert (here.carrier.sent, there.heard) == (1, [set(range(10))])


async def test_installations_with_their_own_subjects_do_not_hear_each_other(server):
    urls = (f"{server.url()}/staging", f"{server.url()}/staging", server.url())
    async with processes(*urls) as (here, there, other):
        await connected(here, there, other)
        other.carrier.send({1})
        here.carrier.send({2})
        await eventually(lambda: there.heard)
        assert (there.heard, other.heard) == ([{2}], [])


async def test_what_others_publish_under_the_subject_is_ignored(server):
    async with processes(server.url(), server.url()) as (here, there):
        await connected(here, there)
        assert here.carrier._client is not None
        for junk in (b"hello", b"\xff", b"1,x"):
            await here.carrier._client.publish("quotegraph", junk)
        here.carrier.send({3})
        await eventually(lambda: there.heard)
        assert there.heard == [{3}]


async def test_a_server_that_comes_back_is_used_again_and_its_outage_logged_once(server, caplog):
    caplog.set_level(logging.INFO)
    async with processes(server.url(), server.url()) as (here, there):
        await connected(here, there)
        await server.stop()
        await eventually(lambda: not here.carrier.connected and not there.carrier.connected)
        here.carrier.send({1})
        await eventually(lambda: len([it for it in caplog.messages if "cannot be used" in it]) == 2)
        await asyncio.sleep(0.3)
        await server.start()
        await connected(here, there)
        # Whoever listens looks for what it missed.
        assert (here.gaps, there.gaps) == (2, 2)
        here.carrier.send({2})
        await eventually(lambda: there.heard)
        assert there.heard == [{2}]
    outages = [it for it in caplog.messages if "cannot be used" in it]
    assert len(outages) == 2
    assert "found by polling" in outages[0]
    assert len([it for it in caplog.messages if it.startswith("signals go through NATS")]) == 4


async def test_a_server_that_is_not_there_at_the_start_is_used_once_it_is(server):
    await server.stop()
    async with processes(server.url()) as (here,):
        here.carrier.send({1})
        await asyncio.sleep(0.1)
        assert not here.carrier.connected
        await server.start()
        await connected(here)


async def test_of_a_cluster_another_server_takes_over(tmp_path, server):
    async with nats_server(tmp_path) as second:
        urls = f"{server.url()},{second.url()}"
        async with processes(urls) as (here,):
            await connected(here)
            await server.stop()
            await eventually(lambda: here.carrier.connected and _port(here) == second.port)


def _port(process: Process) -> int | None:
    client = process.carrier._client
    return client.connected_url.port if client is not None and client.connected_url is not None else None


@pytest.mark.parametrize(
    ("options", "login", "wrong"),
    [
        (("--user", "ana", "--pass", "s@crt"), "ana:s%40crt@", "ana:wrong-one@"),
        (("--auth", "t/ken"), "t%2Fken@", ""),
    ],
)
async def test_a_server_with_a_password_or_token_lets_in_who_has_it(tmp_path, caplog, options, login, wrong):
    async with nats_server(tmp_path, *options) as server:
        async with processes(server.url(login=login)) as (here,):
            await connected(here)
        async with processes(server.url(login=wrong)) as (here,):
            await eventually(lambda: "Authorization Violation" in caplog.text)
            assert not here.carrier.connected
    assert "wrong-one" not in caplog.text


async def test_tls_is_used_and_the_certificate_checked(tmp_path, monkeypatch, caplog):
    certified("localhost", tmp_path)
    file = str(tmp_path / "server.pem")
    async with nats_server(tmp_path, "--tls", "--tlscert", file, "--tlskey", file) as server:
        async with processes(server.url("tls")) as (here,):
            await eventually(lambda: "certificate verify failed" in caplog.text)
            assert not here.carrier.connected
        monkeypatch.setenv("SSL_CERT_FILE", file)
        async with processes(server.url("tls"), server.url("tls")) as (here, there):
            await connected(here, there)
            here.carrier.send({1})
            await eventually(lambda: there.heard)


async def test_a_password_never_goes_to_a_server_that_does_not_encrypt_though_its_address_says_so(tmp_path, caplog):
    said: list[bytes] = []

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"auth_required":true,"max_payload":1048576}\r\n')
        said.append(await reader.read())
        writer.close()

    impostor = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = impostor.sockets[0].getsockname()[1]
    async with processes(f"tls://ana:secret@localhost:{port}") as (here,):
        await eventually(lambda: said)
        assert not here.carrier.connected
    impostor.close()
    assert b"secret" not in b"".join(said)
    assert "does not require TLS" in caplog.text


async def test_who_commits_does_not_wait_for_a_server_that_is_away():
    async with processes("nats://localhost:1") as (here,):
        async with asyncio.timeout(PATIENCE):
            for number in range(100):
                here.carrier.send({number})
                await asyncio.sleep(0)
        assert here.carrier.sent == 0
