"""Runs operations: parses and validates each document once, checks the caller's scopes, executes, and codes errors."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, replace
from inspect import isawaitable
from typing import Any, TypeVar

import orjson
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)
from graphql import Executor as CoreExecutor
from graphql.execution import create_source_event_stream

from adapters.database.core.statement_count import counted_statements
from app.server.document_cache import MAX_CACHED_CHARACTERS, DocumentCache, IntrospectionCache, Prepared
from app.server.documents import (
    INTROSPECTION,
    DocumentLimits,
    check,
    forget_tokens,
    parsed,
    root_fields,
    scan,
    with_key,
    without_key,
)
from app.server.error_docs import ErrorDocs
from app.server.incremental import Incremental
from app.server.operations import (
    DEFER,
    STREAM,
    check_depth,
    check_idempotency_key,
    count_mutations,
    named_operation,
    without_directives,
)
from app.server.persisted_documents import UNNAMED, DocumentName, PersistedDocuments
from app.server.refusals import Refusal, mask_error
from app.server.request_log import codes_of
from app.server.usage import NO_CLIENT, Client, Usage
from domain.portal.public_keys import UNKNOWN_VISITOR, ClientInfo
from domain.shared.access import NOBODY, Caller
from resolvers.context import Context, Services
from resolvers.costs import cost_of
from resolvers.errors import api_error, forbidden, over_limit
from resolvers.events import cursor_of
from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.executor import Executor, Plans
from resolvers.introspection import Introspection
from resolvers.refused_fields import refused_fields
from resolvers.scopes import required_scopes
from schema.build import build_schema, core_schema
from schema.declare import is_public, scope_of

R = TypeVar("R")

ROOTS = ("Query", "Mutation", "Subscription")
NODES_SETTING = "QUOTEGRAPH_MAX_NODES"
BYTES_SETTING = "QUOTEGRAPH_MAX_ANSWER_BYTES"
MAX_CACHED_PUBLIC = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one operation (ADR 11). The defaults are those of the settings."""

    nodes: int = 100_000
    answer_bytes: int = 16 * 1024 * 1024
    tokens: int = 1_500
    public_tokens: int = 500


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as a client sends it. If it only names its document, `query` is empty."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    idempotency_key: str | None = None
    client_info: ClientInfo = UNKNOWN_VISITOR
    # The cursor of the last event that a client received before it connected again (`Last-Event-ID`).
    last_event_id: str | None = None
    # How a client names the operation among those that are answered on one connection.
    operation_id: str | None = None
    document: DocumentName = UNNAMED
    # Whether fields that the key may not select are to be null, instead of the whole operation being refused.
    partial: bool = False
    # Whether the answer is to say what it cost, in `extensions.cost`.
    with_cost: bool = False
    client: Client = NO_CLIENT


class EventResult(ExecutionResult):
    """The result of an event, with the cursor from which the subscription resumes after it."""

    __slots__ = ("cursor",)

    def __init__(self, result: ExecutionResult, cursor: str) -> None:
        super().__init__(result.data, result.errors, result.extensions)
        self.cursor = cursor


