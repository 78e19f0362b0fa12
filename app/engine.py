"""Runs operations: parse and check a document once, check the caller's scopes, execute, and tell errors by code."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    OperationDefinitionNode,
    OperationType,
    Token,
    TokenKind,
    parse,
    validate,
)
from graphql import Executor as CoreExecutor
from graphql.execution import create_source_event_stream

from domain.access import NOBODY, Caller
from domain.ids import new_id
from domain.public_keys import UNKNOWN_VISITOR, Visitor
from resolvers.context import Context, Services
from resolvers.costs import Cost, cost_of
from resolvers.errors import api_error, forbidden
from resolvers.execution.executor import Executor, Operation, Plans
from resolvers.scopes import Needs, needs_of
from schema.build import build_schema, core_schema
from schema.declare import is_public, scope_of

log = logging.getLogger(__name__)

MOST_TOKENS = 20_000
MOST_ERRORS = 20
# A page of 100 quotes with all their parts is estimated at less.
MOST_NODES = 100_000
LONGEST_MESSAGE = 1000
# Documents are kept up to so many characters in all, of which each takes some 100 bytes. Plans are bounded apart.
MOST_CHARACTERS = 500_000
# Longer ones are prepared anew each time.
LONGEST_KEPT = 50_000
# What the customer's page sends is far shorter, and nobody else needs to be listened to without a key.
LONGEST_PUBLIC = 10_000
KEPT_PUBLIC = 100


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as a client sends it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    idempotency_key: str | None = None
    visitor: Visitor = UNKNOWN_VISITOR


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid document, what its operation needs, and what it may cost."""

    operation: Operation
    needs: Needs
    cost: Cost

    @property
    def kind(self) -> OperationType:
        return self.operation.node.operation

    @property
    def has_one_field(self) -> bool:
        fields = self.operation.node.selection_set.selections
        return len(fields) == 1 and isinstance(fields[0], FieldNode)


