"""The selections of webhook endpoints: checked when they are saved, and answered for each delivery by the engine that
answers subscriptions. Implements the `WebhookQueries` port."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLSchema

from app.server.document_cache import DocumentCache, Prepared
from app.server.documents import parsed, scan
from app.server.engine import Engine
from app.server.preparation import Preparation
from app.server.refusals import Refusal, mask_error
from app.server.usage import Client
from domain.shared.access import SYSTEM, Caller, Environment, Scope, TenantScope
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.events import Event
from domain.webhooks.queries import check_length
from resolvers.context import Context
from resolvers.errors import forbidden, over_limit
from resolvers.execution.executor import Plans
from resolvers.scopes import scope_of_type
from resolvers.selection_walk import SelectedField, SelectionWalk
from resolvers.webhooks.selections import shape_errors
from schema.declare import scope_of

CLIENT = Client("webhook", "")
# The memory for the documents of endpoints and for their plans.
DOCUMENT_BYTES, PLAN_BYTES = 8 * 1024 * 1024, 16 * 1024 * 1024
SECONDS = 10.0
# The size of the largest body (docs/domain.md#webhook-payloads).
MAX_BYTES = 256 * 1024


class SelectionChecks:
    """Prepares the documents of endpoints, within the limits of all operations, and says what is wrong with one."""

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation
        # Caches of their own: the operations of clients must not evict those that every event needs.
        self._plans = Plans(PLAN_BYTES)
        self._kept = DocumentCache(DOCUMENT_BYTES)

    def problems(self, document: str, scopes: frozenset[Scope]) -> list[Invalid]:
        """What is wrong with a document, for a key with these scopes."""
        try:
            check_length(document)
            prepared = self.prepared(document)
        except Invalid as invalid:
            return [invalid]
        except Refusal as refusal:
            return [Invalid(ErrorCode.INVALID_QUERY, _placed(error)) for error in refusal.errors]
        return [Invalid(ErrorCode.NOT_ALLOWED, _placed(error)) for error in self.refused(prepared, scopes)]

    def prepared(self, document: str) -> Prepared:
        """Raises: Refusal, if it does not fit the schema or the limits."""
        if (kept := self._kept.get((document, None))) is not None:
            return kept
        limits = self._preparation.key_limits
        scan(document, limits)
        if errors := shape_errors(parsed(document, limits)):
            raise Refusal(*map(mask_error, errors))
        prepared = self._preparation.of_key(document, self._plans)
        self._kept.put((document, None), prepared)
        return prepared

    def refused(self, prepared: Prepared, scopes: frozenset[Scope]) -> list[GraphQLError]:
        """The errors of the fields for which these scopes are not enough, each with its place in the document."""
        lacking = prepared.required_scopes.missing(_caller(TenantScope(Environment.LIVE, 0), scopes))
        if not lacking:
            return []
        operation = prepared.operation
        places = _FieldScopes(self._preparation.schema, operation.document, scopes)
        places.walk(operation.node)
        return places.errors or [_lacks(*lacking)]


class EngineWebhookQueries:
    """Answers selections by an engine, which is made later: the mutations that it runs need this."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine

    @cached_property
    def _checks(self) -> SelectionChecks:
        return SelectionChecks(self._engine().preparation)

    async def problems(self, document: str, scopes: frozenset[Scope]) -> Sequence[Invalid]:
        """What is wrong with a document, for a key with these scopes."""
        return self._checks.problems(document, scopes)

    async def render(
        self, document: str, event: Event, tenant_scope: TenantScope, scopes: frozenset[Scope]
    ) -> dict[str, Any]:
        """The result of a document for an event: `data`, and `errors` if there are any.

        Raises: an outage of the database, so that no errors are delivered that are gone a moment later.
        """
        engine = self._engine()
        limit = asyncio.timeout(SECONDS)
        try:
            prepared = self._checks.prepared(document)
            if refused := self._checks.refused(prepared, scopes):
                raise Refusal(*refused)
            async with limit:
                context = await self._context(document, tenant_scope, scopes)
                result = await engine.answer_event(prepared, context, event, CLIENT, MAX_BYTES)
        except Refusal as refusal:
            return _as_data(None, engine.documented(refusal).errors)
        except TimeoutError:
            if not limit.expired():
                raise
            return _as_data(None, engine.documented(Refusal(_too_slow())).errors)
        return _as_data(result.data, result.errors)

    async def _context(self, document: str, tenant_scope: TenantScope, scopes: frozenset[Scope]) -> Context:
        context = self._engine().context_of(_caller(tenant_scope, scopes))
        # Only an argument can depend on more than the tenant: a date in it is one of the company's time zone.
        if "(" in document:
            company = await context.load("company_by_tenant", tenant_scope.tenant_id)
            context.caller = replace(context.caller, company_id=company.id, time_zone=company.time_zone)
        return context


class _FieldScopes(SelectionWalk):
    """Collects the fields that require scopes beside the given ones."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, scopes: frozenset[Scope]) -> None:
        super().__init__(schema, document)
        self._scopes = scopes
        self.errors: list[GraphQLError] = []

    def visit_field(self, selected: SelectedField) -> bool:
        types = (scope_of_type(self.schema, it) for it in (selected.given, selected.owner))
        lacking = sorted({it for it in (scope_of(selected.field), *types) if it is not None} - self._scopes)
        if lacking:
            self.errors.append(_lacks(*lacking, of=selected))
        return not lacking


def _lacks(*scopes: Scope, of: SelectedField | None = None) -> GraphQLError:
    lacking = f"{', '.join(scopes)}, which the key that saves the endpoint lacks"
    if of is None:
        return forbidden(f"The document requires {lacking}.", scopes=list(map(str, scopes)))
    message = f"`{of.path}` requires {lacking}. Remove the field, or save the endpoint with a key that has the scope."
    error = forbidden(message, scopes=list(map(str, scopes)), fields=[of.path])
    return GraphQLError(message, of.node, extensions=error.extensions)


def _caller(tenant_scope: TenantScope, scopes: frozenset[Scope]) -> Caller:
    """Who reads for an endpoint: nobody in person, with the scopes that it was saved with."""
    return Caller(
        SYSTEM.id, SYSTEM.name, tenant_scope.environment, None, tenant_scope.tenant_id, scopes, kind=SYSTEM.kind
    )


def _too_slow() -> GraphQLError:
    message = f"Answering the document took longer than {SECONDS:.0f} seconds. Select less."
    return over_limit("seconds", int(SECONDS), int(SECONDS), None, message)


def _placed(error: GraphQLError) -> str:
    """The message of an error, with its place in the document."""
    if not error.locations:
        return error.message
    place = error.locations[0]
    return f"Line {place.line}, column {place.column}: {error.message}"


def _as_data(data: Any, errors: Sequence[GraphQLError] | None) -> dict[str, Any]:
    return {"data": data, **({"errors": [dict(it.formatted) for it in errors]} if errors else {})}
