"""deploy/nginx.conf, run by a real nginx in front of two servers on one PostgreSQL."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.api.conftest import MakeDatabase
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.api.support.sockets import Socket
from tests.api.support.streams import Stream
from tests.e2e.processes import eventually, free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONF = (Path(__file__).parents[3] / "deploy" / "nginx.conf").read_text()
# As the image of nginx has it around the file, but in a directory of the test and without other processes.
AROUND = """
daemon off;
master_process off;
pid {directory}/pid;
error_log {directory}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/nginx.conf;
}}
"""
EVENTS = "subscription { events(includeCurrent: true) { type } }"


@dataclass
class Proxied:
    """Two servers, and the address of nginx in front of them."""

    servers: list[Running]
    url: str
    http: aiohttp.ClientSession
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.servers[0].customer}"}


def nginx() -> str:
    # Debian has it where the PATH of ordinary users does not lead.
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("there is no nginx here")
    return found


def check(words: tuple[str, ...]) -> None:
    found = subprocess.run([*words, "-t"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "[warn]" not in found.stderr, found.stderr


@asynccontextmanager
async def proxied(directory: Path, ports: list[int]) -> AsyncIterator[str]:
    """nginx with the configuration, and the addresses of it and of the servers replaced."""
    port = free_port()
    conf = CONF.replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/var/log/nginx", str(directory))
    for name, upstream in zip(("server-a", "server-b"), ports, strict=True):
        conf = conf.replace(f"{name}:8000", f"127.0.0.1:{upstream}")
    (directory / "nginx.conf").write_text(conf)
    (directory / "main.conf").write_text(AROUND.format(directory=directory))
    words = (nginx(), "-c", str(directory / "main.conf"), "-e", str(directory / "start.log"))
    check(words)
    process = await asyncio.create_subprocess_exec(*words)
    try:
        yield f"http://127.0.0.1:{port}/graphql"
    finally:
        process.terminate()
        await process.wait()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def both(new_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Proxied]:
    url, directory = await new_database("postgresql"), tmp_path_factory.mktemp("nginx")
    async with (
        running(url, trusted_proxies=1) as one,
        running(url, trusted_proxies=1) as other,
        aiohttp.ClientSession() as http,
        proxied(directory, [one.server.port or 0, other.server.port or 0]) as address,
    ):
        found = Proxied([one, other], address, http, directory / "access.log")

        async def answers() -> bool:
            try:
                async with http.get(address.replace("/graphql", "/nginx-health")) as response:
                    return response.status == 204
            except aiohttp.ClientError:
                return False

        await eventually(answers)
        yield found


async def test_an_event_reaches_sockets_and_streams_of_both_servers_through_nginx(both: Proxied):
    url, sent = both.url, {**both.headers, "Accept": "text/event-stream"}
    async with (
        both.http.ws_connect(url, protocols=("graphql-transport-ws",)) as first,
        both.http.ws_connect(url, protocols=("graphql-transport-ws",)) as second,
        both.http.post(url, json={"query": EVENTS}, headers=sent) as answer,
    ):
        sockets, stream = [Socket(first), Socket(second)], Stream(answer)
        started = []
        for socket in sockets:
            await socket.init(both.headers)
            started.append(await socket.start(EVENTS))
        for socket, id_ in zip(sockets, started, strict=True):
            assert (await socket.event(id_))["type"] == "CURRENT_STATE"
        # Nothing of a stream is kept back until it ends.
        name, first_event = await stream.next()
        assert (name, first_event["data"]["events"]["type"]) == ("next", "CURRENT_STATE")

        await a_quote(both.servers[1], prices=None)
        for socket, id_ in zip(sockets, started, strict=True):
            assert (await socket.event(id_))["type"] == "QUOTE_CREATED"
        assert (await stream.next())[1]["data"]["events"]["type"] == "QUOTE_CREATED"


async def test_both_servers_get_requests_but_not_those_for_metrics(both: Proxied):
    body = {"query": "{ viewer { environment } }"}

    def served() -> list[int]:
        return [sum(it.parts.api.requests.counts.values()) for it in both.servers]

    async def ask() -> int:
        async with both.http.post(both.url, json=body, headers=both.headers) as response:
            return response.status

    before = served()
    assert {await ask() for _ in range(10)} == {200}
    assert all(now > then for now, then in zip(served(), before, strict=True))

    async with both.http.get(both.url.replace("/graphql", "/metrics")) as response:
        assert response.status == 404


async def test_the_log_of_nginx_has_no_query_strings_and_so_no_tickets(both: Proxied):
    sent = {"query": EVENTS, "ticket": "qt_secret"}
    async with both.http.get(both.url, params=sent, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status == 401
    await eventually(lambda: '"GET /graphql" 401' in both.log.read_text())
    assert "ticket" not in both.log.read_text()
