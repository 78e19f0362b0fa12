"""What is another's is as what does not exist: every argument of every field, made from the schema, is given the ids
and names of another company or environment, and each answer is compared with that for ids and names of nobody
(docs/domain.md#tenancy)."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import pytest
import pytest_asyncio

from app.rest.routes import ENDPOINTS
from domain.shared.access import NOBODY as ANYBODY
from domain.shared.access import PLATFORM_SCOPES
from resolvers.nodes import NODE_SCOPES
from schema.declare import is_public
from tests.api.conftest import MakeDatabase
from tests.api.support.neighbours import Attempt, as_text, attempts, seen
from tests.api.support.probing import SCHEMA, Probe, Types
from tests.api.support.rest_probing import RestProbe
from tests.api.support.running import running
from tests.api.support.schema_operations import Operation, node_operations, root_operations, walks

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOTS = list(root_operations(SCHEMA))
OPERATIONS = [*ROOTS, *node_operations(SCHEMA)]
A_LIVE_KEY = "a live key"
# The last may change what is its own.
CALLERS = [A_LIVE_KEY, "a test key", "a platform key", "a test platform key", "a person", "a public key"]
# Places for ids that no answer names, and why.
UNREACHED = {
    "selectVendorAlternative input.candidateId": "a name of the vendor's, for an order that is in question",
    "selectVendorAlternative input.groupId": "a name of the vendor's, for an order that is in question",
}


# Endpoints of the REST API that name nothing which is there.
OF_NOTHING = {"add_devices", "create_external_device_action", "create_webhook", "list_webhooks"}
# What is read of one company at a time, which a platform key names.
OF_ONE_COMPANY = {"connections"}


class Town(NamedTuple):
    """Who may try, and what was found out about places for ids."""

    attempts: Mapping[str, Attempt]
    types: Types


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(new_database: MakeDatabase) -> AsyncIterator[Town]:
    async with running(await new_database("sqlite"), rate_limit="off", public_rate_limit="off") as api:
        yield Town(await attempts(api), {})


def operations_of(probe: Probe, operations: list[Operation]) -> Iterator[Operation]:
    """The operations that a caller may send: without a key those that are public, and with one the others."""
    public = probe.attempt.caller is ANYBODY
    return (it for it in operations if is_public(it.field) == public and probe.may_send(it))


@pytest.mark.parametrize("who", [A_LIVE_KEY, "a platform key"])
async def test_in_the_rest_api_what_is_anothers_is_as_what_nobody_has(town, who):
    probe = RestProbe(town.attempts[who])
    await probe.lists()
    await probe.others()
    assert probe.problems == []
    assert await unchanged(probe.attempt)
    assert {it.document for it in ENDPOINTS} - probe.probed == OF_NOTHING


@pytest.mark.parametrize("who", CALLERS)
async def test_ids_of_another_are_as_ids_of_nobody(town, who):
    probe = Probe(town.attempts[who], town.types, is_thorough=who == A_LIVE_KEY)
    for operation in operations_of(probe, OPERATIONS if probe.is_thorough else ROOTS):
        await probe.ids(operation)
    assert probe.problems == []
    assert await unchanged(probe.attempt)
    if probe.is_thorough:
        # A place that is not reached needs an input for its mutation that is good but for it: `WHOLE` (situations.py).
        assert probe.tried - probe.reached == UNREACHED.keys()


async def test_names_of_another_are_as_names_of_nobody(town):
    probe = Probe(town.attempts[A_LIVE_KEY], town.types)
    for operation in operations_of(probe, ROOTS):
        await probe.names(operation)
    assert probe.problems == []
    assert await unchanged(probe.attempt)


@pytest.mark.parametrize("planned", [True, False], ids=["plan", "graphql-core"])
@pytest.mark.parametrize("who", [A_LIVE_KEY, "a test key", "a platform key", "a test platform key"])
async def test_no_edge_leads_to_another(town, who, planned):
    probe = Probe(town.attempts[who], town.types)
    attempt, executor = probe.attempt, town.attempts[who].api.parts.engine.executor
    executor._planned = planned
    try:
        for operation in walks(SCHEMA):
            node = {"node": attempt.own.nodes.get(operation.of)} if operation.of else {}
            if None in node.values() or not probe.may_send(operation):
                continue
            company = {"companyId": attempt.own.nodes["Company"]} if operation.name in OF_ONE_COMPANY else {}
            text = await attempt.text(probe.document(operation), {**node, **company})
            assert attempt.leaked(text) == [], operation
    finally:
        executor._planned = True


async def test_a_node_is_read_with_the_scope_of_its_type(town):
    attempt = town.attempts[A_LIVE_KEY]
    for query in ("query($id: ID!) { node(id: $id) { id } }", "query($id: ID!) { nodes(ids: [$id]) { id } }"):
        for name, id_ in attempt.own.nodes.items():
            required = NODE_SCOPES.get(name)
            if required is None or required in PLATFORM_SCOPES:
                continue
            without = replace(attempt, caller=replace(attempt.caller, scopes=attempt.caller.scopes - {required}))
            [refused] = (await without.ask(query, {"id": id_}))["errors"]
            assert (refused["extensions"]["code"], refused["extensions"]["scopes"]) == ("FORBIDDEN", [required]), name
            assert id_ in as_text(await attempt.ask(query, {"id": id_})), name


async def unchanged(attempt: Attempt) -> bool:
    """Whether the data of the other is what it was; with a key, the caller's own data too, as nothing was allowed."""
    neighbours = [attempt.other, *([] if attempt.caller is ANYBODY else [attempt.own])]
    return all([(await seen(attempt.api, it)).rows == it.rows for it in neighbours])
