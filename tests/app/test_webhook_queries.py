"""The documents of webhook endpoints: what is wrong with one is said with its place and the fix."""

from typing import Any

import pytest

from app.server.limits import Limits
from app.server.preparation import Preparation
from app.webhook_queries import SelectionChecks
from domain.shared.access import CUSTOMER_SCOPES, Scope
from domain.shared.errors import ErrorCode
from domain.webhooks.queries import LONGEST_QUERY
from resolvers.execution.executor import Executor
from schema.build import build_schema, core_schema

SCHEMA = core_schema(build_schema())
GOOD = "subscription { events { id type node { ... on Quote { orderId } } changes { from to } } }"


def checks(**limits: Any) -> SelectionChecks:
    return SelectionChecks(Preparation(SCHEMA, Executor(SCHEMA), Limits(**limits)))


CHECKS = checks()


def messages(document: str, scopes: frozenset[Scope] = CUSTOMER_SCOPES) -> list[str]:
    return [it.message for it in CHECKS.problems(document, scopes)]


@pytest.mark.parametrize(
    "document",
    [
        GOOD,
        "subscription Quotes { events { ...Whole } } fragment Whole on Event { id actor { name } cause { id } }",
        "subscription { events { node { ... on Quote @include(if: true) { total { amount } } } } }",
        "subscription { events { renamed: id node { id } } }",
    ],
)
def test_a_subscription_of_events_is_right(document):
    assert messages(document) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("subscription {", "Line 1, column 15: Syntax Error: Expected Name, found <EOF>."),
        ("", "Line 1, column 1: Syntax Error: Unexpected <EOF>."),
        ("{ events { id } }", "Line 1, column 1: This is a query. Write `subscription { events { … } }`."),
        (
            "mutation { cancelQuote { __typename } }",
            "Line 1, column 1: This is a mutation. Write `subscription { events { … } }`.",
        ),
        (
            "fragment A on Event { id }",
            "Line 1, column 1: The document has no operation. Write `subscription { events { … } }`.",
        ),
        (
            "subscription A { events { id } }\nsubscription B { events { id } }",
            "Line 2, column 1: The document has more than one operation. Keep one.",
        ),
        (
            "subscription { events { id } } type A { b: Int }",
            "Line 1, column 32: Only one subscription and its fragments are allowed. Remove this definition.",
        ),
        (
            'subscription { quoteChanged(id: "a") { id } }',
            "Line 1, column 16: The root field is `events`, not `quoteChanged`.",
        ),
        ("subscription { __typename }", "Line 1, column 16: The root field is `events`, not `__typename`."),
        (
            "subscription {\n  events { id }\n  more: events { id }\n}",
            "Line 3, column 3: Select `events` only, and only once. Remove this selection.",
        ),
        (
            "subscription { ... on Subscription { events { id } } }",
            "Line 1, column 16: Select `events` at the root itself, not in a fragment.",
        ),
        (
            "subscription { it: events { id } }",
            "Line 1, column 16: `events` takes no other name here. Remove the alias.",
        ),
        (
            "subscription { events(types: [QUOTE_SENT]) { id } }",
            "Line 1, column 23: The endpoint itself says which events it wants. Remove the argument `types`.",
        ),
        (
            "subscription($a: String) { events { id } }",
            "Line 1, column 14: A delivery has no variables. Write the value where it is used.",
        ),
        (
            "subscription { events @skip(if: false) { id } }",
            "Line 1, column 23: Directives are not allowed on `events`. Remove it.",
        ),
        (
            "subscription @unknown { events { id } }",
            "Line 1, column 14: Directives are not allowed on the subscription. Remove it.",
        ),
        (
            "subscription { events { id } ... @defer { events { id } } }",
            "Line 1, column 30: Select `events` only, and only once. Remove this selection.",
        ),
        (
            "subscription {\n  events { id actr }\n}",
            "Line 2, column 15: Cannot query field 'actr' on type 'Event'. Did you mean 'actor'?",
        ),
    ],
)
def test_another_document_is_refused_with_its_place_and_the_fix(document, message):
    assert messages(document) == [message]


def test_every_mistake_is_told_at_once():
    assert len(messages("subscription($a: Int) @a { it: events(after: $a) @b { id } more: events { id } }")) == 6
    assert len(messages("subscription { events { one two three } }")) == 3


def test_fields_beyond_the_scopes_of_the_key_are_named_with_the_scopes():
    document = "subscription {\n  events { id node { ... on Quote { customer { name } } } }\n}"
    [problem] = CHECKS.problems(document, frozenset({Scope.QUOTES_READ}))
    assert problem.code is ErrorCode.NOT_ALLOWED
    assert problem.message == (
        "Line 2, column 37: `events.node.customer` requires customers:read, which the key that saves the endpoint "
        "lacks. Remove the field, or save the endpoint with a key that has the scope."
    )
    assert len(CHECKS.problems(document, frozenset())) == 1
    assert CHECKS.problems(document, frozenset({Scope.QUOTES_READ, Scope.CUSTOMERS_READ})) == []


def test_a_fragment_that_selects_nothing_of_its_type_requires_its_scope_too():
    document = "subscription { events { node { ... on Customer { __typename } } } }"
    assert messages(document, frozenset({Scope.QUOTES_READ})) == [
        "The document requires customers:read, which the key that saves the endpoint lacks."
    ]


@pytest.mark.parametrize(
    ("limits", "document", "part"),
    [
        ({"tokens": 20}, GOOD, "the limit is 20 (QUOTEGRAPH_MAX_TOKENS)"),
        ({"cost": 5}, "subscription { events { changes { node { id } } } }", "the limit is 5 (QUOTEGRAPH_MAX_COST)"),
        (
            {},
            "subscription { events " + "{ cause " * 101 + "{ id }" + "}" * 102,
            "102 levels; the limit is 50 (QUOTEGRAPH_MAX_LEVELS)",
        ),
    ],
)
def test_the_limits_of_every_operation_hold(limits, document, part):
    [problem] = checks(**limits).problems(document, CUSTOMER_SCOPES)
    assert problem.code is ErrorCode.INVALID_QUERY
    assert part in problem.message


def test_a_document_has_a_longest_length():
    fits = GOOD + " " * (LONGEST_QUERY - len(GOOD))
    assert messages(fits) == []
    [problem] = CHECKS.problems(fits + " ", CUSTOMER_SCOPES)
    assert problem.code is ErrorCode.TOO_LONG
    assert "10,001 characters; the limit is 10,000" in problem.message
