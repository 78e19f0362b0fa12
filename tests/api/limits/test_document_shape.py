"""What a document may have of everything, known from its tokens in one pass."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from app.server import documents, preparation
from app.server.document_cache import RefusedDocuments
from app.server.document_shape import NAMES, Shape, ShapeLimits, ShapeReader
from app.server.documents import scan, with_key, without_key
from app.server.refusals import Refusal
from resolvers.errors import api_error
from tests.api.limits.test_document_limits import INTROSPECTION, KNOWN, STRANGER, customer_page
from tests.api.support.sockets import connected

ROOT = Path(__file__).parents[3]
HONEST = {
    **{it.stem: (it.read_text(), KNOWN) for it in sorted((ROOT / "examples").rglob("*.graphql"))},
    **{name: (text, KNOWN) for name, text in INTROSPECTION.items()},
    **{name: (text, STRANGER) for name, text in customer_page().items()},
}


def shape(text: str) -> Shape:
    return ShapeReader().read(documents._TOKEN.findall(text))


def named(form: str, times: int) -> str:
    return " ".join(form.replace("%d", str(it)) for it in range(times))


TOO_MUCH = {
    "fields": "{viewer{" + named("x%d", 600) + "}}",
    "aliases": "{viewer{" + named("a%d:id", 101) + "}}",
    "root fields": "{" + named("x%d", 31) + "}",
    "repeated fields": "{viewer{" + "id " * 52 + "}}",
    "fragments": named("fragment F%d on Quote{id}", 101),
    "directives": "{viewer" + "@include(if:true)" * 51 + "{id}}",
    "arguments": "{node(" + named("a%d:1", 251) + "){id}}",
    "levels": "{" + "a{" * 51 + "id" + "}" * 52,
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_has_too_much_of_anything_is_refused_before_it_is_parsed(text):
    [name] = [it for it, other in TOO_MUCH.items() if other is text]
    setting = f"QUOTEGRAPH_MAX_{name.replace(' ', '_').upper()}"
    with pytest.raises(Refusal) as refused:
        scan(text, KNOWN)
    [error] = refused.value.errors
    extensions = error.extensions
    assert extensions is not None
    assert (extensions["code"], extensions["reason"]) == ("VALIDATION_ERROR", "LIMIT_EXCEEDED")
    assert (extensions["limitName"], extensions["setting"]) == (name, setting)
    assert extensions["found"] == extensions["limit"] + 1
    assert f"{extensions['found']} {name}" in error.message
    assert setting in error.message


def test_every_limit_of_the_shape_has_a_document_that_exceeds_it():
    assert list(NAMES) == [it.replace(" ", "_") for it in TOO_MUCH]


def test_without_a_key_a_quarter_is_allowed_and_the_answer_says_how_to_get_more():
    with pytest.raises(Refusal) as refused:
        scan("{viewer{" + named("a%d:id", 26) + "}}", STRANGER)
    [error] = refused.value.errors
    assert error.extensions is not None
    assert (error.extensions["code"], error.extensions["limit"]) == ("UNAUTHORIZED", 25)
    assert "without an API key is 25 (a quarter of QUOTEGRAPH_MAX_ALIASES)" in error.message


@pytest.mark.parametrize(("text", "limits"), HONEST.values(), ids=HONEST)
def test_nothing_honest_comes_near_a_limit(text, limits):
    scan(text, limits)
    for name, found in shape(text).items():
        assert found <= getattr(limits.shape, f"max_{name}") * 0.85, name


def test_the_shape_of_a_document_is_what_stands_in_it():
    text = """
      query Q($id: ID!, $n: Int = 3) @a {            # arguments: two variables
        one: quote(by: {id: $id}) @include(if: true) { id id ... on Quote { id } ...F ...F }
        __typename
      }
      fragment F on Quote { items { id } }
    """
    assert shape(text) == {
        "fields": 7,
        "aliases": 1,
        "root_fields": 2,
        "repeated_fields": 2,
        "fragments": 1,
        "directives": 2,
        "arguments": 5,
        "levels": 2,
    }


@pytest.mark.parametrize(
    "text", ["", "}", ")}]", "{{{", "(((", "...", "{...", "{a:", '"""', "{a(b:{c:[", "@", "fragment"]
)
def test_what_is_no_document_has_a_shape_too(text):
    assert tuple(shape(text)) == NAMES


def test_strings_and_comments_have_no_fields():
    assert shape('{a(b:"{c d(e:1)}") # f g @h\n}') == shape('{a(b:"")}')


def test_the_settings_are_the_limits_and_their_defaults_agree():
    assert KNOWN.shape == ShapeLimits() == with_key(1).shape
    assert STRANGER.shape == without_key(1).shape
    documented = (ROOT / "README.md").read_text()
    for it in fields(ShapeLimits):
        assert re.search(rf"`(QUOTEGRAPH)?_{it.name.upper()}[`,]", documented), it.name


# ---- what was refused is known


async def test_what_is_wrong_with_a_document_is_found_once(api, monkeypatch):
    texts = ["{ viewer { nothing } }", "{ viewer {"]
    first = [await api.run(it) for it in texts]
    monkeypatch.setattr(preparation, "parsed", None)
    again = [await api.run(it) for it in texts]
    assert [it.body for it in again] == [it.body for it in first]
    assert [it.error["locations"] for it in again] == [[{"line": 1, "column": 12}], [{"line": 1, "column": 11}]]


async def test_new_documents_beyond_the_budget_are_refused_and_known_ones_are_answered(api, monkeypatch):
    known = "{ viewer { environment } }"
    assert (await api.run(known)).data
    monkeypatch.setattr(api.parts.engine.new_documents, "_seconds", 1e-9)
    answer = await api.run("{ b: viewer { environment } }")
    extensions = answer.error["extensions"]
    assert (extensions["code"], extensions["reason"]) == ("RATE_LIMITED", "NEW_DOCUMENTS")
    assert extensions["retryAfter"] > 0
    assert (await api.run(known)).data
    async with connected(api) as socket:
        await socket.say(type="subscribe", id="1", payload={"query": "{ c: viewer { environment } }"})
        assert (await socket.refusal("1"))["extensions"]["reason"] == "NEW_DOCUMENTS"


def test_refusals_take_a_bounded_part_of_the_memory():
    cache = RefusedDocuments(20_000)
    for number in range(100):
        cache.put(number, "x" * 1_000, Refusal(api_error("VALIDATION_ERROR", "It is not valid.")))
    assert 3 <= len(cache) <= 5
    assert cache.get(0) is None
    assert cache.get(99) is not None


def test_a_refusal_that_is_kept_again_takes_its_memory_once():
    cache = RefusedDocuments(20_000)
    for _ in range(100):
        cache.put("same", "x" * 1_000, Refusal(api_error("VALIDATION_ERROR", "It is not valid.")))
    cache.put("another", "x" * 1_000, Refusal(api_error("VALIDATION_ERROR", "It is not valid.")))
    assert cache.get("same") is not None
    assert cache.get("another") is not None
