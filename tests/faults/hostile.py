"""One attacker by HTTP, and another client beside it: `python -m tests.faults.hostile [--seconds 8] [--only WORDS]`.

Each attack is sent for some seconds to a server of its own, from a process of its own, while another client sends a
small query twenty times a second. Its p99 before, during and after the attack, what the attacker was answered, and the
memory of the server are printed. The exit code says whether the p99 of the other client stays within twice its quiet
value or under 50 ms, and whether the memory comes back to within a tenth. The times hold on a quiet machine only.
"""

import argparse
import asyncio
import gc
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from tests.faults.open_loop import Load, Outcome, post
from tests.faults.polite import Row, attacked, under_attack
from tests.faults.single_requests import circle, document, raw, repeated

RATE = 20.0
CONNECTIONS = 8
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
    Attack("no key: bodies of 10 MB", lambda _: LARGE, "request bytes", has_key=False),
    Attack("3,000 aliases", repeated("a%d:viewer{environment}", 3_000), "characters"),
    Attack("6,500 __typename", same("__typename ", 6_500, "{%s}"), "characters"),
    Attack("1,400 __typename", same("__typename ", 1_400, "{viewer{%s}}"), "fields"),
    Attack("repeated directives", same("@include(if:true) ", 200, "{viewer %s{environment}}"), "directives"),
    Attack("90 fragments in a circle", circle(90), "GRAPHQL_VALIDATION_FAILED"),
    Attack("unknown fragments", repeated("...F%d", 300), None),
    Attack("500 unknown fields", repeated("x%d", 500, "{viewer{", "}}"), None),
    Attack("introspection under 400 names", repeated("a%d:__schema{types{name}}", 400), "tokens"),
    Attack("one text of 4 MB", document(lambda _: '{node(id:"' + "x" * 3_900_000 + '"){id}}'), None),
    Attack("bodies of 10 MB", lambda _: LARGE, "request bytes"),
    Attack("deep variables", lambda number: (DEEP % number).encode() + b"}}", None),
    Attack("valid documents within the limits",
           repeated("a%d:quotes(first:1){nodes{id orderId}}", 30), None),
)  # fmt: skip


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


async def attack_until_ended(attack: Attack, port: int, key: str) -> None:
    """Sends an attack, and prints every second what was answered."""
    print("begins", flush=True)
    while True:
        print(json.dumps(await send(attack, port, key, 1.0)), flush=True)


async def run(attack: Attack, seconds: float) -> Row:
    """Attacks a server of its own."""
    async with attacked(1) as server:
        words = ("--send", attack.name, "--port", server.port, "--key", server.hostile)
        row = await under_attack(server, attack.name, "tests.faults.hostile", *words, seconds=seconds, rate=RATE)
    if attack.refused_as is not None:
        others = [it for it in row.answers if attack.refused_as not in it and it not in ALWAYS]
        row.wrong += [f"answered {it}, not {attack.refused_as}" for it in others]
    return row


# What a server answers whatever was sent, if it is too much.
ALWAYS = ("closed", "429 RATE_LIMITED", "429 NEW_DOCUMENTS", "503 OVERLOADED")


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
        asyncio.run(attack_until_ended(attack, options.port, options.key))
    # Its pauses would be measured as the server's.
    gc.disable()
    problems = list[str]()
    for attack in ATTACKS:
        if options.only in attack.name:
            row = asyncio.run(run(attack, options.seconds))
            answers = ", ".join(f"{number:,} {name}" for name, number in row.answers.most_common(3))
            print(f"{row}  {answers}", flush=True)
            problems += row.wrong + row.slow
    print(*(problems or ["All of it holds."]), sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
