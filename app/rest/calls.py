"""Runs the documents of endpoints on the engine, as operations of the caller of a request."""

from dataclasses import replace

from aiohttp import web
from graphql import GraphQLError, OperationType

from app.rest import documents
from app.rest.endpoints import LARGEST_PAGE, Variables
from app.rest.errors import NO_NAMES, Names, of_graph
from app.rest.words import Data
from app.server.client_info import client_info_of
from app.server.document_cache import Prepared
from app.server.engine import Engine
from app.server.payers import payer_of
from app.server.refusals import Refusal
from app.server.requests import Request
from app.server.usage import Client
from app.server.variables import check_variables
from domain.shared.access import Caller
from resolvers.errors import Code

# Fields that these documents select are in use, as those of any client are (`quotegraph schema usage`).
CLIENT = Client("REST API", "v1")


class Calls:
    """The prepared operations of all documents. Each is prepared when it first runs, and kept."""

    def __init__(self, engine: Engine, trusted_proxies: int) -> None:
        self.engine = engine
        self.trusted_proxies = trusted_proxies
        self._texts = documents.validated(engine.preparation.schema)
        self._prepared: dict[tuple[str, str], Prepared] = {}

    def of(self, request: web.Request, caller: Caller) -> "CallOfRequest":
        return CallOfRequest(self, request, caller)

    def operation(self, document: str, name: str) -> Request:
        """An operation, prepared."""
        request = Request(self._texts[document], operation_name=name)
        if (document, name) not in self._prepared:
            self._prepared[document, name] = self.engine.preparation.own(request)
        return replace(request, client=CLIENT, prepared=self._prepared[document, name])


class CallOfRequest:
    """Runs operations for the caller of one request (`endpoints.Call`)."""

    def __init__(self, calls: Calls, request: web.Request, caller: Caller) -> None:
        self._calls = calls
        self._caller = caller
        self._client_info = client_info_of(request, calls.trusted_proxies)
        self._idempotency_key = request.headers.get("Idempotency-Key")

    async def run(
        self, document: str, operation: str, variables: Variables, names: Names = NO_NAMES, partial: bool = False
    ) -> Data:
        asked = self._asked(document, operation, variables)
        # What is looked up before a mutation is repeated with it.
        changes = asked.prepared is not None and asked.prepared.kind is OperationType.MUTATION
        key = self._idempotency_key if changes else None
        try:
            check_variables(variables, self._calls.engine.limits)
            result = await self._calls.engine.execute(
                replace(asked, idempotency_key=key, partial=partial), self._caller
            )
        except Refusal as refusal:
            raise of_graph(refusal.errors, names) from None
        if errors := [it for it in result.errors or () if not (partial and result.data and _is_of_a_scope(it))]:
            raise of_graph(errors, names)
        assert result.data is not None
        return result.data

    def rows_at_once(self, document: str, operation: str, variables: Variables) -> int:
        engine = self._calls.engine
        cost = self._prepared(document, operation).cost
        one, two = (cost.points({**variables, "first": number}) for number in (1, 2))
        status = engine.rate_limits.status(payer_of(self._caller, self._client_info))
        points = engine.most_cost if status is None else min(engine.most_cost, status.currently_available)
        # One row is asked for however few points there are, so that the refusal says how many it takes.
        return max(1, min(LARGEST_PAGE, 1 + (points - one) // max(1, two - one)))

    def _asked(self, document: str, operation: str, variables: Variables) -> Request:
        found = self._calls.operation(document, operation)
        return replace(found, variables=variables, client_info=self._client_info)

    def _prepared(self, document: str, operation: str) -> Prepared:
        found = self._calls.operation(document, operation).prepared
        assert found is not None
        return found


def _is_of_a_scope(error: GraphQLError) -> bool:
    """Whether an error is of a field that the key may not select, in an object that it may."""
    return (error.extensions or {}).get("code") == Code.FORBIDDEN and len(error.path or ()) > 1
