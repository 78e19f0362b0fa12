"""Runs operations: executes what is prepared for the caller, and codes errors."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType

from adapters.database.core.statement_count import counted_statements
from app.query_readers import QueryReaders
from app.server.admission import Admission
from app.server.costs import NO_DETAILS, Charge, ChargeOfStart, actual_cost, cost_extension, details_of
from app.server.disclosure import Disclosure
from app.server.document_cache import CACHE_BYTES, CacheSizes, IntrospectionCache, Prepared
from app.server.error_docs import ErrorDocs
from app.server.incremental import Incremental
from app.server.limits import Limits, over_budget
from app.server.live.feed import Feed
from app.server.live.outlets import Membership, Outlet
from app.server.live.pace import Pace
from app.server.live.selections import Selection, selection_key
from app.server.live.shared_loaders import SharedLoaders
from app.server.live.watches import begin_watch
from app.server.new_documents import NewDocuments
from app.server.operations import STREAM, without_directives
from app.server.outages import raise_outage
from app.server.payers import payer_of
from app.server.persisted_documents import PersistedDocuments
from app.server.preparation import Allowed, Preparation
from app.server.rate_limits import RateLimited, RateLimits, rate_limited
from app.server.refusals import Refusal, error_of, mask_error
from app.server.replays import with_replay
from app.server.request_log import codes_of
from app.server.requests import Request
from app.server.turns import Overloaded, Turn
from app.server.usage import Client, Usage
from app.server.variables import check_variables
from domain.shared.access import NOBODY, Caller
from domain.shared.events import Event, EventType
from resolvers.context import Context, Services
from resolvers.errors import Reason, api_error
from resolvers.events import Watch, WatchOfAll
from resolvers.execution.budget import Budget, OverBudget
from resolvers.execution.executor import Executor
from resolvers.loaders import Loaders
from schema.build import build_schema, core_schema

R = TypeVar("R")


class Engine:
    """Executes operations against the schema, and caches prepared documents.

    With `json_subtrees`, what is sent as JSON may have subtrees that the database has rendered.
    """

    def __init__(
        self,
        services: Services,
        planned: bool = True,
        json_subtrees: bool = True,
        cache_bytes: int = CACHE_BYTES,
        limits: Limits = Limits(),
        persisted: PersistedDocuments | None = None,
        docs: ErrorDocs = ErrorDocs(),
        readers: QueryReaders | None = None,
        admission: Admission | None = None,
        rate_limits: RateLimits | None = None,
        new_documents: NewDocuments | None = None,
        disclosure: Disclosure = Disclosure(),
    ) -> None:
        self._schema = core_schema(build_schema())
        self._introspected = IntrospectionCache()
        sizes = CacheSizes.of(cache_bytes)
        self.executor = Executor(self._schema, planned, sizes.plans)
        self.preparation = Preparation(self._schema, self.executor, limits, sizes, disclosure)
        self.disclosure = disclosure
        self._services = services
        self._readers = readers
        self._persisted = persisted
        self._json_subtrees = json_subtrees
        self.limits = limits
        self._docs = docs
        self.admission = admission or Admission()
        self.rate_limits = rate_limits or RateLimits()
        self.new_documents = new_documents or NewDocuments()
        self.pace = Pace(lambda: self.admission.is_busy)
        self._shared_loaders = SharedLoaders()
        self.feed = Feed(services.event_log, services.event_notifications, self.pace)
        self._writing: set[asyncio.Task[Any]] = set()
        self.usage = Usage(self._schema)
        # Number of operations that were started, by type, and of errors, by code.
        self.operations: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def prepare(self, request: Request, caller: Caller) -> Allowed:
        """Returns the prepared operation, and what it may cost. Raises: Refusal, if the caller may not run it."""
        try:
            # Nothing else is prepared before: with_document() has checked it, and our own documents are trusted.
            if self._persisted is not None and request.prepared is None:
                self._persisted.require_trusted(request.query, caller)
            allowed = self.preparation.allowed(request, caller)
            if allowed.prepared.cost.introspects and self._persisted is not None:
                self._persisted.require_introspection(request.document, request.query, caller)
            return allowed
        except Refusal as refusal:
            raise self.documented(refusal) from None

    async def with_document(self, request: Request, caller: Caller) -> Request:
        """Returns the request with the text of the document that it names, and prepared if the caller has a key.
        Raises: Refusal."""
        try:
            check_variables(request.variables, self.limits)
            text = request.query
            if self._persisted is not None:
                text = await self._persisted.text(request.document, request.query, caller)
            named = request if text is request.query else replace(request, query=text)
            if caller is NOBODY:
                return named
            named = await self._with_prepared(named, caller)
        except Refusal as refusal:
            raise self.documented(refusal) from None
        if self._persisted is not None and request.document.sha256 is not None and request.query:
            self.prepare(named, caller)
            self._persisted.keep(request.document, text, caller)
        return named

    async def _with_prepared(self, request: Request, caller: Caller) -> Request:
        if self._persisted is not None:
            self._persisted.require_trusted(request.query, caller)
        if self.preparation.is_known(request, caller):
            return request
        trusted = self._persisted is not None and self._persisted.is_trusted(request.document, request.query)
        steps, payer = self.preparation.steps(request, caller, trusted), payer_of(caller, request.client_info).id
        prepared = await self.new_documents.prepare(payer, request.document_key, steps, is_free=trusted)
        return replace(request, prepared=prepared)

    def documented(self, refusal: Refusal) -> Refusal:
        """Counts a refusal, and returns it with the pages that explain its errors."""
        self.errors.update(codes_of(refusal.errors))
        return Refusal(*map(self._docs.documented, refusal.errors))

    @property
    def most_cost(self) -> int:
        """The points that one operation may cost."""
        return self.limits.cost

    async def public(self, request: Request) -> Request | None:
        """Returns a prepared request that needs no API key, or None if it needs one.

        Raises: Refusal, if the document selects no field that needs a key and is invalid, and with UNAUTHORIZED, if it
        exceeds the limits without a key.
        """
        preparation = self.preparation
        if preparation.is_known(request, NOBODY):
            return request
        if not preparation.may_be_public(request):
            return None
        payer, steps = payer_of(NOBODY, request.client_info).id, preparation.steps(request, NOBODY)
        prepared = await self.new_documents.prepare(payer, request.document_key, steps, is_public=True)
        if not prepared.required_scopes.public:
            return None
        preparation.keep_public(request, prepared)
        return replace(request, prepared=prepared)

    def kind_of(self, request: Request, caller: Caller) -> OperationType:
        """Returns whether an operation is a query, a mutation or a subscription. Raises: Refusal."""
        return self.prepare(request, caller).prepared.kind

    async def execute(self, request: Request, caller: Caller, as_json: bool = False) -> ExecutionResult:
        """Runs a query or a mutation. With `as_json`, parts of the data may be JSON fragments. Raises: Refusal."""
        prepared, points = self.prepare(request, caller)
        if prepared.kind is OperationType.SUBSCRIPTION:
            message = "Send subscriptions over a WebSocket, or with the header `Accept: text/event-stream`."
            raise Refusal(self._shown(api_error("VALIDATION_ERROR", message)))
        charge = await self._charge(points, request, caller)
        if as_json and prepared.introspects:
            self.usage.count(prepared, request.client, caller)
            return await self._introspect(prepared, request, caller, charge)
        context, turn = await self._begin(prepared, request, caller, charge, as_json and self._json_subtrees)
        coroutine = self._run(prepared, request, context, charge=charge)
        return await self._to_its_end(coroutine, prepared, turn)

    async def _begin(
        self, prepared: Prepared, request: Request, caller: Caller, charge: Charge, as_json: bool
    ) -> tuple[Context, Turn]:
        """Waits until a query or a mutation may begin. Returns its context and its turn. Raises: Refusal."""
        with charge.put_back():
            turn = await self._enter(prepared, charge)
            try:
                # It may wait for a replica, and so counts as under way.
                services = await self._services_for(prepared, caller)
            except BaseException:
                turn.leave()
                raise
        self.usage.count(prepared, request.client, caller)
        return Context(services, caller, request.idempotency_key, as_json, request.client_info), turn

    async def _services_for(self, prepared: Prepared, caller: Caller) -> Services:
        """Returns the services of an operation. What changes something, or follows what has changed, reads from the
        primary."""
        if self._readers is None or prepared.kind is not OperationType.QUERY:
            return self._services
        reader = await self._readers.of(caller)
        return self._services if reader is self._services.reader else replace(self._services, reader=reader)

    def is_incremental(self, request: Request, caller: Caller) -> bool:
        """Returns whether parts of an operation may come later. Raises: Refusal."""
        return self.prepare(request, caller).prepared.incremental is not None

    async def execute_incrementally(self, request: Request, caller: Caller, stream: bool) -> Incremental:
        """Runs a query or a mutation, of which parts may come later, list entries only with `stream`. graphql-core runs
        it, without a plan. Raises: Refusal."""
        prepared, points = self.prepare(request, caller)
        assert prepared.incremental is not None, "the caller has asked is_incremental()"
        charge = await self._charge(points, request, caller)
        context, turn = await self._begin(prepared, request, caller, charge, as_json=False)
        self.operations[prepared.kind.value] += 1
        budget = Budget(self.limits.run_cost, self.limits.answer_bytes)
        name = request.operation_name
        document = prepared.incremental if stream else without_directives(prepared.incremental, STREAM)
        running = self.executor.execute_incrementally(document, name, context, request.variables, budget)
        settle = partial(charge.settle_used, prepared, budget)
        try:
            result = await self._to_its_end(running, prepared, turn)
        except OverBudget as over:
            result = ExecutionResult(None, [over_budget(over, prepared.operation.node)])
        except BaseException:
            settle()
            raise

        def shown(error: GraphQLError) -> GraphQLError:
            over = error.original_error
            found = over_budget(over, prepared.operation.node) if isinstance(over, OverBudget) else error
            return self._shown(found, caller)

        return Incremental(result, shown, context, settle)

    async def _introspect(
        self, prepared: Prepared, request: Request, caller: Caller, charge: Charge
    ) -> ExecutionResult:
        """Returns the result of an introspection query, from the cache if possible."""
        key = request.document_key
        if (text := self._introspected.get(key)) is None:
            result = await self._run(prepared, request, Context(self._services, caller), charge=charge)
            if result.errors:
                return result
            text = self._introspected.put(key, orjson.dumps(result.data))
        extensions = charge.settle(charge.requested)
        return ExecutionResult(orjson.Fragment(text), None, extensions)  # type: ignore[arg-type]

    async def _charge(self, points: int, request: Request, caller: Caller) -> Charge:
        """Takes the points that an operation may cost. Raises: Refusal, if there are not so many."""
        payer = payer_of(caller, request.client_info)
        try:
            return Charge(points, await self.rate_limits.take(payer, points), payer, self.rate_limits)
        except RateLimited as limited:
            raise self.documented(Refusal(rate_limited(limited))) from None

    async def _enter(self, prepared: Prepared, charge: Charge) -> Turn:
        """Waits until an operation may begin. Raises: Refusal, if too many are under way."""
        points = prepared.load.expected(charge.payer.id, charge.requested)
        try:
            return await self.admission.enter(prepared.kind, charge.payer.id, points)
        except Overloaded:
            raise self.documented(Refusal(self.admission.error)) from None

    async def _to_its_end(self, coroutine: Coroutine[Any, Any, R], prepared: Prepared, turn: Turn) -> R:
        """Runs an operation that is under way: a mutation to its end, even if the client disconnects."""
        if prepared.kind is OperationType.QUERY:
            try:
                return await coroutine
            finally:
                turn.leave()
        task = asyncio.create_task(coroutine)
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)
        task.add_done_callback(lambda _: turn.leave())
        return await asyncio.shield(task)

    async def follow(self, request: Request, caller: Caller, outlet: Outlet) -> Membership:
        """Begins a subscription, whose results go to the outlet. Raises: Refusal."""
        prepared, watch, start = await self._watch(request, caller)
        if not watch.current:
            start.settle()
        return self.feed.follow(watch, self._selection(prepared, request, caller, start), outlet)

    async def _watch(self, request: Request, caller: Caller) -> tuple[Prepared, Watch | WatchOfAll, ChargeOfStart]:
        """Returns what a subscription follows, and its charge, which is not settled yet. Raises: Refusal."""
        prepared, points = self.prepare(request, caller)
        charge = await self._charge(points, request, caller)
        with charge.put_back():
            turn = await self._enter(prepared, charge)
        start = ChargeOfStart(charge)
        try:
            context = Context(self._services, caller, resume_after=request.last_event_id)
            watch = await begin_watch(self._schema, prepared, request, context, lambda it: self._shown(it, caller))
        except BaseException:
            start.settle()
            raise
        finally:
            turn.leave()
        self.usage.count(prepared, request.client, caller)
        return prepared, watch, start

    def _selection(self, prepared: Prepared, request: Request, caller: Caller, start: ChargeOfStart) -> Selection:
        async def answer(event: Event) -> ExecutionResult:
            if request.cost_details == NO_DETAILS:
                result = await with_loaders(event, self._shared_loaders.of(event, caller.tenant_scope))
                # What others read at the same time counts for the limit too.
                if Reason.LIMIT_EXCEEDED not in [(it.extensions or {}).get("reason") for it in result.errors or ()]:
                    return result
            return await with_loaders(event, {})

        async def with_loaders(event: Event, loaders: Loaders) -> ExecutionResult:
            context = Context(self._services, caller, json_subtrees=self._json_subtrees, loaders=loaders)
            start_of_it = start if event.type is EventType.CURRENT_STATE else None
            return await self._run(prepared, request, context, event, outages=True, start=start_of_it)

        def fail(failure: Exception) -> list[GraphQLError]:
            return [self._shown(error_of(failure))]

        key = selection_key(request, caller, prepared.variables_of_selection)
        return Selection(key, answer, fail, payer_of(caller, request.client_info).id, start.settle)

    def context_of(self, caller: Caller) -> Context:
        """The context of one operation or event of a caller."""
        return Context(self._services, caller)

    async def answer_event(
        self, prepared: Prepared, context: Context, event: Event, client: Client, most_bytes: int
    ) -> ExecutionResult:
        """Answers a prepared subscription for one event, as a subscriber would be. Raises: an outage of the database,
        after which the same event can be answered."""
        self.operations[prepared.kind.value] += 1
        self.usage.count(prepared, client, context.caller)
        budget = Budget(self.limits.run_cost, most_bytes)
        try:
            result = await self.executor.execute(prepared.operation, context, None, event, budget)
        except OverBudget as over:
            result = ExecutionResult(None, [over_budget(over, prepared.operation.node, bytes_setting=None)])
        raise_outage(result)
        return self._masked(result, context.caller)

    async def _run(
        self,
        prepared: Prepared,
        request: Request,
        context: Context,
        root: Any = None,
        outages: bool = False,
        charge: Charge | None = None,
        start: ChargeOfStart | None = None,
    ) -> ExecutionResult:
        """With `outages`, raises an outage of the database instead of returning it as an error."""
        self.operations[prepared.kind.value] += 1
        budget = Budget(self.limits.run_cost, self.limits.answer_bytes)
        with counted_statements() if request.cost_details.statements else nullcontext() as count:
            try:
                result = await self.executor.execute(prepared.operation, context, request.variables, root, budget)
            except OverBudget as over:
                result = ExecutionResult(None, [over_budget(over, prepared.operation.node)])
            except BaseException:
                # The client has left, for example.
                if charge is not None:
                    charge.settle_used(prepared, budget)
                raise
            finally:
                if start is not None:
                    start.add(actual_cost(prepared, budget))
        if outages:
            raise_outage(result)
        result = self._masked(result, context.caller)
        if charge is None and request.cost_details == NO_DETAILS:
            # The results of an event are many, and the same for all who get it.
            return result
        actual, statements = actual_cost(prepared, budget), None if count is None else count.statements
        details = details_of(request.cost_details, prepared, request.variables, statements)
        if charge is None:
            extensions = cost_extension(prepared.cost.points(request.variables), actual, None, details)
        else:
            prepared.load.observe(charge.payer.id, charge.requested, actual)
            extensions = charge.settle(actual, details)
        return with_replay(ExecutionResult(result.data, result.errors, extensions), context)

    def _masked(self, result: ExecutionResult, caller: Caller) -> ExecutionResult:
        if not result.errors:
            return result
        errors = [self._shown(error, caller) for error in result.errors]
        self.errors.update(codes_of(errors))
        return ExecutionResult(result.data, errors)

    def _shown(self, error: GraphQLError, caller: Caller | None = None) -> GraphQLError:
        return self._docs.documented(self.disclosure.shown(mask_error(error), caller))
