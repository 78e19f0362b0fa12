"""Whatever the schema allows, and what it nearly allows: `python -m tests.faults.generated [--seconds 300]`.

schemathesis makes documents for each field of Query, Mutation and Subscription in turn, and Hypothesis requests of each
endpoint of the REST API (`generated_rest.py`). A server of its own with demo data answers them: with a key that may do
everything, with one of a company, and without a key. No answer may be a failure of ours, or say anything of the inside.
The exit code tells whether that holds; the same `--seed` makes the same requests.
"""

import argparse
import asyncio
import io
import itertools
import json
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence, Set
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import requests
import schemathesis
from graphql import DirectiveDefinitionNode, DocumentNode, ObjectTypeDefinitionNode, parse, print_ast
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from app.rest.routes import ENDPOINTS
from domain.shared.access import CUSTOMER_SCOPES, Scope
from tests.e2e.processes import free_port, running, until_ready
from tests.faults.generated_rest import RestRequest, ids_of_lists, requests_of
from tests.faults.prepared import prepared
from tests.patience import PATIENCE

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
EXAMPLES = 5
# What an answer may have of a status: what is refused is refused in JSON.
STATUSES = frozenset({200, 400, 401, 403, 413, 429})
STATUSES_OF_REST = STATUSES | {201, 404, 405, 409, 415}
# How long nothing comes on a stream before it is silent.
STREAM_SECONDS = 0.1
# What only the inside of a server knows.
INSIDE = re.compile(rb"Traceback|File \\\"|sqlalchemy|aiosqlite|asyncpg|site-packages|sqlite3?\.|/tmp/|SELECT |INSERT ")
VALID = {
    "CountryCode": ["UY", "DE"],
    "CurrencyCode": ["USD", "EUR"],
    "Date": ["2026-11-28"],
    "DateTime": ["2026-11-28T10:00:00Z"],
    "Decimal": ["12.50", "-1"],
    "Duration": ["P2D"],
    "EmailAddress": ["ana@example.com"],
    "JSON": ["{}"],
    "URL": ["https://example.com/x"],
}


class Answer(NamedTuple):
    """What was answered: the bodies, or the events of a stream; None for what is no JSON."""

    status: int
    content: bytes
    bodies: list[Any]


@dataclass
class Report:
    """What was answered."""

    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, sent: str, answer: Answer, statuses: Set[int]) -> None:
        self.asked[label] += 1
        self.statuses[answer.status] += 1
        codes = [code for it in answer.bodies for code in _codes(it)]
        self.codes.update(codes)
        problem = None
        if answer.status not in statuses:
            problem = f"status {answer.status}"
        elif not all(_is_answer(it) for it in answer.bodies):
            problem = f"no answer: {answer.content[:200]!r}"
        elif "INTERNAL_ERROR" in codes or "none" in codes:
            problem = f"error codes {codes}: {answer.content[:400]!r}"
        elif (found := INSIDE.search(answer.content)) is not None:
            problem = f"the answer has {found[0]!r}"
        if problem is not None:
            self.wrong.setdefault(f"{label}: {problem}", sent)


def _is_answer(body: Any) -> bool:
    return isinstance(body, dict) and any(it in body for it in ("data", "errors", "error"))


def _codes(body: Any) -> list[str]:
    """The codes of errors in a body of GraphQL or of the REST API."""
    if not isinstance(body, dict):
        return []
    found = [it.get("extensions") or {} for it in body.get("errors", [])]
    return [it.get("code", "none") for it in [*found, *([body["error"]] if "error" in body else [])]]


class Target(NamedTuple):
    """What requests are made of, and how one is sent. `send` returns what it sent too."""

    label: str
    requests: Callable[[], SearchStrategy[Any]]
    send: Callable[[Any, str | None], tuple[str, Answer]]
    statuses: Set[int] = STATUSES


def operations() -> list[Any]:
    """Returns what schemathesis makes of each field of Query, Mutation and Subscription; it knows no subscriptions, so
    that they are among the mutations."""
    for name, examples in VALID.items():
        schemathesis.graphql.scalar(name, st.one_of(st.sampled_from(examples), st.text(max_size=12)).map(nodes.String))
    document = parse(SCHEMA.read_text())
    # Introspection of the file refuses directives that are not executed.
    kept = [it for it in document.definitions if not _is_incremental(it)]
    roots = {it.name.value: it for it in kept if isinstance(it, ObjectTypeDefinitionNode)}
    mutation, followed = roots["Mutation"], roots["Subscription"]
    both = replace(mutation, fields=(*(mutation.fields or ()), *(followed.fields or ())))
    definitions = tuple(both if it is mutation else it for it in kept)
    schema = schemathesis.graphql.from_file(io.StringIO(print_ast(DocumentNode(definitions=definitions))))
    return [it.ok() for it in schema.get_all_operations() if isinstance(it, Ok)]


def _is_incremental(definition: Any) -> bool:
    return isinstance(definition, DirectiveDefinitionNode) and definition.name.value in ("defer", "stream")


