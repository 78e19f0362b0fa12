"""An id belongs to one object: no cache that keeps objects by type and id ever sees two values of one field.

Asked are the examples, and random documents over the product's own schema.
"""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from graphql import OverlappingFieldsCanBeMergedRule, build_schema, parse, validate

from tests.execution.documents import Habits, a_document
from tests.execution.seeds import SEED
from tests.execution.test_differential_product import CORE, EXAMPLES, PLANNED, SCHEMA, WRITING, Answers, answers
from tests.identities import Cache, identified

__all__ = ["answers"]
DOCUMENTS = 150


@pytest.mark.asyncio(loop_scope="module")
async def test_no_object_has_two_values_of_one_field(answers: Answers):
    cache = Cache(SCHEMA)
    habits = Habits(answers.known.values, depth=6, size=60, nesting=0.5, given=0.2, without=WRITING)
    texts: list[tuple[str, dict[str, Any]]] = [(it.read_text(), {}) for it in sorted(EXAMPLES.glob("*.graphql"))]
    for number in range(DOCUMENTS):
        asked = a_document(SCHEMA, replace(habits, breadth=20), random.Random(f"identities {SEED} {number}"))
        texts.append((asked.text, asked.variables))
    for text, variables in texts:
        document = parse(text)
        if validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule]):
            continue
        document = identified(SCHEMA, document)
        for executor in (PLANNED, CORE):
            result = await answers.by(executor, document, variables, answers.callers[0])
            cache.learn(document, result.data, variables)
            answers.known.learn(result.data)
    assert cache.clashes == []
    seen = Counter(type_name for type_name, _ in cache.objects)
    assert len(seen) > 10, seen
    assert sum(map(len, cache.objects.values())) > 2_000


def test_an_id_of_two_things_is_noticed():
    schema = build_schema("type Query { actors: [Actor!]! } type Actor { id: ID! name: String! }")
    document = identified(schema, parse("{ actors { called: name } }"))
    ana, bruno = ({"called": it, "typename_of_it": "Actor", "id_of_it": "7"} for it in ("Ana", "Bruno"))
    cache = Cache(schema)
    cache.learn(document, {"actors": [ana, ana]})
    assert cache.clashes == []
    cache.learn(document, {"actors": [bruno]})
    assert cache.clashes == [("Actor", "7", "name", "Ana", "Bruno")]
