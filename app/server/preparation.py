"""Prepares operations: parses, validates and measures each document once, and checks what the caller may run."""

from dataclasses import replace
from typing import NamedTuple

from graphql import GraphQLSchema, OperationType

from app.server.costs import LEAST
from app.server.disclosure import EVERYWHERE, Disclosure
from app.server.document_cache import CACHE_BYTES, CacheSizes, DocumentCache, Prepared, RefusedDocuments
from app.server.document_shape import ROOTS
from app.server.documents import (
    INTROSPECTION,
    MOST_TOKENS,
    DocumentLimits,
    check,
    forget_tokens,
    parsed,
    root_fields,
    scan,
    with_key,
    without_key,
)
from app.server.limits import COST_SETTING, Limits
from app.server.new_documents import Steps, completed
from app.server.operations import (
    DEFER,
    STREAM,
    check_idempotency_key,
    check_levels,
    count_mutations,
    named_operation,
    without_directives,
)
from app.server.refusals import Refusal
from app.server.requests import Request
from domain.shared.access import NOBODY, Caller
from resolvers.costs import cost_of
from resolvers.errors import forbidden, over_limit
from resolvers.execution.budget import POINTS
from resolvers.execution.executor import Executor, Plans
from resolvers.introspection import Introspection
from resolvers.refused_fields import refused_fields
from resolvers.scopes import required_scopes
from schema.declare import is_public, scope_of

# The memory for what is wrong with documents that were refused.
REFUSED_BYTES = 1024 * 1024


class Audience(NamedTuple):
    """Callers to whom a document is the same: it has the same limits, and what is wrong with it is told in the same
    words. What is valid is so for all with a key."""

    limits: DocumentLimits
    prepared: DocumentCache
    refused: RefusedDocuments
    # None: those of all operations with a key.
    plans: Plans | None = None

    @property
    def trusted_limits(self) -> DocumentLimits:
        """The limits of documents that were measured when they were pushed."""
        return with_key(MOST_TOKENS, tells_names=self.limits.tells_names)


class Allowed(NamedTuple):
    """An operation that a caller may run, and what it may cost in points."""

    prepared: Prepared
    points: int


