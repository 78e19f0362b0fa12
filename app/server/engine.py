"""Runs operations: parse and check a document once, check the caller's scopes, execute, and tell errors by code."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from functools import cached_property
from inspect import isawaitable
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
)
from graphql import Executor as CoreExecutor
from graphql.execution import create_source_event_stream

from app.server.documents import (
    DocumentLimits,
    check,
    forget_tokens,
    look_over,
    parsed,
    root_fields,
    with_key,
    without_key,
)
from app.server.refusals import Refusal, mask_error
from app.server.request_log import codes_of
from domain.portal.public_keys import UNKNOWN_VISITOR, ClientInfo
from domain.shared.access import NOBODY, Caller
from resolvers.context import Context, Services
from resolvers.costs import Cost, cost_of
from resolvers.errors import api_error, forbidden, over_limit
from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.executor import Executor, Operation, Plans
from resolvers.introspection import Introspection
from resolvers.scopes import RequiredScopes, required_scopes
from schema.build import build_schema, core_schema
from schema.declare import is_public, scope_of

ROOTS = ("Query", "Mutation", "Subscription")
NODES_SETTING = "QUOTEGRAPH_MAX_NODES"
BYTES_SETTING = "QUOTEGRAPH_MAX_ANSWER_BYTES"
# Documents are kept up to so many characters in all, of which each takes some 100 bytes. Plans are bounded apart.
MOST_CHARACTERS = 500_000
# Longer ones are prepared anew each time.
LONGEST_KEPT = 20_000
KEPT_PUBLIC = 100
# A whole introspection takes half a million bytes.
KEPT_INTROSPECTIONS = 20
MOST_INTROSPECTED = 4 * 1024 * 1024
MOST_MUTATIONS = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may cost (ADR 11). The defaults are those of the settings."""

    nodes: int = 100_000
    answer_bytes: int = 16 * 1024 * 1024
    tokens: int = 1_500
    public_tokens: int = 500


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as a client sends it."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    idempotency_key: str | None = None
    client_info: ClientInfo = UNKNOWN_VISITOR


@dataclass(frozen=True)
class Prepared:
    """A valid document, what its operation needs, and what it may cost: kept, with what follows from it."""

    operation: Operation
    required_scopes: RequiredScopes
    cost: Cost

    @cached_property
    def kind(self) -> OperationType:
        return self.operation.node.operation

    @cached_property
    def introspects(self) -> bool:
        """Whether the operation asks about the schema and nothing else, so that its answer is always the same."""
        node, names = self.operation.node, {"__schema", "__type", "__typename"}
        if node.variable_definitions or node.operation is not OperationType.QUERY:
            return False
        return all(isinstance(it, FieldNode) and it.name.value in names for it in node.selection_set.selections)

    @cached_property
    def has_one_field(self) -> bool:
        fields = self.operation.node.selection_set.selections
        return len(fields) == 1 and isinstance(fields[0], FieldNode)


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


class Introspected:
    """Answers to introspection as they go out, the least recently used dropped."""

    def __init__(self, most: int = MOST_INTROSPECTED) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str | None], bytes] = OrderedDict()

    def get(self, key: tuple[str, str | None]) -> bytes | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def keep(self, key: tuple[str, str | None], text: bytes) -> bytes:
        self._kept[key] = text
        while len(self._kept) > KEPT_INTROSPECTIONS or (
            len(self._kept) > 1 and sum(map(len, self._kept.values())) > self._most
        ):
            self._kept.popitem(last=False)
        return text


