"""What an endpoint of the REST API is: a document, how its variables are made of a request, and how its answer is
written. One returns an object, a page returns rows of a list, and a write changes something."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from app.rest.errors import NO_NAMES, Names, Refused, of_user_errors
from app.rest.fields import Fields, Parameters
from app.rest.words import Data

Variables = dict[str, Any]
# The most rows that one run of a document reads.
LARGEST_PAGE = 100
DEFAULT_PAGE = 25


class Sent(NamedTuple):
    """What a request says: the parts of its path, its parameters, and its body."""

    path: Mapping[str, str]
    parameters: Parameters
    body: Fields


class Call(Protocol):
    """Runs documents for the caller of a request."""

    async def run(
        self, document: str, operation: str, variables: Variables, names: Names = NO_NAMES, partial: bool = False
    ) -> Data:
        """Returns the data of an operation. Raises: Refused. With `partial`, fields that the key may not select are
        null."""

    def rows_at_once(self, document: str, operation: str, variables: Variables) -> int:
        """How many rows of a list the caller can pay for now."""


def _no_variables(_sent: Sent) -> Variables:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An endpoint. `root` is the field of the graph that answers it."""

    method: str
    path: str
    document: str
    root: str
    variables: Callable[[Sent], Variables] = _no_variables
    names: Names = NO_NAMES
    status: int = 200
    # Whether fields that the key may not select are null.
    partial: bool = False
    # The name of the operation, where a document has several to choose from.
    choose: Callable[[Sent], str] | None = None

    @property
    def has_body(self) -> bool:
        return False

    def operation(self, sent: Sent) -> str:
        """The name of the operation that a request runs."""
        return self.choose(sent) if self.choose is not None else operation_of(self.document)

    def read(self, sent: Sent) -> Variables:
        """The variables of a request. Raises: Refused, with all that is wrong."""
        found = self.variables(sent)
        sent.parameters.check()
        sent.body.check()
        return found

    async def answer(self, call: Call, sent: Sent) -> Any:
        """Returns the body of the answer. Raises: Refused."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class One(Endpoint):
    """An endpoint with one object; a 404 where there is none."""

    row: Callable[[Data], Any]

    async def answer(self, call: Call, sent: Sent) -> Any:
        variables = self.read(sent)
        data = await call.run(self.document, self.operation(sent), variables, self.names, self.partial)
        if data[self.root] is None:
            raise Refused("NOT_FOUND", "There is nothing with this id.")
        return {"data": self.row(data[self.root])}


def _no_meta(_connection: Data) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Endpoint):
    """An endpoint with rows of a list, as many as `limit` says, or up to `most` where it has no pages.

    A run of the document reads as many rows as the caller can pay for, so that a long page takes several runs.
    """

    row: Callable[[Data], Any]
    meta: Callable[[Data], dict[str, Any]] = _no_meta
    most: int | None = None

    async def answer(self, call: Call, sent: Sent) -> Any:
        limit = sent.parameters.count("limit", LARGEST_PAGE) or self.most or DEFAULT_PAGE
        after = sent.parameters.text("cursor")
        variables, operation, rows = self.read(sent), self.operation(sent), list[Any]()
        while True:
            wanted = min(limit - len(rows), LARGEST_PAGE, call.rows_at_once(self.document, operation, variables))
            page = {**variables, "first": wanted, "after": after}
            data = await call.run(self.document, operation, page, self.names, self.partial)
            connection = data[self.root]
            rows.extend(map(self.row, connection["nodes"]))
            after, has_more = connection["pageInfo"]["endCursor"], connection["pageInfo"]["hasNextPage"]
            if not has_more or len(rows) >= limit:
                break
        paging = {"has_more": has_more, "next_cursor": after if has_more else None}
        return {"data": rows, "meta": {**paging, **self.meta(connection)}}


def order_of(parameters: Parameters, *sorts: str) -> dict[str, str] | None:
    """The order that `sort` names; None for that of the list."""
    typed = parameters.text("sort")
    if typed is None:
        return None
    if (name := typed.removeprefix("-")) not in sorts:
        known = ", ".join(f"`{sign}{it}`" for it in sorts for sign in ("", "-"))
        parameters.fault("sort", "UNKNOWN_OPTION", f"Send one of {known}.")
        return None
    return {"field": name.upper(), "direction": "DESC" if typed.startswith("-") else "ASC"}


def times_of(parameters: Parameters) -> dict[str, str | None] | None:
    """The range of time that `created_after` and `created_before` are."""
    after, before = parameters.text("created_after"), parameters.text("created_before")
    return None if after is None and before is None else {"after": after, "before": before}


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """An operation in the document of a write that runs before it. `found` makes of its object what the variables and
    the answer of the write need."""

    operation: str
    root: str
    variables: Callable[[Sent], Variables]
    found: Callable[[Data, Sent], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Endpoint):
    """An endpoint that changes something. `written` makes the data of the answer: of the mutation's payload, the
    request, and what was looked up."""

    written: Callable[[Data, Sent, Any], Any]
    look_up: LookUp | None = None
    # The variables where they need what was looked up; `variables` then only reads what is wrong with the request.
    variables_of: Callable[[Sent, Any], Variables] | None = None
    with_body: bool = True

    @property
    def has_body(self) -> bool:
        return self.with_body

    async def answer(self, call: Call, sent: Sent) -> Any:
        variables, found = self.read(sent), None
        if self.look_up is not None and self.variables_of is not None:
            found = await self._look_up(self.look_up, call, sent)
            variables = self.variables_of(sent, found)
        payload = (await call.run(self.document, self.operation(sent), variables, self.names))[self.root]
        errors: Sequence[Data] = payload["userErrors"]
        if errors:
            raise of_user_errors(errors, self.names)
        return {"data": self.written(payload, sent, found)}

    async def _look_up(self, asked: LookUp, call: Call, sent: Sent) -> Any:
        found = (await call.run(self.document, asked.operation, asked.variables(sent), self.names))[asked.root]
        if found is None:
            raise Refused("NOT_FOUND", "There is nothing with this id.")
        return asked.found(found, sent)


def operation_of(document: str) -> str:
    """The operation of a document that has one for its endpoint: `list_quotes` has `ListQuotes`."""
    return "".join(it.capitalize() for it in document.split("_"))
