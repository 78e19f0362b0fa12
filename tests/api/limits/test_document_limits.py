"""What one document may be: known from its characters and tokens before it is parsed, counted where it is quadratic."""

import gc
import re
from pathlib import Path

import pytest
from graphql import get_introspection_query
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from app.server import documents, preparation
from app.server.documents import check, parsed, root_fields, scan, with_key, without_key
from app.server.refusals import Refusal
from app.settings import Settings
from schema.build import build_schema, core_schema
from tests.api.support.customers import visit
from tests.api.support.makers import a_quote

ROOT = Path(__file__).parents[3]
SCHEMA = core_schema(build_schema())
KNOWN = with_key(Settings().max_tokens, Settings().shape_limits)
STRANGER = without_key(Settings().max_public_tokens, Settings().shape_limits)
EXAMPLES = sorted((ROOT / "examples").rglob("*.graphql"))
SIGNING = 'mutation{signQuote(input:{key:"x"}){%s}}'
INTROSPECTION = {
    "GraphiQL": get_introspection_query(schema_description=True, input_value_deprecation=True),
    "everything": get_introspection_query(True, True, True, True, True),
    "bare": get_introspection_query(descriptions=False),
}


def customer_page() -> dict[str, str]:
    """The documents that the customer's page sends."""
    script = (ROOT / "app/server/customer_page/customer.js").read_text()
    parts = dict(re.findall(r"const (\w+) = `([^`]*)`;", script))
    parts |= dict(re.findall(r'const (\w+) = "([^"]*)";', script))
    found = re.findall(r"^  (\w+): `(.*?)`,$", script, re.MULTILINE)
    assert found
    return {name: re.sub(r"\$\{(\w+)\}", lambda it: parts[it[1]], text) + parts["MONEY"] for name, text in found}


def refusal(text: str, limits: documents.DocumentLimits):
    try:
        scan(text, limits)
        check(SCHEMA, parsed(text, limits), limits)
    except Refusal as refused:
        return refused.errors
    raise AssertionError("nothing was refused")


def overlaps(text: str, limits: documents.DocumentLimits) -> int:
    """How many comparisons a document takes."""
    made = []

    class Seen(documents._Overlaps):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self.rule_context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(documents, "_Overlaps", Seen)
        check(SCHEMA, parsed(text, limits), limits)
    return limits.overlaps - made[0].remaining_complexity_budget


# ---- what is honest is far below


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda it: it.stem)
def test_no_example_comes_near_a_limit(file):
    text = file.read_text()
    assert len(scan(text, KNOWN)) < KNOWN.tokens / 8
    assert len(text) < KNOWN.characters / 8
    assert overlaps(text, KNOWN) < KNOWN.overlaps / 50


@pytest.mark.parametrize("text", INTROSPECTION.values(), ids=INTROSPECTION)
def test_no_standard_introspection_comes_near_a_limit(text):
    assert len(scan(text, KNOWN)) < KNOWN.tokens / 7
    assert overlaps(text, KNOWN) < KNOWN.overlaps / 10


@pytest.mark.parametrize("text", customer_page().values(), ids=customer_page())
def test_nothing_that_the_customers_page_sends_comes_near_a_strangers_limit(text):
    assert len(scan(text, STRANGER)) < STRANGER.tokens / 2
    assert len(text) < STRANGER.characters / 4
    assert overlaps(text, STRANGER) < STRANGER.overlaps / 10


# ---- what is long is refused before anything slow sees it


