"""Whatever the schema allows, and what it nearly allows: `python -m tests.faults.generated [--seconds 300]`.

schemathesis makes documents for each field of Query and Mutation in turn, and a server of its own with demo data
answers them, with a key that may do everything and with one of a company. No answer may be a failure of ours, or say
anything of the inside. The exit code tells whether that holds; the same `--seed` makes the same documents.
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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import requests
import schemathesis
from graphql import DirectiveDefinitionNode, DocumentNode, parse, print_ast
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes

from domain.shared.access import CUSTOMER_SCOPES, Scope
from tests.e2e.processes import command, free_port, running, until_ready

SCHEMA = Path(__file__).parents[2] / "schema.graphql"
DOCUMENTS = 5
# What an answer may have of a status: what is refused is refused in JSON.
STATUSES = {200, 400, 401, 403, 413, 429}
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


@dataclass
class Report:
    """What was answered."""

    fields: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def add(self, label: str, document: str, answer: requests.Response) -> None:
        self.asked[label] += 1
        self.statuses[answer.status_code] += 1
        try:
            body = answer.json()
        except ValueError:
            body = None
        errors = body.get("errors", []) if isinstance(body, dict) else []
        codes = [(it.get("extensions") or {}).get("code", "none") for it in errors]
        self.codes.update(codes)
        problem = None
        if answer.status_code not in STATUSES:
            problem = f"status {answer.status_code}"
        elif not isinstance(body, dict) or not ("data" in body or errors):
            problem = f"no answer of GraphQL: {answer.content[:200]!r}"
        elif "INTERNAL_ERROR" in codes or "none" in codes:
            problem = f"errors {errors[:2]}"
        elif (found := INSIDE.search(answer.content)) is not None:
            problem = f"the answer has {found[0]!r}"
        if problem is not None:
            self.wrong.setdefault(f"{label}: {problem}", document)


def operations() -> list[Any]:
    """Returns what schemathesis makes of each field of Query and Mutation."""
    for name, examples in VALID.items():
        schemathesis.graphql.scalar(name, st.one_of(st.sampled_from(examples), st.text(max_size=12)).map(nodes.String))
    document = parse(SCHEMA.read_text())
    # Introspection of the file refuses directives that are not executed.
    kept = [it for it in document.definitions if not _is_incremental(it)]
    schema = schemathesis.graphql.from_file(io.StringIO(print_ast(DocumentNode(definitions=tuple(kept)))))
    return [it.ok() for it in schema.get_all_operations() if isinstance(it, Ok)]


def _is_incremental(definition: Any) -> bool:
    return isinstance(definition, DirectiveDefinitionNode) and definition.name.value in ("defer", "stream")


def send(operation: Any, url: str, keys: Sequence[str], seed: int, report: Report) -> None:
    """Sends some documents with one field, with each key in turn."""
    key = itertools.cycle(keys)

    @hypothesis_seed(seed)
    @settings(
        max_examples=DOCUMENTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(operation.as_strategy())
    def each(case: Any) -> None:
        body = json.dumps({"query": case.body}).encode(errors="surrogatepass")
        headers = {"Authorization": f"Bearer {next(key)}", "Content-Type": "application/json"}
        report.add(operation.label, case.body, requests.post(f"{url}/graphql", body, headers=headers, timeout=30))

    each()
    report.fields += 1


def attack(url: str, keys: Sequence[str], seconds: float, seed: int) -> Report:
    """Sends documents for so long, at least for one field."""
    report, ends = Report(), time.monotonic() + seconds
    chance = random.Random(seed)
    all_of_them = operations()
    while True:
        chance.shuffle(all_of_them)
        for operation in all_of_them:
            send(operation, url, keys, chance.randrange(2**32), report)
            if time.monotonic() > ends:
                return report


async def run(seconds: float, seed: int) -> Report:
    """Starts a server with demo data, and attacks it."""
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        url = f"sqlite+aiosqlite:///{files}/quotegraph.db"
        for words in (("migrate",), ("seed",)):
            code, _, output = await command(*words, database_url=url)
            assert code == 0, output
        keys = [await _key(url, "--platform", Scope), await _key(url, "--company", CUSTOMER_SCOPES)]
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        more = {"database_url": url, "worker": "off", "log_level": "error", "rate_limit": "off"}
        async with running(files / "log", "serve", "--port", str(port), **more):
            async with aiohttp.ClientSession() as session:
                await until_ready(session, address)
            return await asyncio.to_thread(attack, address, keys, seconds, seed)


async def _key(url: str, whose: str, scopes: Iterable[Scope]) -> str:
    words = ("--company", "AUSTRAL") if whose == "--company" else (whose,)
    named = [word for it in scopes for word in ("--scope", str(it))]
    _, made, problem = await command("keys", "create", *words, *named, "--json", database_url=url)
    assert made, problem
    return str(json.loads(made)["key"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given_ = parser.parse_args()
    report = asyncio.run(run(given_.seconds, given_.seed))
    print(f"{report.asked.total():,} documents with {len(report.asked)} fields; statuses {dict(report.statuses)}")
    print(f"error codes {dict(report.codes.most_common())}")
    for problem, document in report.wrong.items():
        print(f"\n{problem}\n{document}")
    print("" if report.wrong else "No failure of ours, and nothing of the inside.")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
