"""The report of who selects which fields."""

from datetime import date

import pytest

from adapters.database.usage.store import FieldUsage
from app.cli import usage
from app.cli.common import Failure
from app.cli.usage import report

DAY = date(2026, 11, 27)
FOUND = [
    FieldUsage("Quote.id", "", "", 12_000, DAY),
    FieldUsage("Recipient.asset", "ios", "7", 1, DAY),
    FieldUsage("Recipient.asset", "web", "2.1.0", 30, DAY),
]


def test_deprecated_fields_come_first_with_the_clients_that_need_them_most():
    reasons = {"Recipient.asset": "Use `Recipient.assets`.", "Quote.old": "Use `Quote.new`."}
    assert list(report(FOUND, reasons)) == [
        "Quote.old  deprecated: Use `Quote.new`.",
        "             -  no client",
        "Recipient.asset  deprecated: Use `Recipient.assets`.",
        f"            30  {'web 2.1.0':<40}  last 2026-11-27",
        f"             1  {'ios 7':<40}  last 2026-11-27",
        "Quote.id",
        f"        12,000  {'(unnamed)':<40}  last 2026-11-27",
    ]


def test_nothing_selected_is_told():
    assert list(report([], {})) == ["No field was selected."]


@pytest.mark.parametrize(
    ("given", "message"), [({"since": "yesterday"}, "--since must be a day"), ({"field": "Quote.nothing"}, "no field")]
)
def test_a_wrong_option_is_told_before_anything_is_read(given, message):
    with pytest.raises(Failure, match=message):
        usage.usage_command(**{"field": None, "since": None, **given})