@pytest.mark.parametrize(
    ("text", "limits", "what"),
    [
        ("{" + " ".join(f"a{it}:viewer{{environment}}" for it in range(3_000)) + "}", KNOWN, "characters"),
        ("{" + " ".join(f"a{it}:viewer{{environment}}" for it in range(500)) + "}", KNOWN, "tokens"),
        ('{node(id:"' + "x" * 3_900_000 + '"){id}}', KNOWN, "characters"),
        ('{node(id:"""' + "x" * 3_900_000, KNOWN, "characters"),
        ("{" + "__typename " * 2_500 + "}", KNOWN, "tokens"),
        ("{viewer" + "@a" * 2_800 + "{environment}}", KNOWN, "tokens"),
        ("".join(f"fragment F{it} on Query{{...F{it + 1}}}" for it in range(700)), KNOWN, "tokens"),
        ("{" + " ".join(f"x{it}" for it in range(5_000)) + "}", KNOWN, "tokens"),
        ("#\n" * 5_000, KNOWN, "tokens"),
        ("{" * 5_000, KNOWN, "tokens"),
        ('"" ' * 5_000, KNOWN, "tokens"),
        (SIGNING % ("quote{items{specification{model}}} " * 280), STRANGER, "tokens"),
        ("{viewer{environment}}" + " " * 10_000, STRANGER, "characters"),
    ],
    ids=lambda it: it if isinstance(it, str) and it.isalpha() else "",
)
def test_what_is_too_long_is_refused_before_it_is_parsed(text, limits, what, monkeypatch):
    monkeypatch.setattr(documents, "Parser", None)
    [error] = refusal(text, limits)
    extensions = error.extensions
    assert (extensions["limitName"], extensions["setting"]) == (what, limits.setting)
    assert extensions["found"] > extensions["limit"]
    assert f"{extensions['found']:,}" in error.message
    assert f"{extensions['limit']:,}" in error.message
    assert limits.setting in error.message


def test_all_of_the_characters_are_looked_at_once_however_strings_are_left_open():
    # What is matched from one place is never matched again from the next.
    for open_ in ('"""a\\', '"', '"""', '"""\\"""', "#", '"\\'):
        text = open_ * 1_000
        assert sum(len(it) for it in documents._TOKEN.findall(text)) <= len(text)
        assert "".join(documents._TOKEN.findall(text)) == text


def test_the_tokens_are_those_that_graphql_core_reads():
    for file in EXAMPLES:
        text = file.read_text()
        document = parsed(text, KNOWN)
        tokens = [it for it in scan(text, KNOWN) if not it.startswith("#")]
        assert document.loc is not None
        read, token = [], document.loc.start_token.next
        while token is not None and token.kind.value != "<EOF>":
            if token.kind.value != "Comment":
                read.append(text[token.start : token.end])
            token = token.next
        assert tokens == read


# ---- what is quadratic is counted


def test_fields_that_overlap_are_compared_no_more_often_for_four_times_as_many():
    for limits in (KNOWN, STRANGER):
        for times in (14, 23) if limits is STRANGER else (50, 98):
            # Fragments overlap with each other, and none of them repeats a field.
            names = [f"F{it}" for it in range(times)]
            text = SIGNING % " ".join(f"...{it}" for it in names)
            text += " ".join(f"fragment {it} on SignQuotePayload{{quote{{orderId}}}}" for it in names)
            error = refusal(text, limits)[-1]
            assert error.extensions["limitName"] == "overlaps"
            assert error.extensions["limit"] == limits.overlaps
            # What is one step too many ends it.
            assert error.extensions["found"] <= limits.overlaps + 200


def test_our_limits_are_far_below_what_graphql_core_would_allow():
    assert overlapping.MAX_COMPLEXITY_BUDGET / KNOWN.overlaps >= 100
    assert overlapping.MAX_COMPLEXITY_BUDGET / STRANGER.overlaps >= 2_000


def test_so_many_errors_are_told_and_no_more_looked_for():
    for limits, form in ((KNOWN, "{viewer{%s}}"), (STRANGER, '{publicQuote(key:"x"){%s}}')):
        errors = refusal(form % " ".join(f"x{it}" for it in range(100)), limits)
        assert len(errors) == limits.errors + 1


def test_strangers_are_told_no_names_of_ours():
    [error] = refusal("{ publicQuot { orderId } }", STRANGER)
    assert "Did you mean" not in error.message


@pytest.mark.parametrize("field", ["__schema", "__type"])
def test_introspection_is_asked_for_a_few_times_at_most(field):
    asked = (
        '{ a%d: __type(name: "Quote") { name } }' if field == "__type" else "{ a%d: __schema { queryType { name } } }"
    )
    most = KNOWN.types if field == "__type" else KNOWN.schemas
    scan(" ".join(asked % it for it in range(most)), KNOWN)
    [error] = refusal(" ".join(asked % it for it in range(most + 1)), KNOWN)
    extensions = error.extensions
    assert (extensions["limitName"], extensions["found"], extensions["limit"]) == (field, most + 1, most)


# ---- nothing of it is kept