class Refusal(Exception):
    """An operation was refused before anything of it ran."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


class _Kept:
    """Prepared documents, the least recently used dropped: so many at most, and so many characters of them."""

    def __init__(self, most: int, most_characters: int) -> None:
        self._most = most
        self._most_characters = most_characters
        self._characters = 0
        self._found: OrderedDict[tuple[str, str | None], Prepared] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: tuple[str, str | None]) -> Prepared | None:
        found = self._found.get(key)
        if found is not None:
            self._found.move_to_end(key)
        return found

    def keep(self, key: tuple[str, str | None], prepared: Prepared) -> None:
        if len(key[0]) > LONGEST_KEPT or self._most == 0 or key in self._found:
            return
        self._found[key] = prepared
        self._characters += len(key[0])
        while len(self._found) > self._most or self._characters > self._most_characters:
            (dropped, _), _ = self._found.popitem(last=False)
            self._characters -= len(dropped)


class Engine:
    """Executes operations against the schema. Prepared documents are kept, the least recently used dropped.

    With `texts`, what goes out as JSON may have subtrees that the database has written as such.
    """

    def __init__(
        self,
        services: Services,
        planned: bool = True,
        texts: bool = True,
        kept: int = 1000,
        most_nodes: int = MOST_NODES,
    ) -> None:
        self._schema = core_schema(build_schema())
        self.executor = Executor(self._schema, planned)
        self._services = services
        self._texts = texts
        self._most_nodes = most_nodes
        self._prepared = _Kept(kept, MOST_CHARACTERS)
        self._writing: set[asyncio.Task[ExecutionResult]] = set()
        # What anybody may send must not push out what callers with a key have sent.
        self._public = _Kept(KEPT_PUBLIC, MOST_CHARACTERS // 10)
        self._public_plans = Plans(MOST_CHARACTERS // 10)

    def prepare(self, request: Request, caller: Caller) -> Prepared:
        """The operation, which the caller may run. Raises: Refusal."""
        prepared = self._lookup(request, caller is NOBODY)
        if lacking := prepared.needs.lacking(caller):
            fields = sorted({path for paths in lacking.values() for path in paths})
            told = f"This key lacks {', '.join(lacking)}, which {', '.join(fields)} needs."
            raise Refusal(forbidden(told, scopes=[str(scope) for scope in lacking], fields=fields))
        estimate = prepared.cost.estimate(request.variables)
        if estimate > self._most_nodes:
            told = (
                f"This operation may answer with some {estimate:,} objects, and {self._most_nodes:,} are allowed. "
                "Ask for smaller pages, or for less at once."
            )
            raise Refusal(api_error("VALIDATION_ERROR", told, estimate=estimate, limit=self._most_nodes))
        return prepared

    @property
    def documents_kept(self) -> int:
        return len(self._prepared) + len(self._public)

    async def execute(self, request: Request, caller: Caller, as_text: bool = False) -> ExecutionResult:
        """Run a query or a mutation. With `as_text`, parts of the data may be finished JSON. Raises: Refusal."""
        prepared = self.prepare(request, caller)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise Refusal(api_error("VALIDATION_ERROR", "Subscriptions run over a WebSocket (graphql-transport-ws)."))
        key = request.idempotency_key if prepared.has_one_field else None
        context = Context(self._services, caller, key, as_text and self._texts, request.visitor)
        running = self._run(prepared, request, context)
        return await (running if prepared.kind is OperationType.QUERY else self._to_its_end(running))

    async def _to_its_end(self, running: Coroutine[Any, Any, ExecutionResult]) -> ExecutionResult:
        """What a mutation answers. Once begun it goes on, though whoever sent it may have gone."""
        task = asyncio.create_task(running)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    def is_public(self, request: Request) -> bool:
        """Whether anybody may send this operation, without an API key. What is no operation at all is not."""
        if len(request.query) > LONGEST_PUBLIC:
            return False
        try:
            return self._lookup(request, True).needs.public
        except Refusal:
            return False

    async def subscribe(self, request: Request, caller: Caller) -> AsyncIterator[ExecutionResult]:
        """Run a subscription, each event with loaders of its own.

        Raises: Refusal, also in place of the first event, where the subscription cannot begin.
        """
        prepared = self.prepare(request, caller)
        executor = CoreExecutor.build(
            self._schema,
            prepared.operation.document,
            context_value=Context(self._services, caller),
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if isinstance(executor, list):
            raise Refusal(*(told(error) for error in executor))
        stream = create_source_event_stream(executor)
        source = await stream if isawaitable(stream) else stream
        if isinstance(source, ExecutionResult):
            raise Refusal(*(told(error) for error in source.errors or []))
        return self._events(source, prepared, request, caller)

    async def _events(
        self, source: Any, prepared: Prepared, request: Request, caller: Caller
    ) -> AsyncIterator[ExecutionResult]:
        begun = False
        try:
            async for event in source:
                begun = True
                yield await self._run(prepared, request, Context(self._services, caller), event)
        except Exception as failure:  # noqa: BLE001 - told() logs it and hides its text
            error = failure if isinstance(failure, GraphQLError) else GraphQLError(str(failure), original_error=failure)
            if not begun:
                raise Refusal(told(error)) from None
            yield ExecutionResult(None, [told(error)])
        finally:
            await source.aclose()

    async def _run(self, prepared: Prepared, request: Request, context: Context, root: Any = None) -> ExecutionResult:
        result = await self.executor.execute(prepared.operation, context, request.variables, root)
        if result.errors:
            result = ExecutionResult(result.data, [told(error) for error in result.errors])
        return result

    def _lookup(self, request: Request, public: bool) -> Prepared:
        kept, key = self._public if public else self._prepared, (request.query, request.operation_name)
        if (found := kept.get(key)) is not None:
            return found
        prepared = self._check(request, self._public_plans if public else None)
        kept.keep(key, prepared)
        return prepared

    def _check(self, request: Request, plans: Plans | None) -> Prepared:
        try:
            document = parse(request.query, max_tokens=MOST_TOKENS)
        except GraphQLSyntaxError as error:
            raise Refusal(told(error)) from None
        errors = validate(self._schema, document, max_errors=MOST_ERRORS)
        if errors:
            raise Refusal(*(told(error) for error in errors))
        node = _operation(document, request.operation_name)
        _forget_tokens(document)
        needs = needs_of(self._schema, document, node, scope_of, is_public)
        return Prepared(self.executor.operation(document, node, plans), needs, cost_of(self._schema, document, node))


def _forget_tokens(document: DocumentNode) -> None:
    """Leave of each place in a document only where it is. Its tokens are the larger part of a parsed document, and as
    they point at each other they would outlive it until the collector comes by."""
    nothing = Token(TokenKind.SOF, 0, 0, 0, 0)
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        if node.loc is not None:
            node.loc.start_token = node.loc.end_token = nothing
        for key in node.keys:
            below = getattr(node, key)
            if isinstance(below, Node):
                waiting.append(below)
            elif isinstance(below, tuple):
                waiting += [it for it in below if isinstance(it, Node)]


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    named = [it for it in operations if name is None or (it.name is not None and it.name.value == name)]
    if len(named) == 1:
        return named[0]
    if name is None:
        raise Refusal(api_error("VALIDATION_ERROR", "Name one of the document's operations in `operationName`."))
    raise Refusal(api_error("VALIDATION_ERROR", f"The document has no operation {name[:100]!r}."))


def told(error: GraphQLError) -> GraphQLError:
    """An error as clients may see it: every one has a code, and what went wrong inside stays in the log."""
    if error.extensions and "code" in error.extensions:
        return error
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        code = "INTERNAL_ERROR" if error.path and original is None and "Cannot return null" in error.message else None
        return _coded(error, code or "VALIDATION_ERROR", error.message)
    reference = new_id()
    log.error("internal error %s at %s", reference, error.path, exc_info=original)
    return _coded(error, "INTERNAL_ERROR", "Something went wrong on our side.", reference)


def _coded(error: GraphQLError, code: str, message: str, reference: str | None = None) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": code, **({"reference": reference} if reference else {})}
    if len(message) > LONGEST_MESSAGE:
        # graphql-core repeats what was sent, however long.
        message = message[:LONGEST_MESSAGE] + "…"
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)
