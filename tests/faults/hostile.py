"""One attacker by HTTP, and another client beside it: `python -m tests.faults.hostile [--seconds 8] [--only WORDS]`.

Each attack is sent for some seconds to a server of its own, from a process of its own, while another client sends a
small query twenty times a second. Its p99 before, during and after the attack, what the attacker was answered, and the
memory of the server are printed. The exit code says whether the p99 of the other client stays within twice its quiet
value or under 50 ms, and whether the memory comes back to within a tenth. The times hold on a quiet machine only.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from tests.e2e.processes import command, free_port, running, until_ready
from tests.faults.open_loop import Load, Outcome, percentile, post
from tests.faults.single_requests import circle, document, raw, repeated

SLOWER, FAST_MS, MORE_MEMORY = 2.0, 50.0, 1.1
RATE = 20.0
CONNECTIONS = 8
SECONDS_AFTER = 3.0
# The first requests of a server are slower, and make it larger.
WARM_UP = 2.0
SMALL = post(json.dumps({"query": "{ quotes(first: 2) { nodes { id orderId } } }"}).encode(), "%s")
Body = Callable[[int], bytes]


@dataclass(frozen=True)
class Attack:
    """What an attacker sends: from eight connections as fast as it is answered, or so many a second. `refused_as` is a
    word of the answers; None, if some are to succeed."""

    name: str
    body: Body
    refused_as: str | None
    has_key: bool = True
    rate: float | None = None

    def requests(self, key: str) -> Iterator[tuple[str, bytes]]:
        for number in count():
            request = post(self.body(number), key)
            yield self.name, request if self.has_key else request.replace(b"Authorization: Bearer ", b"X-Nothing: ")


def public(selection: str, times: int) -> Body:
    form = 'query Q%d{publicQuote(key:"x"){%s}}'
    return document(lambda number: form % (number, selection * times))


def same(unit: str, times: int, form: str) -> Body:
    return document(lambda number: f"query Q{number} " + form % (unit * times))


LARGE = b'{"query": "{a}' + b" " * 10**7 + b'"}'
DEEP = '{"query": "query Q%d($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": {"ids": ' + "[" * 500 + "]" * 500

ATTACKS = (
    Attack("no key: overlapping selections, 10 kB", public("items{id specification{model}} ", 200), "tokens",
           has_key=False),
    Attack("no key: valid documents within the limits", public("title ", 12), None, has_key=False),
    Attack("no key: small documents, 600 a second", public("title ", 1), None, has_key=False, rate=600),
    Attack("no key: invalid JSON, 1,000 a second", raw('{"query": "{a}'), "UNAUTHORIZED", has_key=False, rate=1_000),
    Attack("no key: bodies of 10 MB", lambda _: LARGE, "UNAUTHORIZED", has_key=False),
    Attack("3,000 aliases", repeated("a%d:viewer{environment}", 3_000), "characters"),
    Attack("6,500 __typename", same("__typename ", 6_500, "{%s}"), "characters"),
    Attack("1,400 __typename", same("__typename ", 1_400, "{viewer{%s}}"), "fields"),
    Attack("repeated directives", same("@include(if:true) ", 200, "{viewer %s{environment}}"), "directives"),
    Attack("90 fragments in a circle", circle(90), "GRAPHQL_VALIDATION_FAILED"),
    Attack("unknown fragments", repeated("...F%d", 300), None),
    Attack("500 unknown fields", repeated("x%d", 500, "{viewer{", "}}"), None),
    Attack("introspection under 400 names", repeated("a%d:__schema{types{name}}", 400), "characters"),
    Attack("one text of 4 MB", document(lambda _: '{node(id:"' + "x" * 3_900_000 + '"){id}}'), None),
    Attack("bodies of 10 MB", lambda _: LARGE, "request bytes"),
    Attack("deep variables", lambda number: (DEEP % number).encode() + b"}}", None),
    Attack("valid documents within the limits",
           repeated("a%d:quotes(first:1){nodes{id orderId}}", 30), None),
)  # fmt: skip


@dataclass
class Report:
    """What an attack did to another client."""

    attack: Attack
    p99: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def times(self) -> float:
        return self.p99[1] / max(self.p99[0], 0.001)

    @property
    def is_within(self) -> bool:
        """Whether all holds, that of the clock included."""
        is_fast = self.times <= SLOWER or self.p99[1] <= FAST_MS
        return is_fast and self.memory[-1] <= self.memory[0] * MORE_MEMORY and not self.wrong

    def note(self, outcomes: Sequence[Outcome]) -> None:
        """Notes the answers to the other client, all of which are to have data."""
        self.p99.append(percentile([it.seconds for it in outcomes], 0.99))
        bad = [it for it in outcomes if it.status != 200 or b'"errors"' in it.body]
        if bad:
            self.wrong.append(f"{len(bad)} of {len(outcomes)} answers were bad: {told(bad[0])}")

    def __str__(self) -> str:
        before, during, after = self.p99
        answers = ", ".join(f"{number:,} {name}" for name, number in self.answers.most_common(3))
        return (
            f"{self.attack.name:<44}{before:>8.1f}{during:>8.1f}{after:>8.1f}{self.times:>7.1f}"
            f"{self.memory[0]:>7.0f}{self.memory[-1]:>6.0f}{'' if self.is_within else ' <--'}  {answers}"
            + "".join(f"\n    {it}" for it in self.wrong)
        )


def told(outcome: Outcome) -> str:
    """An answer in a word or two."""
    try:
        [error, *_] = json.loads(outcome.body)["errors"]
    except (ValueError, KeyError):
        return f"{outcome.status or 'closed'}"
    extensions = error["extensions"]
    return f"{outcome.status} {extensions.get('limitName') or extensions['reason']}"


async def send(attack: Attack, port: int, key: str, seconds: float) -> Counter[str]:
    """Sends an attack. Returns what was answered how often."""
    load = Load(port, attack.requests(key))
    try:
        if attack.rate is not None:
            outcomes = await load.at_rate(attack.rate, seconds, patience=10)
        else:
            outcomes = await load.closed(CONNECTIONS, seconds)
    finally:
        load.close()
    return Counter(told(it) for it in outcomes)


@asynccontextmanager
async def server(directory: Path) -> AsyncIterator[tuple[int, int, Sequence[str]]]:
    """A server with data. Yields its process, its port, and the keys of an attacker and of another client."""
    url, port = f"sqlite+aiosqlite:///{directory}/quotegraph.db", free_port()
    for words in (("migrate",), ("seed",)):
        code, _, output = await command(*words, database_url=url)
        assert code == 0, output
    create = ("keys", "create", "--platform", "--scope", "quotes:read", "--json")
    made = [await command(*create, database_url=url) for _ in range(2)]
    keys = [json.loads(it[1])["key"] for it in made]
    settings = {"database_url": url, "worker": "off", "log_level": "warning"}
    async with (
        running(directory / "log", "serve", "--port", str(port), **settings) as process,
        aiohttp.ClientSession() as session,
    ):
        await until_ready(session, f"http://127.0.0.1:{port}")
        yield process.pid, port, keys


def memory(process_id: int) -> float:
    """MiB that a process holds."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def run(attack: Attack, seconds: float) -> Report:
    """Attacks a server of its own."""
    with tempfile.TemporaryDirectory() as directory:
        async with server(Path(directory)) as (process_id, port, (hostile, polite)):
            report = Report(attack)
            load = Load(port, [("small", SMALL.replace(b"%s", polite.encode()))])
            try:
                await load.at_rate(RATE, WARM_UP)
                report.memory.append(memory(process_id))
                report.note(await load.at_rate(RATE, seconds))
                attacking = asyncio.create_task(_in_a_process(attack, port, hostile, seconds))
                report.note(await load.at_rate(RATE, seconds))
                report.answers = await attacking
                await asyncio.sleep(SECONDS_AFTER)
                report.note(await load.at_rate(RATE, seconds))
                report.memory.append(memory(process_id))
            finally:
                load.close()
            if attack.refused_as is not None:
                others = [it for it in report.answers if attack.refused_as not in it and it not in ALWAYS]
                report.wrong += [f"answered {it}, not {attack.refused_as}" for it in others]
            return report


# What a server answers whatever was sent, if it is too much.
ALWAYS = ("closed", "429 RATE_LIMITED", "429 NEW_DOCUMENTS", "503 OVERLOADED")


async def _in_a_process(attack: Attack, port: int, key: str, seconds: float) -> Counter[str]:
    words = ("--send", attack.name, "--port", str(port), "--key", key, "--seconds", str(seconds))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.hostile", *words, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return Counter(json.loads(out))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--only", default="", help="words of the attacks to send")
    parser.add_argument("--send", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--key", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.send:
        [attack] = [it for it in ATTACKS if it.name == options.send]
        print(json.dumps(asyncio.run(send(attack, options.port, options.key, options.seconds))))
        return 0
    print(f"{'p99 of another client, in ms':<44}{'before':>8}{'during':>8}{'after':>8}{'×':>7}{'MiB':>7}{'after':>6}")
    held = True
    for attack in ATTACKS:
        if options.only in attack.name:
            report = asyncio.run(run(attack, options.seconds))
            held = held and report.is_within
            print(report, flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
