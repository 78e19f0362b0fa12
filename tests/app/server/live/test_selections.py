"""Which subscriptions are equal: those whose results are, whatever they follow and whoever they are."""

from dataclasses import replace

import pytest
from graphql import OperationDefinitionNode, parse

from app.server.live.selections import selection_key
from app.server.live.variables import variables_of_selection
from app.server.requests import Request
from domain.shared.access import Caller, Environment, Scope

CALLER = Caller("1", "First", Environment.LIVE, "company", 1, frozenset({Scope.QUOTES_READ}))
REQUEST = Request("subscription { events { id } }", {"n": 1, "after": "x"})


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("subscription { events { id } }", set()),
        ("subscription($id: ID!, $after: String) { quoteChanged(id: $id, after: $after) { id } }", set()),
        ("subscription($n: Int) { events { node { ... on Quote { events(first: $n) { nodes { id } } } } } }", {"n"}),
        ("subscription($all: Boolean!) { events { id @include(if: $all) } }", {"all"}),
        ("subscription($a: ID, $n: Int) { ...Root } fragment Root on Subscription { events(companyId: $a) { ...E } } "
         "fragment E on Event { node { ... on Quote { events(first: $n) { nodes { id } } } } }", {"n"}),
        ("subscription($a: ID, $n: Int) { ... { events(companyId: $a) { ...E ...E } } } "
         "fragment E on Event { node { ... on Quote { events(filter: { type: [$n] }) { nodes { id } } } } }", {"n"}),
    ],
)  # fmt: skip
def test_results_depend_on_the_variables_below_the_root_field(document, names):
    parsed = parse(document)
    [operation] = [it for it in parsed.definitions if isinstance(it, OperationDefinitionNode)]
    assert variables_of_selection(parsed, operation) == names


def key(request: Request = REQUEST, caller: Caller = CALLER) -> object:
    return selection_key(request, caller, frozenset({"n", "m"}))


def test_another_key_and_other_arguments_of_the_root_field_make_no_difference():
    assert key() == key(replace(REQUEST, variables={"after": "y", "n": 1}), replace(CALLER, key_id="2", name="Second"))


@pytest.mark.parametrize(
    "other",
    [
        {"request": replace(REQUEST, variables={"n": 2})},
        {"request": replace(REQUEST, variables={"n": True})},
        {"request": replace(REQUEST, variables={})},
        {"request": replace(REQUEST, query="subscription { events { type } }")},
        {"request": replace(REQUEST, operation_name="Named")},
        {"request": replace(REQUEST, partial=True)},
        {"caller": replace(CALLER, scopes=frozenset())},
        {"caller": replace(CALLER, tenant_id=None)},
        {"caller": replace(CALLER, environment=Environment.TEST)},
        {"caller": replace(CALLER, time_zone="Asia/Tokyo")},
    ],
)
def test_what_results_depend_on_makes_a_difference(other):
    assert key(**other) != key()
