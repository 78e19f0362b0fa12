"""Each class of graphql-armor has its counterpart here, with a live key and the default settings. What each limit does
in detail is tested where it is at home: `test_document_limits.py`, `test_document_shape.py`, `test_costs.py`,
`test_disclosure.py`."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from app.settings import Settings
from tests.api.support.running import Running, running

# The class, a document that it refuses, and the limit and setting that refuse it here.
CLASSES = {
    "character limit": ("{ viewer { environment } } #" + "x" * 30_000, "characters", "QUOTEGRAPH_MAX_TOKENS"),
    "cost limit": (
        "{ quotes(first: 100) { nodes { items { recipients { item { recipients { id } } } } } } }",
        "points",
        "QUOTEGRAPH_MAX_COST",
    ),
    "max aliases": (
        "{ viewer { " + " ".join(f"a{it}: environment" for it in range(101)) + " } }",
        "aliases",
        "QUOTEGRAPH_MAX_ALIASES",
    ),
    "max depth": ("{ viewer " + "{ a " * 51 + "}" * 51 + " }", "levels", "QUOTEGRAPH_MAX_LEVELS"),
    "max directives": ("{ viewer" + " @skip(if: false)" * 51 + " { environment } }", "directives",
                       "QUOTEGRAPH_MAX_DIRECTIVES"),
    "max tokens": ("{ viewer { " + "id " * 1_500 + "} }", "tokens", "QUOTEGRAPH_MAX_TOKENS"),
}  # fmt: skip


@pytest_asyncio.fixture
async def live(new_database) -> AsyncIterator[Running]:
    settings = Settings()
    url = await new_database("sqlite")
    async with running(url, introspection=settings.introspection, suggestions=settings.suggestions) as api:
        yield api


@pytest.mark.parametrize("name", CLASSES)
async def test_each_class_refuses_what_exceeds_it_and_names_the_limit_the_value_and_the_setting(live, name):
    document, limit_name, setting = CLASSES[name]
    error = (await live.run(document)).error
    extensions = error["extensions"]
    assert (extensions["code"], extensions["reason"]) == ("VALIDATION_ERROR", "LIMIT_EXCEEDED")
    assert (extensions["limitName"], extensions["setting"]) == (limit_name, setting)
    assert extensions["found"] > extensions["limit"]
    assert all(it in error["message"] for it in (f"{extensions['limit']:,}", setting))


@pytest.mark.parametrize("document", ["{ viewr { environment } }", "{ viewer { environmnt } }", "{ quots { id } }"])
async def test_block_field_suggestions_no_error_says_what_was_meant(live, document):
    message = (await live.run(document)).error["message"]
    assert message.startswith("Cannot query field '")
    assert "Did you mean" not in message
