"""What single requests cost a server, measured: `python -m tests.faults.single_requests [--database URL]`.

A server runs in a process of its own, on a port of its own. Each request is sent alone a few times, and the system is
asked how much processor time the server took for one, and how much memory it holds afterwards. The exit code tells
whether every figure is within its bound. No test judges by a clock, so this is a program and no test.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from domain.shared.access import CUSTOMER_SCOPES
from tests.e2e.processes import command, free_port, running, until_ready

ITEM = {
    "device": {"custom": {"productType": "LAPTOP", "specification": {"brand": "Apple", "model": "MacBook Pro 14"}}},
}
PEOPLE = [{"name": "Ana", "email": f"p{it}@people.example", "country": "UY"} for it in range(200)]
CREATE = "mutation($input: CreateQuoteInput!) { createQuote(input: $input) { quote { id } userErrors { message } } }"
OPEN = '{quote(by:{id:"%s"}){items{%s}}}'
SIGN = 'mutation{signQuote(input:{key:"x"}){%s}}'


@dataclass(frozen=True)
class Fault:
    """A request, made anew for each number, and how many processor milliseconds one of them may take."""

    name: str
    most: float
    body: Callable[[int], bytes]
    key: bool = True
    times: int = 3
    over: str = "http"


def document(text: Callable[[int], str], **variables: Any) -> Callable[[int], bytes]:
    return lambda number: json.dumps({"query": text(number), "variables": variables}).encode()


def repeated(unit: str, times: int, before: str = "{", after: str = "}") -> Callable[[int], bytes]:
    """A unit under other names each time."""
    return document(lambda number: before + " ".join(unit % (number * times + it) for it in range(times)) + after)


def same(unit: str, times: int, form: str = "{%s}") -> Callable[[int], bytes]:
    return document(lambda number: f"query Q{number} " * ("mutation" not in form) + form % (unit * times))


def circle(length: int) -> Callable[[int], bytes]:
    parts = (f"fragment F{it} on Query{{...F{(it + 1) % length}}}" for it in range(length))
    text = "{...F0}" + "".join(parts)
    return document(lambda number: text + f"#{number}")


def raw(text: str) -> Callable[[int], bytes]:
    return lambda _: text.encode()


def faults(quote_id: str) -> Sequence[Fault]:
    nested = "recipients{item{" * 3 + "id" + "}}" * 3
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    quotes = "query($s: String) { quotes(filter: {search: $s}) { totalCount } }"
    lookup = "query($s: String) { quote(by: {orderId: $s}) { id } }"
    draft = {"requesterEmail": "it@austral.example", "items": [{}], **{f"x{it}": 1 for it in range(9_900)}}
    overlap = "quote{items{specification{model}}} "
    ping = json.dumps({"type": "ping", "payload": {"a": "x" * 10**6}})
    batch = "[" + ",".join(['{"query":"{viewer{environment}}"}'] * 10_000) + "]"
    return (
        Fault("no key: 280 times the same selection", 5, same(overlap, 280, SIGN), key=False),
        Fault("no key: 40 times, within the tokens", 10, same(overlap, 40, SIGN), key=False),
        Fault("no key: publicQuote, 329 selections, 100 times", 5,
              repeated("a%d:title", 329, '{publicQuote(key:"x"){', "}}"), key=False, times=100),
        Fault("no key: publicQuote, 100 selections, 100 times", 12,
              repeated("a%d:title", 100, '{publicQuote(key:"x"){', "}}"), key=False, times=100),
        Fault("no key: 60 kB of brackets", 5, raw("[" * 60_000), key=False),
        Fault("no key: 60 kB of variables", 5, document(lambda _: "{a}", ids=["a"] * 14_000), key=False),
        Fault("no key: 1 MB before connection_init", 10, raw(ping), key=False, over="socket"),
        Fault("recipients of the line of recipients, three levels", 500, document(lambda _: OPEN % (quote_id, nested))),
        Fault("introspection under 400 names", 50, repeated("a%d:__schema{types{name}}", 400)),
        Fault("introspection, fields under 110 names", 50,
              repeated("a%d:fields{name type{name}}", 110, "{__schema{types{", "}}}")),
        Fault("introspection, as much as is allowed", 350,
              repeated("a%d:fields{name type{name}}", 3, "{__schema{types{", "}}}")),
        Fault("3,000 aliases", 50, repeated("a%d:viewer{environment}", 3_000)),
        Fault("230 aliases, within the tokens", 100, repeated("a%d:viewer{environment}", 230)),
        Fault("one text of 3.9 MB", 50, document(lambda _: '{node(id:"' + "x" * 3_900_000 + '"){id}}')),
        Fault("6,500 __typename", 50, same("__typename ", 6_500)),
        Fault("1,450 __typename, within the tokens", 50, same("__typename ", 1_450)),
        Fault("2,800 directives", 50, same("@include(if:true) ", 2_800, "{viewer %s{environment}}")),
        Fault("1,500 fragments in a circle", 50, circle(1_500)),
        Fault("180 fragments in a circle, within the tokens", 50, circle(180)),
        Fault("9,900 unknown fields", 50, repeated("x%d", 9_900)),
        Fault("1,450 unknown fields, within the tokens", 50, repeated("x%d", 1_450)),
        Fault("variables: 400,000 ids", 50, document(lambda _: nodes, ids=["a"] * 400_000)),
        Fault("variables: 40,000 ids, within the values", 150, document(lambda _: nodes, ids=["a"] * 40_000)),
        Fault("variables: 500 lists in each other", 50, raw(
            json.dumps({"query": nodes}).removesuffix("}") + ', "variables": {"ids": ' + "[" * 500 + "]" * 500 + "}}")),
        Fault("variables: 9,900 unknown fields of an input", 50, document(lambda _: CREATE, input=draft)),
        Fault("variables: one text of 1.9 MB, searched for", 60, document(lambda _: quotes, s="ü" * 950_000)),
        Fault("variables: one text of 1.9 MB, looked up", 60, document(lambda _: lookup, s="x" * 1_900_000)),
        Fault("body of 10 MB", 50, raw('{"query": "{a}' + " " * 10**7 + '"}')),
        Fault("a batch of 10,000 operations", 50, raw(batch)),
        Fault("socket: 9,900 unknown fields", 50, repeated("x%d", 9_900), over="socket"),
        Fault("socket: 400,000 ids", 50, document(lambda _: nodes, ids=["a"] * 400_000), over="socket"),
    )  # fmt: skip


class Server:
    """A server's address, key and process."""

    def __init__(self, http: aiohttp.ClientSession, url: str, key: str, process_id: int) -> None:
        self._http, self._url, self._key, self._process_id = http, url, key, process_id

    def processor(self) -> float:
        """Milliseconds of processor time so far, of all threads that there are."""
        tasks = Path(f"/proc/{self._process_id}/task").iterdir()
        return sum(int((it / "schedstat").read_text().split()[0]) for it in tasks) / 1e6

    def memory(self) -> int:
        """MiB that the process holds."""
        pages = int(Path(f"/proc/{self._process_id}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") // 1024 // 1024

    async def send(self, fault: Fault, body: bytes) -> str:
        """What is answered, in a word."""
        headers = {"Content-Type": "application/json"}
        if fault.key:
            headers["Authorization"] = f"Bearer {self._key}"
        if fault.over == "socket":
            return await self._by_socket(fault, body, headers)
        try:
            async with self._http.post(f"{self._url}/graphql", data=body, headers=headers) as response:
                return f"{response.status} {_told(await response.read())}"
        except aiohttp.ClientError:
            return "closed"

    async def _by_socket(self, fault: Fault, body: bytes, headers: dict[str, str]) -> str:
        async with self._http.ws_connect(
            f"{self._url}/graphql", protocols=["graphql-transport-ws"], headers=headers
        ) as socket_:
            if fault.key:
                await socket_.send_json({"type": "connection_init"})
                await socket_.receive()
                body = b'{"type":"subscribe","id":"1","payload":' + body + b"}"
            try:
                await socket_.send_str(body.decode())
                answer = await socket_.receive(timeout=20)
            except (aiohttp.ClientError, ConnectionError):
                return "closed"
            return _told(answer.data.encode()) if isinstance(answer.data, str) else f"closed {answer.data}"


def _told(answer: bytes) -> str:
    try:
        body = json.loads(answer)
    except ValueError:
        return f"{len(answer):,} bytes"
    found = (body.get("errors") or body.get("payload")) if isinstance(body, dict) else None
    if isinstance(found, list) and found:
        told = found[0].get("extensions", {})
        return f"{told.get('code')} {told.get('limitName', '')}".strip()
    return f"{len(answer):,} bytes"


async def measured(server: Server, fault: Fault) -> tuple[float, str]:
    """The processor time of one request in milliseconds, and what was answered."""
    taken, told = list[float](), ""
    for number in range(fault.times):
        body = fault.body(number)
        before = server.processor()
        told = await server.send(fault, body)
        # What is done behind the answer is part of what it costs.
        await asyncio.sleep(0.05 if fault.times < 10 else 0)
        taken.append(server.processor() - before)
    return sorted(taken)[len(taken) // 2], told


async def main(database: str | None) -> bool:
    """Measure every fault. Tells whether all are within their bounds."""
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        url = database or f"sqlite+aiosqlite:///{directory}/quotegraph.db"
        settings = {"database_url": url, "port": port, "worker": "off", "introspection": "live"}
        for words in (["migrate"], ["companies", "create", "FAULTS", "Faults"]):
            assert (await command(*words, **settings))[0] == 0
        scopes = [word for scope in sorted(CUSTOMER_SCOPES) for word in ("--scope", str(scope))]
        made = await command("keys", "create", "--company", "FAULTS", *scopes, "--json", **settings)
        assert made[0] == 0, made
        key = json.loads(made[1])["key"]
        log = Path(directory) / "log"
        async with running(log, "serve", **settings) as process, aiohttp.ClientSession() as http:
            address = f"http://127.0.0.1:{port}"
            await until_ready(http, address)
            server = Server(http, address, key, process.pid)
            draft = {"requesterEmail": "it@faults.example", "items": [{**ITEM, "recipients": PEOPLE}]}
            sent = {"query": CREATE, "variables": {"input": draft}}
            async with http.post(
                f"{address}/graphql", json=sent, headers={"Authorization": f"Bearer {key}"}
            ) as response:
                quote_id = (await response.json())["data"]["createQuote"]["quote"]["id"]
            return await _table(server, faults(quote_id))


async def _table(server: Server, rows: Sequence[Fault]) -> bool:
    held = True
    print(f"{'request':<54}{'ms':>9}{'bound':>8}{'MiB':>7}  answer")
    for fault in rows:
        taken, told = await measured(server, fault)
        held = held and taken <= fault.most
        mark = "" if taken <= fault.most else "  <-- too much"
        print(f"{fault.name:<54}{taken:>9.1f}{fault.most:>8g}{server.memory():>7}  {told}{mark}", flush=True)
    return held


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--database", help="where to measure; by default a new SQLite file")
    sys.exit(0 if asyncio.run(main(reader.parse_args().database)) else 1)
