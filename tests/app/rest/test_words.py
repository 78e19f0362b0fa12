"""How the REST API writes words, times and amounts, and names the fields that are wrong."""

from decimal import Decimal

import pytest
from graphql import GraphQLError

from app.rest import words
from app.rest.errors import Names, of_graph, of_user_errors
from app.rest.routes import as_json


@pytest.mark.parametrize("typed", ["in_progress", "In Progress", " in progress", "IN-PROGRESS"])
def test_a_word_is_known_in_any_spelling(typed):
    assert words.constant(typed) == "IN_PROGRESS"
    assert words.title(words.constant(typed)) == "In Progress"


@pytest.mark.parametrize(
    ("amount", "written"),
    [("1450.00", "1450"), ("1450.10", "1450.1"), ("0.00", "0"), ("9007199254740993.07", "9007199254740993.07")],
)
def test_an_amount_is_written_as_a_number_with_all_its_digits(amount, written):
    assert as_json({"price": words.amount({"amount": amount})}) == f'{{"price":{written}}}'.encode()
    assert words.amount(None) is None
    assert words.amount({"amount": amount}) == Decimal(amount)


def test_times_have_milliseconds_or_whole_seconds():
    assert words.moment("2026-03-09T01:08:28.225678Z") == "2026-03-09T01:08:28.225Z"
    assert words.moment("2026-03-09T01:08:28Z") == "2026-03-09T01:08:28.000Z"
    assert words.second("2026-03-09T01:08:28.225678Z") == "2026-03-09T01:08:28Z"


def test_fields_of_the_graph_are_named_as_in_the_body():
    names = Names({"isForStorage": "storage"}, prefix=("decisions", "0"))
    path = ["input", "decisions", "0", "recipients", "1", "isForStorage"]
    assert names.of(path) == "recipients.1.storage"
    assert names.of(["decisions", "0"]) is None
    device = ["items", "0", "device", "catalogue", "specification", "screenSize"]
    assert Names().of(device) == "items.0.specification.screen_size"
    assert Names().of(["filter", "createdAt", "after"]) == "created_after"


@pytest.mark.parametrize(
    ("code", "status", "shown"),
    [
        ("OVERLOADED", 429, "RATE_LIMITED"),
        ("SERVICE_UNAVAILABLE", 500, "INTERNAL_ERROR"),
        ("PERSISTED_QUERY_NOT_FOUND", 500, "INTERNAL_ERROR"),
        ("CONFLICT", 409, "CONFLICT"),
    ],
)
def test_codes_of_the_graph_become_those_of_quipteams(code, status, shown):
    refused = of_graph([GraphQLError("No.", extensions={"code": code, "retryAfter": 3})])
    assert (refused.code, refused.status) == (shown, status)
    assert refused.headers == {"Retry-After": "3"}


def test_what_is_invalid_comes_before_what_conflicts():
    wrong = {"__typename": "ValidationError", "code": "REQUIRED", "message": "Send it.", "path": ["url"]}
    clash = {"__typename": "ConflictError", "code": "EXPIRED", "message": "Late.", "path": [], "currentStatus": "SENT"}
    assert of_user_errors([clash, wrong], Names()).code == "VALIDATION_ERROR"
    refused = of_user_errors([clash], Names())
    assert (refused.code, refused.details) == (
        "CONFLICT",
        [{"field": None, "code": "EXPIRED", "message": "Late.", "current_status": "sent"}],
    )
