"""docs/webhooks.md has the present catalogue, and says what the code does."""

import re
from pathlib import Path

from domain.webhooks import retries
from domain.webhooks.deliveries import MAX_ATTEMPTS
from domain.webhooks.event_types import BY_NAME
from schema.webhook_catalogue import with_catalogue

PAGE = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def test_the_catalogue_is_the_present_one():
    assert with_catalogue(PAGE) == PAGE, "run `make schema`"


def test_each_event_has_an_example():
    assert set(re.findall(r"^#### (\S+)$", PAGE, re.MULTILINE)) == set(BY_NAME)


def test_the_schedule_of_retries_is_that_of_the_code():
    units = {"s": 1, "min": 60, "h": 3600}
    [row] = re.findall(r"^\| after the one before \| at once \| (.*) \|$", PAGE, re.MULTILINE)
    written = [int(number) * units[unit] for number, unit in (it.split() for it in row.split(" | "))]

    assert written == [it.total_seconds() for it in retries.DELAYS]
    assert len(written) + 1 == MAX_ATTEMPTS
