"""Both executors answer random documents over the product's own schema alike, on both databases, whatever fails.

The demo data is asked with ids, cursors and texts that earlier answers contained. Every run takes another seed;
QUOTEGRAPH_TEST_SEED=… repeats one.
"""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    parse,
    validate,
)

from adapters.database.core.engine import open_database
from app.wiring import LOADERS
from domain.shared.access import Caller
from domain.shared.ids import new_id
from resolvers.context import Context, Services
from resolvers.execution.executor import Executor
from resolvers.refused_fields import refused_fields
from schema.build import build_schema, core_schema
from schema.declare import scope_of
from tests.databases import DIALECTS
from tests.execution.comparing import compare, nested_leaves
from tests.execution.conftest import Seeded
from tests.execution.documents import Document, Habits, a_document
from tests.execution.product import OPERATOR, KnownValues, ReadFaults, a_customers_key, services_over, with_faults
from tests.execution.seeds import SEED

# Of several awaitables of which one fails, graphql-core leaves the others. A plan leaves none.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <coroutine:pytest.PytestUnraisableExceptionWarning"
)

EXAMPLES = Path(__file__).parents[2] / "examples"
DOCUMENTS = 500
SCHEMA = core_schema(build_schema())
PLANNED, CORE = Executor(SCHEMA), Executor(SCHEMA, planned=False)
# Reading a quote by its public key notes that it was read.
WRITING = frozenset({"Query.publicQuote"})

REFUSED = (
    f'mutation {{ rejectItem(input: {{itemId: "{new_id()}"}}) {{ userErrors {{ code }} query {{ __typename }} }} }}'
)
N = TypeVar("N", bound=Node)


@dataclass
class Answers:
    """Two executors over the same services, and what was learnt from them."""

    services: Services
    callers: list[Caller]
    known: KnownValues = field(default_factory=KnownValues)

    async def by(
        self,
        executor: Executor,
        document: DocumentNode,
        variables: dict[str, Any],
        caller: Caller,
        faults: ReadFaults = ReadFaults(),
        json_subtrees: bool = False,
    ) -> ExecutionResult:
        context = Context(with_faults(self.services, faults), caller, json_subtrees=json_subtrees)
        node = operation_of(document)
        refused = refused_fields(SCHEMA, document, node, scope_of, caller)
        operation = executor.operation(document, node).refusing(refused.errors)
        return await executor.execute(operation, context, variables)

    async def check(
        self, asked: Document, document: DocumentNode, caller: Caller, faults: ReadFaults
    ) -> ExecutionResult:
        """The answers of all: by rows, with JSON subtrees, and by graphql-core. Raises: Differ."""
        given = (asked.variables, caller, faults)

        async def every(other: DocumentNode) -> ExecutionResult:
            return await self.by(CORE, other, *given)

        core = await self.by(CORE, document, *given)
        for json_subtrees in (False, True):
            planned = await self.by(PLANNED, document, *given, json_subtrees=json_subtrees)
            await compare(SCHEMA, document, planned, core, every)
        return core


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=DIALECTS)
async def answers(request: pytest.FixtureRequest, seeded: Seeded) -> AsyncIterator[Answers]:
    database = open_database(await seeded(request.param))
    async with services_over(database) as services:
        found = Answers(services, [OPERATOR, await a_customers_key(database)])
        for example in sorted(EXAMPLES.glob("*.graphql")):
            found.known.learn((await found.by(CORE, parse(example.read_text()), {}, OPERATOR)).data)
        yield found
    await database.close()


def below_a_payload(document: DocumentNode) -> DocumentNode:
    """The same selection below the `query` of a payload, of a mutation that is refused."""
    mutation = operation_of(parse(REFUSED))
    payload = mutation.selection_set.selections[0]
    assert isinstance(payload, FieldNode)
    assert payload.selection_set is not None
    errors, query = payload.selection_set.selections
    operation = operation_of(document)
    query = replaced(query, selection_set=operation.selection_set)
    payload = replaced(payload, selection_set=SelectionSetNode(selections=(errors, query)))
    selected = SelectionSetNode(selections=(payload,))
    made = replaced(operation, operation=OperationType.MUTATION, selection_set=selected)
    return DocumentNode(definitions=tuple(made if it is operation else it for it in document.definitions))


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    return next(it for it in document.definitions if isinstance(it, OperationDefinitionNode))


def replaced(node: N, **parts: Any) -> N:
    return type(node)(**{key: parts.get(key, getattr(node, key)) for key in node.keys})


def with_fewer_scopes(caller: Caller, chance: random.Random) -> Caller:
    """A caller whose operations have fields that it may not select."""
    return replace(caller, scopes=frozenset(chance.sample(sorted(caller.scopes), len(caller.scopes) - 3)))


def some_faults(chance: random.Random) -> ReadFaults:
    if chance.random() < 0.8:
        return ReadFaults()
    loader = chance.choice(sorted(LOADERS)) if chance.random() < 0.4 else ""
    return ReadFaults(chance.randrange(1000), chance.choice([0.02, 0.1, 0.3]), loader)


@pytest.mark.asyncio(loop_scope="module")
async def test_documents_over_the_products_schema_are_answered_alike(answers):
    habits = Habits(answers.known.values, depth=5, size=30, nesting=0.4, given=0.2, without=WRITING)
    wide = replace(habits, breadth=80, size=400)
    answered = nested = refused = 0
    for number in range(DOCUMENTS):
        chance = random.Random(f"{SEED} {number}")
        asked = a_document(SCHEMA, wide if number % 25 == 0 else habits, chance)
        document = parse(asked.text)
        if validate(SCHEMA, document, [OverlappingFieldsCanBeMergedRule]):
            continue
        if number % 5 == 0:
            document = below_a_payload(document)
        caller, faults = chance.choice(answers.callers), some_faults(chance)
        if number % 4 == 0:
            caller = with_fewer_scopes(caller, chance)
        try:
            result = await answers.check(asked, document, caller, faults)
        except Exception as error:
            run = f"QUOTEGRAPH_TEST_SEED={SEED}, document {number}, {faults}, {caller}, {asked.variables}"
            raise AssertionError(f"{error}\n{run}\n{asked.text}") from error
        answers.known.learn(result.data)
        answered += 1
        nested += not result.errors and nested_leaves(result.data) > 0
        refused += sum((it.extensions or {}).get("code") == "FORBIDDEN" for it in result.errors or ())
    assert answered > 0.98 * DOCUMENTS
    assert nested > 0.4 * DOCUMENTS
    assert refused > 0.03 * DOCUMENTS
    assert PLANNED.counts["fallback"] < 0.02 * DOCUMENTS
