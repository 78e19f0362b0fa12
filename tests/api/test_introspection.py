"""Introspection: its size is reckoned from the schema itself, and what is the same each time is made once."""

from typing import Any

import pytest
from graphql import FragmentDefinitionNode, get_introspection_query, parse

from app.server.document_cache import MAX_CACHED_INTROSPECTIONS, IntrospectionCache
from resolvers.execution import executor
from resolvers.introspection import Introspection
from schema.build import build_schema, core_schema

SCHEMA = core_schema(build_schema())
INTROSPECTION = Introspection(SCHEMA)
STANDARD = {
    "GraphiQL": get_introspection_query(schema_description=True, input_value_deprecation=True),
    "everything": get_introspection_query(True, True, True, True, True),
    "bare": get_introspection_query(descriptions=False),
}


def values(text: str) -> int:
    document = parse(text)
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    [asked] = document.definitions[0].selection_set.selections  # type: ignore[attr-defined]
    return INTROSPECTION.values(asked, fragments)


def size_of(answer: Any) -> int:
    """How many values an answer has; an object counts as ten more."""
    if isinstance(answer, list):
        return sum(map(size_of, answer))
    return 10 + len(answer) + sum(map(size_of, answer.values())) if isinstance(answer, dict) else 0


@pytest.mark.parametrize(
    "text",
    [
        *STANDARD.values(),
        '{ __type(name: "Quote") { name fields(includeDeprecated: true) { name type { name ofType { name } } } } }',
        "{ __schema { types { kind possibleTypes { name } interfaces { name } enumValues { name } } } }",
        '{ __type(name: "Nothing") { name } }',
    ],
)
async def test_the_size_of_introspection_is_that_of_what_is_made(api, text):
    reckoned, real = values(text), size_of((await api.run(text)).data)
    # The root is an object too, and what is deprecated may be left out.
    assert real - 20 <= reckoned <= real * 1.05


@pytest.mark.parametrize("text", STANDARD.values(), ids=STANDARD)
def test_standard_introspection_is_within_half_of_what_may_be_asked_for(text):
    assert values(text) // 10 <= INTROSPECTION.most_objects / 2


@pytest.mark.parametrize("times", [30, 90])
async def test_what_is_asked_for_under_many_names_is_refused_before_anything_is_made(api, monkeypatch, times):
    monkeypatch.setattr(executor, "experimental_execute_incrementally", None)
    asked = " ".join(f"a{it}: fields {{ name type {{ name ofType {{ name }} }} }}" for it in range(times))
    answer = await api.run("{ __schema { types { " + asked + " } } }")
    extensions = answer.error["extensions"]
    assert (extensions["code"], extensions["limitName"]) == ("VALIDATION_ERROR", "introspected objects")
    assert extensions["found"] > extensions["limit"] == INTROSPECTION.most_objects


async def test_the_schema_is_asked_for_once_in_an_operation(api):
    asked = " ".join(f"a{it}: __schema {{ types {{ name }} }}" for it in range(100))
    answer = await api.run("{" + asked + "}")
    assert (answer.error["extensions"]["limitName"], answer.error["extensions"]["found"]) == ("__schema", 100)


async def test_a_type_whose_name_is_a_variable_is_taken_to_be_the_largest(api):
    asked = "query($n: String!) { __type(name: $n) { fields { name } } }"
    largest = max(len(getattr(it, "fields", ())) for it in SCHEMA.type_map.values())
    assert values(asked) >= largest * 10
    assert (await api.run(asked, {"n": "Quote"})).data["__type"]["fields"]


@pytest.mark.parametrize("text", STANDARD.values(), ids=STANDARD)
async def test_introspection_is_made_once_and_kept_as_it_goes_out(api, monkeypatch, text):
    first = await api.run(text)
    monkeypatch.setattr(executor, "experimental_execute_incrementally", None)
    again = await api.run(text)
    assert again.data == first.data
    assert len(again.data["__schema"]["types"]) == len(SCHEMA.type_map)


async def test_introspection_that_depends_on_its_variables_is_not_kept(api):
    asked = "query($n: String!, $d: Boolean!) { __type(name: $n) { name description @include(if: $d) } }"
    for name, described in (("Quote", True), ("Asset", True), ("Asset", False)):
        found = (await api.run(asked, {"n": name, "d": described})).data["__type"]
        assert (found["name"], "description" in found) == (name, described)


def test_introspections_are_kept_as_far_as_they_fit():
    kept = IntrospectionCache(most=100)
    for number in range(5):
        kept.put((str(number), None), b"x" * 40)
    assert [kept.get((str(number), None)) is not None for number in range(5)] == [False, False, False, True, True]
    for number in range(100):
        kept.put((str(number), None), b"")
    assert len(kept._entries) == MAX_CACHED_INTROSPECTIONS