REFUSED = [
    "{viewer{" + " ".join(f"x{it}" for it in range(300)) + "}}",
    "{" + "quotes{nodes{id}} " * 25 + "nothing}",
    "{" + " ".join(f"a{it}:viewer{{environment}}" for it in range(30)) + "(",
    "{...F}" + "".join(f"fragment F{it} on Query{{...F{it + 1}}}" for it in range(90)),
    "{" * 40,
]


@pytest.mark.parametrize("text", REFUSED, ids=range(len(REFUSED)))
def test_a_document_that_was_refused_leaves_nothing_for_the_collector(text):
    refusal(text, KNOWN)
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            refusal(text, KNOWN)
        assert gc.collect() < 20 * 100
    finally:
        gc.enable()


def test_a_document_that_was_checked_leaves_nothing_for_the_collector():
    text = (ROOT / "examples/quotes.graphql").read_text()
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            document = parsed(text, KNOWN)
            check(SCHEMA, document, KNOWN)
            del document
        assert gc.collect() < 20 * 100
    finally:
        gc.enable()


async def test_what_is_refused_is_not_kept(api):
    kept = api.parts.engine.preparation
    reader = await api.key("kits:read")
    for number in range(5):
        assert (await api.run(f"{{ a{number}: quotes {{ totalCount }} }}", key=reader)).codes == ["FORBIDDEN"]
        assert (await visit(api, f"{{ a{number}: quotes {{ totalCount }} }}")).codes == ["UNAUTHORIZED"]
        assert (await visit(api, f'{{ a{number}: publicQuote(key: "x") {{ nothing }} }}')).codes == ["VALIDATION_ERROR"]
    assert kept.documents_kept == 0


# ---- without a key


def test_what_stands_at_the_root_is_known_without_parsing():
    text = """
        # { viewer }
        query A($key: String! = "{ x }") @a(b: {c: 1}) { one: publicQuote(key: $key, o: {p: [1]}) @include(if: true) {
            items { id } } ...F ... on Query { inner } publicQuote(key: "}") { id } }
        fragment M on Money { amount }
        fragment F on Query { more }
        { last }
    """
    found = list(root_fields(scan(text, KNOWN), ("Query", "Mutation")))
    assert found == ["publicQuote", "inner", "publicQuote", "more", "last"]


async def test_a_stranger_is_refused_before_anything_is_parsed_unless_all_at_the_root_is_public(api, monkeypatch):
    seen = []

    def watched(text, limits):
        seen.append(text)
        return parsed(text, limits)

    monkeypatch.setattr(preparation, "parsed", watched)
    for query in ("{ viewer { environment } }", "{ __schema { queryType { name } } }", SIGNING % ("quote{id} " * 300)):
        answer = await visit(api, query)
        assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert seen == []
    quote = await a_quote(api)
    assert (await visit(api, f'{{ publicQuote(key: "{quote.key}") {{ orderId }} }}')).data
    assert len(seen) > 1


async def test_a_stranger_is_told_which_limit_a_long_document_passes(api):
    answer = await visit(api, SIGNING % ("quote{items{specification{model}}} " * 280))
    extensions = answer.error["extensions"]
    assert (answer.status, extensions["code"], extensions["limitName"]) == (401, "UNAUTHORIZED", "tokens")
    assert (extensions["found"], extensions["limit"], extensions["setting"]) == (
        2_815,
        500,
        "QUOTEGRAPH_MAX_PUBLIC_TOKENS",
    )
    with_key = await api.run("{" + "viewer{environment} " * 600 + "}")
    assert with_key.error["extensions"]["setting"] == "QUOTEGRAPH_MAX_TOKENS"


@pytest.mark.parametrize(
    "document",
    [
        "mutation { "
        + " ".join(f'a{it}: deleteKit(input: {{kitId: "x"}}) {{ deletedKitId }}' for it in range(21))
        + " }",
        "mutation { ...Many } fragment Many on Mutation { "
        + " ".join(f'... {{ a{it}: deleteKit(input: {{kitId: "x"}}) {{ deletedKitId }} }}' for it in range(21))
        + " }",
    ],
)
async def test_an_operation_has_at_most_twenty_mutations(api, document):
    extensions = (await api.run(document)).error["extensions"]
    assert (extensions["limitName"], extensions["found"], extensions["limit"]) == ("mutations", 21, 20)
    twenty = document.replace('a20: deleteKit(input: {kitId: "x"}) { deletedKitId }', "__typename")
    assert "errors" not in (await api.run(twenty)).body