class Engine:
    """Executes operations against the schema, and caches prepared documents.

    With `json_subtrees`, what is sent as JSON may have subtrees that the database has rendered.
    """

    def __init__(
        self,
        services: Services,
        planned: bool = True,
        json_subtrees: bool = True,
        kept: int = 1000,
        limits: Limits = Limits(),
        persisted: PersistedDocuments | None = None,
        docs: ErrorDocs = ErrorDocs(),
    ) -> None:
        self._schema = core_schema(build_schema())
        self._introspection = Introspection(self._schema)
        self._introspected = IntrospectionCache()
        self.executor = Executor(self._schema, planned)
        self._services = services
        self._persisted = persisted
        self._json_subtrees = json_subtrees
        self._limits = limits
        self._docs = docs
        self._key_limits, self._anonymous_limits = with_key(limits.tokens), without_key(limits.public_tokens)
        self._prepared = DocumentCache(kept, MAX_CACHED_CHARACTERS)
        self._writing: set[asyncio.Task[Any]] = set()
        # A cache of its own: requests without a key must not evict the documents of callers with a key.
        self._public = DocumentCache(MAX_CACHED_PUBLIC, MAX_CACHED_CHARACTERS // 10)
        self._public_plans = Plans(MAX_CACHED_CHARACTERS // 10)
        self._private_fields = _private_fields(self._schema)
        self.usage = Usage(self._schema)
        # Number of operations that were started, by type, and of errors, by code.
        self.operations: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def prepare(self, request: Request, caller: Caller) -> Prepared:
        """Returns the prepared operation. Raises: Refusal, if the caller may not run it."""
        try:
            return self._allowed(request, caller)
        except Refusal as refusal:
            raise self.documented(refusal) from None

    async def with_document(self, request: Request, caller: Caller) -> Request:
        """Returns the request with the text of the document that it names. Raises: Refusal."""
        if self._persisted is None:
            return request
        try:
            text = await self._persisted.text(request.document, request.query, caller)
        except Refusal as refusal:
            raise self.documented(refusal) from None
        if request.document.sha256 is not None and request.query and caller is not NOBODY:
            self.prepare(request, caller)
            self._persisted.keep(request.document, text, caller)
        return request if text is request.query else replace(request, query=text)

    def documented(self, refusal: Refusal) -> Refusal:
        """Counts a refusal, and returns it with the pages that explain its errors."""
        self.errors.update(codes_of(refusal.errors))
        return Refusal(*map(self._docs.documented, refusal.errors))

    def _allowed(self, request: Request, caller: Caller) -> Prepared:
        public = caller is NOBODY
        if self._persisted is not None:
            self._persisted.require_trusted(request.query, caller)
        prepared = self._cached(request, public) or self._prepare_new(request, public)
        lacking = prepared.required_scopes.missing(caller)
        # A copy without the fields that the caller may not select; what is kept is the whole.
        allowed = self._partial(prepared, caller) if lacking and request.partial and not public else None
        if lacking and allowed is None:
            fields = sorted({path for paths in lacking.values() for path in paths})
            requires = "requires" if len(fields) == 1 else "require"
            message = f"This key lacks {', '.join(lacking)}, which {', '.join(fields)} {requires}."
            raise Refusal(forbidden(message, scopes=[str(scope) for scope in lacking], fields=fields))
        check_idempotency_key(request.idempotency_key, prepared)
        estimate, most = prepared.cost.estimate(request.variables), self._limits.nodes
        if estimate > most:
            message = (
                f"This operation may return some {estimate:,} objects; the limit is {most:,} "
                f"({NODES_SETTING}). Request smaller pages or fewer fields."
            )
            raise Refusal(over_limit("objects", estimate, most, NODES_SETTING, message, estimate=estimate))
        introspected, most = prepared.cost.introspected, self._introspection.most_objects
        if introspected > most:
            message = f"This operation selects {introspected:,} introspected objects or more; the limit is {most:,}."
            raise Refusal(over_limit("introspected objects", introspected, most, None, message))
        # Only operations that are allowed are cached.
        (self._public if public else self._prepared).put((request.query, request.operation_name), prepared)
        return allowed or prepared

    def _partial(self, prepared: Prepared, caller: Caller) -> Prepared | None:
        """Returns the operation without the fields that the caller may not select; None for a subscription whose events
        it may not read."""
        if (known := prepared.partial.get(caller.scopes)) is not None:
            return known
        operation = prepared.operation
        refused = refused_fields(self._schema, operation.document, operation.node, scope_of, caller)
        if prepared.kind is OperationType.SUBSCRIPTION and refused.roots:
            return None
        return prepared.without(refused, caller.scopes)

    @property
    def documents_kept(self) -> int:
        return len(self._prepared) + len(self._public)

    def kind_of(self, request: Request, caller: Caller) -> OperationType:
        """Returns whether an operation is a query, a mutation or a subscription. Raises: Refusal."""
        return self.prepare(request, caller).kind

    async def execute(self, request: Request, caller: Caller, as_json: bool = False) -> ExecutionResult:
        """Runs a query or a mutation. With `as_json`, parts of the data may be JSON fragments. Raises: Refusal."""
        prepared = self.prepare(request, caller)
        if prepared.kind is OperationType.SUBSCRIPTION:
            message = "Send subscriptions over a WebSocket, or with the header `Accept: text/event-stream`."
            raise Refusal(self._shown(api_error("VALIDATION_ERROR", message)))
        self.usage.count(prepared, request.client, caller)
        if as_json and prepared.introspects:
            return await self._introspect(prepared, request, caller)
        as_json = as_json and self._json_subtrees
        context = Context(self._services, caller, request.idempotency_key, as_json, request.client_info)
        coroutine = self._run(prepared, request, context)
        return await (coroutine if prepared.kind is OperationType.QUERY else self._shielded(coroutine))

    def is_incremental(self, request: Request, caller: Caller) -> bool:
        """Returns whether parts of an operation may come later. Raises: Refusal."""
        return self.prepare(request, caller).incremental is not None

    async def execute_incrementally(self, request: Request, caller: Caller, stream: bool) -> Incremental:
        """Runs a query or a mutation, of which parts may come later, list entries only with `stream`. graphql-core runs
        it, without a plan. Raises: Refusal."""
        prepared = self.prepare(request, caller)
        assert prepared.incremental is not None, "the caller has asked is_incremental()"
        self.usage.count(prepared, request.client, caller)
        context = Context(self._services, caller, request.idempotency_key, False, request.client_info)
        self.operations[prepared.kind.value] += 1
        budget = Budget(self._limits.nodes, self._limits.answer_bytes)
        name = request.operation_name
        document = prepared.incremental if stream else without_directives(prepared.incremental, STREAM)
        running = self.executor.execute_incrementally(document, name, context, request.variables, budget)
        try:
            result = await (running if prepared.kind is OperationType.QUERY else self._shielded(running))
        except OverBudget as over:
            result = ExecutionResult(None, [_over(over, prepared.operation.node)])

        def shown(error: GraphQLError) -> GraphQLError:
            over = error.original_error
            return self._shown(_over(over, prepared.operation.node) if isinstance(over, OverBudget) else error)

        return Incremental(result, shown)

    async def _introspect(self, prepared: Prepared, request: Request, caller: Caller) -> ExecutionResult:
        """Returns the result of an introspection query, from the cache if possible."""
        key = (request.query, request.operation_name)
        if (text := self._introspected.get(key)) is None:
            result = await self._run(prepared, request, Context(self._services, caller))
            if result.errors:
                return result
            text = self._introspected.put(key, orjson.dumps(result.data))
        return ExecutionResult(orjson.Fragment(text))  # type: ignore[arg-type]

    async def _shielded(self, coroutine: Coroutine[Any, Any, R]) -> R:
        """Runs a mutation to its end, even if the client disconnects."""
        task = asyncio.create_task(coroutine)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        return await asyncio.shield(task)

    def is_public(self, request: Request) -> bool:
        """Whether this operation needs no API key.

        Raises: Refusal, if the document selects no field that needs a key and is invalid, and with UNAUTHORIZED, if it
        exceeds the limits without a key.
        """
        if self._cached(request, public=True) is not None:
            return True
        tokens = scan(request.query, self._anonymous_limits)
        # Most requests without a key select fields that need one, which is visible before parsing. A field that does
        # not exist is a typing mistake, which a key would not mend.
        roots = set(root_fields(tokens, ROOTS)) - {"__typename"}
        if not roots or not self._private_fields.isdisjoint(roots):
            return False
        prepared = self._check(request, self._anonymous_limits, self._public_plans)
        if prepared.required_scopes.public:
            self._public.put((request.query, request.operation_name), prepared)
        return prepared.required_scopes.public

    async def subscribe(self, request: Request, caller: Caller) -> AsyncIterator[ExecutionResult]:
        """Runs a subscription, each event with loaders of its own.

        Raises: Refusal, also in place of the first event, if the subscription cannot start.
        """
        prepared = self.prepare(request, caller)
        executor = CoreExecutor.build(
            self._schema,
            prepared.operation.document,
            context_value=Context(self._services, caller, resume_after=request.last_event_id),
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if isinstance(executor, list):
            raise Refusal(*(self._shown(error) for error in executor))
        stream = create_source_event_stream(executor)
        source = await stream if isawaitable(stream) else stream
        if isinstance(source, ExecutionResult):
            raise Refusal(*(self._shown(error) for error in source.errors or []))
        self.usage.count(prepared, request.client, caller)
        return self._events(source, prepared, request, caller)

    async def _events(
        self, source: Any, prepared: Prepared, request: Request, caller: Caller
    ) -> AsyncIterator[ExecutionResult]:
        started = False
        try:
            async for event in source:
                started = True
                result = await self._run(prepared, request, Context(self._services, caller), event)
                yield EventResult(result, cursor_of(event))
        except Exception as failure:  # noqa: BLE001 - self._shown() logs it and hides its text
            error = failure if isinstance(failure, GraphQLError) else GraphQLError(str(failure), original_error=failure)
            if not started:
                raise Refusal(self._shown(error)) from None
            yield ExecutionResult(None, [self._shown(error)])
        finally:
            await source.aclose()

    async def _run(self, prepared: Prepared, request: Request, context: Context, root: Any = None) -> ExecutionResult:
        self.operations[prepared.kind.value] += 1
        budget = Budget(self._limits.nodes, self._limits.answer_bytes)
        with counted_statements() if request.with_cost else nullcontext() as count:
            try:
                result = await self.executor.execute(prepared.operation, context, request.variables, root, budget)
            except OverBudget as over:
                result = ExecutionResult(None, [_over(over, prepared.operation.node)])
        if result.errors:
            result = ExecutionResult(result.data, [self._shown(error) for error in result.errors])
            self.errors.update(codes_of(result.errors or ()))
        if count is not None:
            estimate = prepared.cost.estimate(request.variables)
            cost = {"estimatedObjects": estimate, "objects": budget.objects, "statements": count.statements}
            result = ExecutionResult(result.data, result.errors, {"cost": cost})
        return result

    def _shown(self, error: GraphQLError) -> GraphQLError:
        return self._docs.documented(mask_error(error))

    def _cached(self, request: Request, public: bool) -> Prepared | None:
        return (self._public if public else self._prepared).get((request.query, request.operation_name))

    def _prepare_new(self, request: Request, public: bool) -> Prepared:
        limits = self._anonymous_limits if public else self._key_limits
        scan(request.query, limits)
        return self._check(request, limits, self._public_plans if public else None)

    def _check(self, request: Request, limits: DocumentLimits, plans: Plans | None) -> Prepared:
        document = parsed(request.query, limits)
        check(self._schema, document, limits)
        node = named_operation(document, request.operation_name)
        mutations = count_mutations(document, node)
        forget_tokens(document)
        scopes = required_scopes(self._schema, document, node, scope_of, is_public)
        cost = cost_of(self._schema, document, node, self._introspection)
        check_depth(cost.depth)
        whole = without_directives(document, DEFER, STREAM)
        executed = node if whole is document else named_operation(whole, request.operation_name)
        operation = self.executor.operation(whole, executed, plans)
        return Prepared(operation, scopes, cost, mutations, None if whole is document else document)


def _over(over: OverBudget, operation: OperationDefinitionNode) -> GraphQLError:
    """Returns the error of an exceeded limit, with the path where it happened or of the operation's first field."""
    first = next((it for it in operation.selection_set.selections if isinstance(it, FieldNode)), None)
    start = [] if first is None else [(first.alias or first.name).value]
    setting = NODES_SETTING if over.what == "objects" else BYTES_SETTING
    message = (
        f"The answer would have {over.found:,} {over.what} or more; the limit is {over.limit:,} ({setting}). "
        "Request smaller pages or fewer fields."
    )
    error = over_limit(over.what, over.found, over.limit, setting, message)
    return GraphQLError(message, path=list(over.path) or start, extensions=error.extensions)


def _private_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Returns the root fields that need an API key, introspection among them."""
    roots = [root for it in OperationType if (root := schema.get_root_type(it))]
    fields = {name for root in roots for name, field in root.fields.items() if not is_public(field)}
    return frozenset(fields.union(INTROSPECTION))
