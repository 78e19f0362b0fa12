"""A dry run of any mutation saves nothing, and its answer is that of the mutation."""

from typing import Any

import pytest

from schema.build import build_schema, core_schema
from tests.api.support.situations import WHOLE, Situation, filled
from tests.api.support.world import NOBODY

MUTATIONS = core_schema(build_schema()).mutation_type
assert MUTATIONS is not None


def without_nobody(given: Any) -> Any:
    """An input without what is wrong in it: ids of nobody, and parts of lists that have one."""
    if isinstance(given, dict):
        return {name: without_nobody(value) for name, value in given.items() if value != NOBODY}
    if isinstance(given, list):
        return [without_nobody(it) for it in given if NOBODY not in str(it)]
    return given


@pytest.mark.parametrize("mutation", sorted(MUTATIONS.fields))
def test_every_mutation_can_be_tried(mutation):
    assert MUTATIONS is not None
    given = MUTATIONS.fields[mutation].args["input"].type.of_type
    assert (str(given.fields["dryRun"].type), given.fields["dryRun"].default_value) == ("Boolean!", False)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_dry_run_of_a_deletion_names_nothing_that_was_deleted(now: Situation):
    for mutation, given, deleted in (
        ("deleteQuote", {"quoteId": "<open id>"}, "deletedQuoteId"),
        ("deleteKit", {"kitId": "<kit id>"}, "deletedKitId"),
        ("deleteCustomField", {"customFieldId": "<field text>"}, "deletedCustomFieldId"),
        ("deleteWebhookEndpoint", {"endpointId": "<endpoint id>"}, "deletedId"),
    ):
        payload = await now.api.act(mutation, {**filled(given, now), "dryRun": True}, deleted)
        assert (payload["userErrors"], payload[deleted]) == ([], None)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_dry_run_saves_nothing(now: Situation):
    """Of inputs that would be refused too, but most would not be."""
    done = []
    for mutation, input_ in WHOLE.items():
        given = {**filled(without_nobody(input_), now), "dryRun": True}
        answer = await now.api.attempt(mutation, given, key=now.api.operator)
        assert await now.api.contents() == now.before, mutation
        done.append((mutation, answer.codes or [it["code"] for it in answer.data[mutation]["userErrors"]]))
    assert len([mutation for mutation, codes in done if not codes]) > 0.6 * len(done)