class Engine:
    """Executes operations against the schema. Prepared documents are kept, the least recently used dropped.

    With `json_subtrees`, what is sent as JSON may have subtrees that the database has rendered.
    """

    def __init__(
        self,
        services: Services,
        planned: bool = True,
        json_subtrees: bool = True,
        kept: int = 1000,
        limits: Limits = Limits(),
    ) -> None:
        self._schema = core_schema(build_schema())
        self._introspection = Introspection(self._schema)
        self._introspected = Introspected()
        self.executor = Executor(self._schema, planned)
        self._services = services
        self._json_subtrees = json_subtrees
        self._limits = limits
        self._known, self._strangers = with_key(limits.tokens), without_key(limits.public_tokens)
        self._prepared = _Kept(kept, MOST_CHARACTERS)
        self._writing: set[asyncio.Task[ExecutionResult]] = set()
        # What anybody may send must not push out what callers with a key have sent.
        self._public = _Kept(KEPT_PUBLIC, MOST_CHARACTERS // 10)
        self._public_plans = Plans(MOST_CHARACTERS // 10)
        self._public_fields = _public_fields(self._schema)
        # How many were begun, by type, and the codes of what was answered in place of data.
        self.operations: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def prepare(self, request: Request, caller: Caller) -> Prepared:
        """The operation, which the caller may run. Raises: Refusal."""
        try:
            return self._allowed(request, caller)
        except Refusal as refusal:
            self.errors.update(codes_of(refusal.errors))
            raise

    def _allowed(self, request: Request, caller: Caller) -> Prepared:
        public = caller is NOBODY
        prepared = self._found(request, public) or self._made(request, public)
        if lacking := prepared.required_scopes.missing(caller):
            fields = sorted({path for paths in lacking.values() for path in paths})
            message = f"This key lacks {', '.join(lacking)}, which {', '.join(fields)} needs."
            raise Refusal(forbidden(message, scopes=[str(scope) for scope in lacking], fields=fields))
        estimate, most = prepared.cost.estimate(request.variables), self._limits.nodes
        if estimate > most:
            message = (
                f"This operation may answer with some {estimate:,} objects, and {most:,} are allowed "
                f"({NODES_SETTING}). Ask for smaller pages, or for less at once."
            )
            raise Refusal(over_limit("objects", estimate, most, NODES_SETTING, message, estimate=estimate))
        introspected, most = prepared.cost.introspected, self._introspection.most_objects
        if introspected > most:
            message = (
                f"This operation asks for {introspected:,} or more objects of introspection, and {most:,} are allowed."
            )
            raise Refusal(over_limit("introspected objects", introspected, most, None, message))
        # Nothing is kept of what is refused.
        (self._public if public else self._prepared).keep((request.query, request.operation_name), prepared)
        return prepared

    @property
    def documents_kept(self) -> int:
        return len(self._prepared) + len(self._public)

    def subscribes(self, request: Request, caller: Caller) -> bool:
        """Whether an operation is a subscription, which has more than one answer. Raises: Refusal."""
        return self.prepare(request, caller).kind is OperationType.SUBSCRIPTION

    def changes(self, request: Request, caller: Caller) -> bool:
        """Whether an operation is a mutation. Raises: Refusal."""
        return self.prepare(request, caller).kind is OperationType.MUTATION

    async def execute(self, request: Request, caller: Caller, as_json: bool = False) -> ExecutionResult:
        """Run a query or a mutation. With `as_json`, parts of the data may be finished JSON. Raises: Refusal."""
        prepared = self.prepare(request, caller)
        if prepared.kind is OperationType.SUBSCRIPTION:
            raise Refusal(api_error("VALIDATION_ERROR", "Subscriptions run over a WebSocket (graphql-transport-ws)."))
        if as_json and prepared.introspects:
            return await self._introspect(prepared, request, caller)
        key = request.idempotency_key if prepared.has_one_field else None
        context = Context(self._services, caller, key, as_json and self._json_subtrees, request.client_info)
        running = self._run(prepared, request, context)
        return await (running if prepared.kind is OperationType.QUERY else self._to_its_end(running))

    async def _introspect(self, prepared: Prepared, request: Request, caller: Caller) -> ExecutionResult:
        """What is asked of the schema alone, which is the same each time: made once and kept as it goes out."""
        key = (request.query, request.operation_name)
        if (text := self._introspected.get(key)) is None:
            result = await self._run(prepared, request, Context(self._services, caller))
            if result.errors:
                return result
            text = self._introspected.keep(key, orjson.dumps(result.data))
        return ExecutionResult(orjson.Fragment(text))  # type: ignore[arg-type]

    async def _to_its_end(self, running: Coroutine[Any, Any, ExecutionResult]) -> ExecutionResult:
        """What a mutation answers. Once begun it goes on, though whoever sent it may have gone."""
        task = asyncio.create_task(running)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    def is_public(self, request: Request) -> bool:
        """Whether anybody may send this operation, without an API key. What is no operation at all is not.

        Raises: Refusal with UNAUTHORIZED, of what is longer than we read of strangers.
        """
        if self._found(request, public=True) is not None:
            return True
        tokens = look_over(request.query, self._strangers)
        # Most of what strangers send is for nobody without a key, which can be seen before it is parsed.
        if not self._public_fields.issuperset(root_fields(tokens, ROOTS)):
            return False
        try:
            prepared = self._check(request, self._strangers, self._public_plans)
        except Refusal:
            return False
        if prepared.required_scopes.public:
            self._public.keep((request.query, request.operation_name), prepared)
        return prepared.required_scopes.public

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
            raise Refusal(*(mask_error(error) for error in executor))
        stream = create_source_event_stream(executor)
        source = await stream if isawaitable(stream) else stream
        if isinstance(source, ExecutionResult):
            raise Refusal(*(mask_error(error) for error in source.errors or []))
        return self._events(source, prepared, request, caller)

    async def _events(
        self, source: Any, prepared: Prepared, request: Request, caller: Caller
    ) -> AsyncIterator[ExecutionResult]:
        begun = False
        try:
            async for event in source:
                begun = True
                yield await self._run(prepared, request, Context(self._services, caller), event)
        except Exception as failure:  # noqa: BLE001 - mask_error() logs it and hides its text
            error = failure if isinstance(failure, GraphQLError) else GraphQLError(str(failure), original_error=failure)
            if not begun:
                raise Refusal(mask_error(error)) from None
            yield ExecutionResult(None, [mask_error(error)])
        finally:
            await source.aclose()

    async def _run(self, prepared: Prepared, request: Request, context: Context, root: Any = None) -> ExecutionResult:
        self.operations[prepared.kind.value] += 1
        budget = Budget(self._limits.nodes, self._limits.answer_bytes)
        try:
            result = await self.executor.execute(prepared.operation, context, request.variables, root, budget)
        except OverBudget as over:
            result = ExecutionResult(None, [_over(over, prepared.operation.node)])
        if result.errors:
            result = ExecutionResult(result.data, [mask_error(error) for error in result.errors])
            self.errors.update(codes_of(result.errors or ()))
        return result

    def _found(self, request: Request, public: bool) -> Prepared | None:
        return (self._public if public else self._prepared).get((request.query, request.operation_name))

    def _made(self, request: Request, public: bool) -> Prepared:
        limits = self._strangers if public else self._known
        look_over(request.query, limits)
        return self._check(request, limits, self._public_plans if public else None)

    def _check(self, request: Request, limits: DocumentLimits, plans: Plans | None) -> Prepared:
        document = parsed(request.query, limits)
        check(self._schema, document, limits)
        node = _operation(document, request.operation_name)
        _check_mutations(document, node)
        forget_tokens(document)
        scopes = required_scopes(self._schema, document, node, scope_of, is_public)
        cost = cost_of(self._schema, document, node, self._introspection)
        return Prepared(self.executor.operation(document, node, plans), scopes, cost)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    named = [it for it in operations if name is None or (it.name is not None and it.name.value == name)]
    if len(named) == 1:
        return named[0]
    if name is None:
        raise Refusal(api_error("VALIDATION_ERROR", "Name one of the document's operations in `operationName`."))
    raise Refusal(api_error("VALIDATION_ERROR", f"The document has no operation {name[:100]!r}."))


def _check_mutations(document: DocumentNode, operation: OperationDefinitionNode) -> None:
    """Each mutation is a transaction with rules of its own, which no estimate of the answer counts. Raises: Refusal."""
    if operation.operation is not OperationType.MUTATION:
        return
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    left, names = [operation.selection_set], set[str]()
    while left:
        for it in left.pop().selections:
            if isinstance(it, FieldNode) and it.name.value != "__typename":
                names.add((it.alias or it.name).value)
            elif isinstance(it, InlineFragmentNode):
                left.append(it.selection_set)
            elif isinstance(it, FragmentSpreadNode) and (spread := fragments.pop(it.name.value, None)):
                left.append(spread.selection_set)
    if len(names) > MOST_MUTATIONS:
        message = (
            f"This operation has {len(names):,} mutations, and {MOST_MUTATIONS} are allowed. Send several operations."
        )
        raise Refusal(over_limit("mutations", len(names), MOST_MUTATIONS, None, message))


def _over(over: OverBudget, operation: OperationDefinitionNode) -> GraphQLError:
    """What has become too much while it ran, at its place or at the operation's first field."""
    first = next((it for it in operation.selection_set.selections if isinstance(it, FieldNode)), None)
    start = [] if first is None else [(first.alias or first.name).value]
    setting = NODES_SETTING if over.what == "objects" else BYTES_SETTING
    message = (
        f"The answer would have {over.found:,} {over.what} or more, and {over.limit:,} are allowed ({setting}). "
        "Ask for smaller pages, or for less at once."
    )
    error = over_limit(over.what, over.found, over.limit, setting, message)
    return GraphQLError(message, path=list(over.path) or start, extensions=error.extensions)


def _public_fields(schema: GraphQLSchema) -> frozenset[str]:
    """The fields at the root that need no API key."""
    roots = [schema.get_root_type(it) for it in OperationType]
    return frozenset(name for root in roots if root for name, field in root.fields.items() if is_public(field))
