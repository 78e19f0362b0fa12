"""The attack of clairvoyance, which makes a schema out of validation errors where introspection is off: it sends words
as fields and arguments, and reads types and suggestions from what is said of them.

The program itself is no dependency: it requires a package that shadows the standard library's asyncio. Here its words
are the best there are, those of the schema.
"""

import re
from collections.abc import AsyncIterator, Iterator

import pytest_asyncio

from app.settings import Settings
from domain.shared.access import CUSTOMER_SCOPES, Environment
from schema.build import build_schema, core_schema
from tests.api.support.running import Running, running

SCHEMA = core_schema(build_schema())
# How many words a document has, and how many of a type's fields are tried.
BUCKET, FIELDS = 8, 24
ROOTS = {"query": SCHEMA.query_type, "mutation": SCHEMA.mutation_type, "subscription": SCHEMA.subscription_type}
# Misspelt, so that there is something to suggest.
WORDS = ("quote", "quots", "viewr", "produts", "employee", "asset", "user", "users", "kit", "events", "imwrongfield")
TYPE = re.compile(r"(?:type|Expected value of type|in) '([\[\]!_A-Za-z0-9]+)'")
NAME = re.compile(r"'([^']*)'")


@pytest_asyncio.fixture
async def usual(new_database) -> AsyncIterator[Running]:
    settings = Settings()
    url = await new_database("sqlite")
    async with running(url, introspection=settings.introspection, suggestions=settings.suggestions) as api:
        yield api


def documents() -> Iterator[str]:
    """What the program sends: to find root types, fields, the types of fields, arguments, and their types."""
    for operation, root in ROOTS.items():
        assert root is not None
        known = list(root.fields)[:FIELDS]
        words = [*WORDS, *known]
        for first in range(0, len(words), BUCKET):
            yield f"{operation} {{ {' '.join(words[first : first + BUCKET])} }}"
        for word in [*known, *WORDS]:
            yield f"{operation} {{ {word} {{ lol }} }}"
            yield f"{operation} {{ {word}(id: 7, filter: 7, input: 7, first: 7, by: 7, key: 7) {{ lol }} }}"
        for value in ("{}", '"42"', "false", "LOL", "[]"):
            yield f"{operation} {{ {known[0]}(filter: {value}, by: {value}, input: {value}) {{ lol }} }}"
    yield "query ($a: Quot, $b: QuoteInput, $c: String) { viewer { environment } }"
    yield "{ ... on Quot { id } ... on Quote { id } node(id: 7) { ... on Quoe { id } lol } }"


async def found(api: Running, key: str) -> set[str]:
    """The names of the schema that the answers tell, and the documents do not."""
    names = {name for it in SCHEMA.type_map.values() for name in (it.name, *getattr(it, "fields", {}))}
    told = set[str]()
    for document in documents():
        sent = set(re.findall(r"\w+", document))
        for error in (await api.run(document, key=key)).errors:
            assert error["extensions"]["code"] == "VALIDATION_ERROR", error
            said = {it for quoted in NAME.findall(error["message"]) for it in re.findall(r"\w+", quoted)}
            said |= {it.strip("[]!") for it in TYPE.findall(error["message"])}
            told |= (said & names) - sent
            told |= {"Did you mean"} & {error["message"][error["message"].find("Did you mean") :][:12]}
    return told


async def test_with_a_live_key_it_finds_nothing(usual):
    assert await found(usual, usual.customer) == set()


async def test_with_a_test_key_it_finds_what_the_key_may_read_anyway(usual):
    told = await found(usual, await usual.key(*CUSTOMER_SCOPES, environment=Environment.TEST))
    assert {"Did you mean", "Query", "Mutation", "viewer", "AcceptItemPayload"} <= told