class Preparation:
    """Prepares the operations of one schema, and keeps those that callers may run."""

    def __init__(
        self,
        schema: GraphQLSchema,
        executor: Executor,
        limits: Limits = Limits(),
        sizes: CacheSizes = CacheSizes.of(CACHE_BYTES),
        disclosure: Disclosure = Disclosure(),
    ) -> None:
        self.schema = schema
        self._executor = executor
        self._introspection = Introspection(schema)
        self._limits = limits
        self._disclosure = disclosure
        with_names = with_key(limits.tokens, limits.shape)
        self._prepared = DocumentCache(sizes.documents)
        self._told = Audience(with_names, self._prepared, RefusedDocuments(REFUSED_BYTES))
        without_names = replace(with_names, tells_names=False)
        self._untold = Audience(without_names, self._prepared, RefusedDocuments(REFUSED_BYTES))
        # Caches of their own: requests without a key must not evict the documents of callers with a key.
        self._strangers = Audience(
            without_key(limits.public_tokens, limits.shape),
            DocumentCache(sizes.public_documents),
            RefusedDocuments(REFUSED_BYTES // 2),
            Plans(sizes.public_plans),
        )
        self._private_fields = _private_fields(schema)

    @property
    def documents_kept(self) -> int:
        return len(self._prepared) + len(self._strangers.prepared)

    @property
    def key_limits(self) -> DocumentLimits:
        """The limits of keys of whatever environment."""
        return (self._told if self._disclosure.suggestions == EVERYWHERE else self._untold).limits

    def _audience(self, caller: Caller) -> Audience:
        if caller is NOBODY:
            return self._strangers
        return self._told if self._disclosure.suggests_to(caller) else self._untold

    def allowed(self, request: Request, caller: Caller) -> Allowed:
        """Returns the prepared operation, and what it may cost. Raises: Refusal, if the caller may not run it."""
        audience = self._audience(caller)
        prepared = (
            request.prepared or audience.prepared.get(request.document_key) or completed(self.steps(request, caller))
        )
        lacking = prepared.required_scopes.missing(caller)
        # A copy without the fields that the caller may not select; what is kept is the whole.
        allowed = self._partial(prepared, caller) if lacking and request.partial and caller is not NOBODY else None
        if lacking and allowed is None:
            fields = sorted({path for paths in lacking.values() for path in paths})
            requires = "requires" if len(fields) == 1 else "require"
            message = f"This key lacks {', '.join(lacking)}, which {', '.join(fields)} {requires}."
            raise Refusal(forbidden(message, scopes=[str(scope) for scope in lacking], fields=fields))
        check_idempotency_key(request.idempotency_key, prepared)
        points = self._points(prepared, request)
        # Only operations that are allowed are cached.
        audience.prepared.put(request.document_key, prepared)
        return Allowed(allowed or prepared, points)

    def is_known(self, request: Request, caller: Caller) -> bool:
        """Whether nothing is to be spent on a document any more. Raises: Refusal, if that is because it is invalid."""
        audience = self._audience(caller)
        if audience.prepared.get(request.document_key) is not None:
            return True
        if (refusal := audience.refused.get(request.document_key)) is not None:
            raise refusal
        return False

    def may_be_public(self, request: Request) -> bool:
        """Whether a document selects no field at the root that needs an API key, which is visible before parsing.

        Raises: Refusal with UNAUTHORIZED, if it exceeds the limits without a key.
        """
        # A field that does not exist is a typing mistake, which a key would not mend.
        roots = set(root_fields(scan(request.query, self._strangers.limits), ROOTS)) - {"__typename"}
        return bool(roots) and self._private_fields.isdisjoint(roots)

    def keep_public(self, request: Request, prepared: Prepared) -> None:
        """Keeps an operation that needs no API key."""
        self._strangers.prepared.put(request.document_key, prepared)

    def of_key(self, text: str, plans: Plans) -> Prepared:
        """Returns a document's only operation, within the limits of callers with a key, whatever their scopes. It is
        not kept here; its plans are in `plans`. Raises: Refusal."""
        request, limits = Request(text), self.key_limits
        scan(text, limits)
        prepared = completed(self._check(request, limits, plans))
        self._points(prepared, request)
        return prepared

    def _partial(self, prepared: Prepared, caller: Caller) -> Prepared | None:
        """Returns the operation without the fields that the caller may not select; None for a subscription whose events
        it may not read."""
        if (known := prepared.partial.get(caller.scopes)) is not None:
            return known
        operation = prepared.operation
        refused = refused_fields(self.schema, operation.document, operation.node, scope_of, caller)
        if prepared.kind is OperationType.SUBSCRIPTION and refused.roots:
            return None
        return prepared.without(refused, caller.scopes)

    def _points(self, prepared: Prepared, request: Request) -> int:
        """Returns what an operation may cost. Raises: Refusal, if that is too much."""
        points, most = prepared.cost.points(request.variables), self._limits.cost
        if not prepared.may_owe:
            points = max(points, LEAST)
        if points > most:
            message = (
                f"This operation may cost {points:,} points; the limit is {most:,} "
                f"({COST_SETTING}). Request smaller pages or fewer fields."
            )
            raise Refusal(over_limit(POINTS, points, most, COST_SETTING, message))
        introspected, most = prepared.cost.introspected, self._introspection.most_objects
        if introspected > most:
            message = f"This operation selects {introspected:,} introspected objects or more; the limit is {most:,}."
            raise Refusal(over_limit("introspected objects", introspected, most, None, message))
        return points

    def steps(self, request: Request, caller: Caller, trusted: bool = False) -> Steps[Prepared]:
        """Prepares an operation in steps, between which others may run. A trusted document was measured when it was
        pushed. Raises: Refusal."""
        audience = self._audience(caller)
        # Another request may have done it meanwhile.
        if self.is_known(request, caller) and (cached := audience.prepared.get(request.document_key)) is not None:
            return cached
        limits = audience.trusted_limits if trusted else audience.limits
        if not trusted:
            scan(request.query, limits)
        try:
            return (yield from self._check(request, limits, audience.plans))
        except Refusal as refusal:
            audience.refused.put(request.document_key, request.query, refusal)
            raise

    def own(self, request: Request) -> Prepared:
        """Prepares a document of ours, for callers with a key. It is not kept here."""
        return completed(self._check(request, self._told.trusted_limits, None))

    def _check(self, request: Request, limits: DocumentLimits, plans: Plans | None) -> Steps[Prepared]:
        document = parsed(request.query, limits)
        yield
        check(self.schema, document, limits)
        yield
        node = named_operation(document, request.operation_name)
        mutations = count_mutations(document, node, self._limits.mutations)
        forget_tokens(document)
        scopes = required_scopes(self.schema, document, node, scope_of, is_public)
        cost = cost_of(self.schema, document, node, self._introspection)
        check_levels(cost.depth, self._limits.shape.max_levels)
        whole = without_directives(document, DEFER, STREAM)
        executed = node if whole is document else named_operation(whole, request.operation_name)
        operation = self._executor.operation(whole, executed, plans)
        return Prepared(operation, scopes, cost, mutations, None if whole is document else document)


def _private_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Returns the root fields that need an API key, introspection among them."""
    roots = [root for it in OperationType if (root := schema.get_root_type(it))]
    fields = {name for root in roots for name, field in root.fields.items() if not is_public(field)}
    return frozenset(fields.union(INTROSPECTION))