def subscriptions() -> frozenset[str]:
    """The names of the fields of Subscription."""
    definitions = parse(SCHEMA.read_text()).definitions
    [root] = [it for it in definitions if isinstance(it, ObjectTypeDefinitionNode) and it.name.value == "Subscription"]
    return frozenset(it.name.value for it in root.fields or ())


class Targets:
    """What is sent to a server."""

    def __init__(self, url: str) -> None:
        self._url = url

    def graphql(self) -> tuple[list[Target], list[Target]]:
        """Those of subscriptions, and those of queries and mutations."""
        followed, asked, names = list[Target](), list[Target](), subscriptions()
        for it in operations():
            name = it.label.rpartition(".")[2]
            if name in names:
                followed.append(Target(f"Subscription.{name}", it.as_strategy, self._follow))
            else:
                asked.append(Target(it.label, it.as_strategy, self._ask))
        return followed, asked

    def rest(self, key: str) -> list[Target]:
        ids = ids_of_lists(self._url, key)
        return [
            Target(f"REST {it.method} {it.path}", partial(requests_of, it, ids), self._request, STATUSES_OF_REST)
            for it in ENDPOINTS
        ]

    def _ask(self, case: Any, key: str | None) -> tuple[str, Answer]:
        answer = requests.post(f"{self._url}/graphql", _body(case.body), headers=_headers(key), timeout=PATIENCE)
        return case.body, _whole(answer.status_code, answer.content)

    def _follow(self, case: Any, key: str | None) -> tuple[str, Answer]:
        document = str(case.body).replace("mutation", "subscription", 1)
        with closing(HTTPConnection(self._url.removeprefix("http://"), timeout=PATIENCE)) as connection:
            connection.request("POST", "/graphql", _body(document), {**_headers(key), "Accept": "text/event-stream"})
            answer = connection.getresponse()
            if "event-stream" not in answer.headers["Content-Type"]:
                return document, _whole(answer.status, answer.read())
            connection.sock.settimeout(STREAM_SECONDS)
            lines = list[bytes]()
            with suppress(TimeoutError):
                while line := answer.readline():
                    lines.append(line)
        data = (it.removeprefix(b"data:").strip() for it in lines if it.startswith(b"data:"))
        return document, Answer(answer.status, b"".join(lines), [json.loads(it) for it in data if it])

    def _request(self, case: RestRequest, key: str | None) -> tuple[str, Answer]:
        body = None if case.body is None else json.dumps(case.body).encode(errors="surrogatepass")
        url = f"{self._url}/api/v1/{case.path}"
        answer = requests.request(
            case.method, url, params=case.parameters, data=body, headers=_headers(key), timeout=PATIENCE
        )
        return str(case), _whole(answer.status_code, answer.content)


def _body(document: str) -> bytes:
    return json.dumps({"query": document}).encode(errors="surrogatepass")


def _headers(key: str | None) -> dict[str, str]:
    return {"Content-Type": "application/json", **({} if key is None else {"Authorization": f"Bearer {key}"})}


def _whole(status: int, content: bytes) -> Answer:
    try:
        return Answer(status, content, [json.loads(content)])
    except ValueError:
        return Answer(status, content, [None])


def send(target: Target, keys: Sequence[str | None], seed: int, report: Report) -> None:
    """Sends some requests of one target, with each key in turn and without one."""
    key = itertools.cycle(keys)

    @hypothesis_seed(seed)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(target.requests())
    def each(case: Any) -> None:
        sent, answer = target.send(case, next(key))
        report.add(target.label, sent, answer, target.statuses)

    each()


def attack(url: str, keys: Sequence[str], seconds: float, seed: int) -> Report:
    """Sends some requests of each endpoint and each subscription, and then of fields, for so long, at least of one."""
    report, ends = Report(), time.monotonic() + seconds
    chance = random.Random(seed)
    made = Targets(url)
    followed, asked = made.graphql()
    targets = [*made.rest(keys[1]), *followed]
    while True:
        chance.shuffle(asked)
        for place, target in enumerate([*targets, *asked]):
            send(target, [*keys, None], chance.randrange(2**32), report)
            if place >= len(targets) and time.monotonic() > ends:
                return report


async def run(seconds: float, seed: int) -> Report:
    """Starts a server with demo data, and attacks it."""
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        url = f"sqlite+aiosqlite:///{files}/quotegraph.db"
        keys = await prepared(url, [(Scope, None), (CUSTOMER_SCOPES, "AUSTRAL")])
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        more = {
            "database_url": url,
            "worker": "off",
            "log_level": "error",
            "rate_limit": "off",
            "document_seconds": "0",
        }
        async with running(files / "log", "serve", "--port", str(port), **more):
            async with aiohttp.ClientSession() as session:
                await until_ready(session, address)
            return await asyncio.to_thread(attack, address, keys, seconds, seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given_ = parser.parse_args()
    report = asyncio.run(run(given_.seconds, given_.seed))
    print(f"{report.asked.total():,} requests of {len(report.asked)} fields and endpoints")
    print(f"statuses {dict(report.statuses)}")
    print(f"error codes {dict(report.codes.most_common())}")
    for problem, sent in report.wrong.items():
        print(f"\n{problem}\n{sent}")
    print("" if report.wrong else "No failure of ours, and nothing of the inside.")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
