"""The package `@quotegraph/client`."""

from graphql import build_schema

from clients.possible_types import FOLDER, ROOT, possible_types


def test_the_possible_types_are_those_of_the_schema():
    files = possible_types(build_schema((ROOT / "schema.graphql").read_text()))
    assert {name: (FOLDER / name).read_text() for name in files} == files, "run `make schema`"


async def test_a_subscription_that_could_not_resume_is_refused_before_it_loses_events(run_node):
    assert await run_node("package.mjs") == "after\ncursor\n"
