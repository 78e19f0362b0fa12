"""Ariadne with aiodataloader and asyncpg, tuned: uvicorn on uvloop and httptools, orjson, documents parsed and
validated once, and a collector that leaves the schema alone."""

import gc
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "shared"))

import accept
import orjson
import uvicorn
from aiodataloader import DataLoader
from ariadne import MutationType, ObjectType, QueryType, graphql, make_executable_schema
from graphql import parse, validate
from python import PORT, STATEMENTS, TYPE_DEFS, caller, callers, money, open_pool, row_id


def _quote(row: Any) -> dict[str, Any]:
    return {
        "key": row["id"],
        "id": f"Quote_{row['id']}",
        "orderId": row["order_id"],
        "status": row["status"],
        "poNumber": row["po_number"],
        "createdAt": row["created_at"].isoformat().replace("+00:00", "Z"),
        "requester": {"email": row["requester_email"], "name": row["requester_name"]},
        "tenantId": row["tenant_id"],
    }


def _item(row: Any) -> dict[str, Any]:
    return {
        "key": row["id"],
        "id": f"QuoteItem_{row['id']}",
        "quoteId": row["quote_id"],
        "productId": row["product_id"],
        "status": row["status"],
        "quantity": row["quantity"],
        "productType": row["product_type"],
        "decision": row["decision"],
        "comments": row["comments"],
        "price": money(row["price_minor"], row["price_currency"]),
        "specification": {name: row[name] for name in ("brand", "model", "ram", "storage")},
    }


def _alternative(row: Any) -> dict[str, Any]:
    return {
        "id": f"Alternative_{row['id']}",
        "status": row["status"],
        "description": row["description"],
        "isExactMatch": row["is_exact_match"],
        "price": money(row["price_minor"], row["price_currency"]),
    }


def _recipient(row: Any) -> dict[str, Any]:
    return {
        "id": f"Recipient_{row['id']}",
        "name": row["name"],
        "status": row["status"],
        "country": row["country"],
        "emailKey": row["email_key"],
        "itemId": row["item_id"],
    }


def _plain(type_name: str, *names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {"id": f"{type_name}_{row['id']}", **{name: row[name] for name in names}}


class Edge(NamedTuple):
    """A field over a loader: its statement, the column of its keys, the shape of its rows, and a parent's key."""

    statement: str
    column: str
    shape: Callable[[Any], dict[str, Any]]
    key: str
    many: bool = False


EDGES = {
    "Quote": {
        "items": Edge("items_by_quote", "quote_id", _item, "key", many=True),
        "company": Edge("company_by_tenant", "tenant_id", _plain("Company", "code", "name"), "tenantId"),
    },
    "QuoteItem": {
        "quote": Edge("quote", "id", _quote, "quoteId"),
        "product": Edge("product", "id", _plain("Product", "brand", "model", "active"), "productId"),
        "alternatives": Edge("alternatives_by_item", "item_id", _alternative, "key", many=True),
        "recipients": Edge("recipients_by_item", "item_id", _recipient, "key", many=True),
    },
    "Recipient": {
        "item": Edge("item", "id", _item, "itemId"),
        "employee": Edge(
            "employee_by_email", "email_key", _plain("Employee", "name", "email", "department"), "emailKey"
        ),
    },
}


class Context:
    """The context of a request: the caller and the loaders."""

    def __init__(self, pool: Any, asking: Any) -> None:
        self.pool = pool
        self.caller = asking
        self._loaders: dict[Edge, DataLoader] = {}

    async def fetch(self, name: str, *values: Any) -> list[Any]:
        return await self.pool.fetch(STATEMENTS[name], *values)

    def loader(self, edge: Edge) -> DataLoader:
        if edge not in self._loaders:

            async def load(keys: list[Any]) -> list[Any]:
                found: dict[Any, Any] = {key: [] if edge.many else None for key in keys}
                for row in await self.fetch(edge.statement, keys, self.caller["tenant_id"]):
                    if edge.many:
                        found[row[edge.column]].append(edge.shape(row))
                    else:
                        found[row[edge.column]] = edge.shape(row)
                return [found[key] for key in keys]

            self._loaders[edge] = DataLoader(load)
        return self._loaders[edge]


def _resolver(edge: Edge) -> Callable[..., Any]:
    return lambda parent, info: info.context.loader(edge).load(parent[edge.key])


async def quotes(_: Any, info: Any, first: int = 25) -> Any:
    size = min(first, 100)
    rows = await info.context.fetch("quotes", info.context.caller["tenant_id"], size + 1)
    return {"nodes": [_quote(row) for row in rows[:size]], "pageInfo": {"hasNextPage": len(rows) > size}}


async def quote(_: Any, info: Any, by: dict[str, str]) -> Any:
    rows = await info.context.fetch("quote", [row_id(by["id"])], info.context.caller["tenant_id"])
    return _quote(rows[0]) if rows else None


async def accept_item(_: Any, info: Any, input: dict[str, str]) -> Any:
    context, item_id = info.context, row_id(input["itemId"])
    quote_id, changes = await accept.accept_item(context.pool, context.caller, item_id)
    [item] = await context.fetch("item", [item_id], context.caller["tenant_id"])
    [of] = await context.fetch("quote", [quote_id], context.caller["tenant_id"])
    return {"item": _item(item), "quote": _quote(of), "changes": changes, "userErrors": []}


def build_schema() -> Any:
    query, mutation = QueryType(), MutationType()
    query.set_field("quotes", quotes)
    query.set_field("quote", quote)
    mutation.set_field("acceptItem", accept_item)
    types = [ObjectType(name) for name in EDGES]
    for type_ in types:
        for name, edge in EDGES[type_.name].items():
            type_.set_field(name, _resolver(edge))
    return make_executable_schema(TYPE_DEFS, query, mutation, *types)


SCHEMA = build_schema()


@lru_cache(maxsize=200)
def _parsed(text: str) -> Any:
    return parse(text)


@lru_cache(maxsize=200)
def _validated(document: Any) -> list[Any]:
    return validate(SCHEMA, document)


class App:
    """An ASGI application with one route."""

    def __init__(self) -> None:
        self._pool: Any = None
        self._known: dict[str, Any] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        asking = caller(self._known, dict(scope["headers"]).get(b"authorization", b"").decode())
        status, answer = (200, await self._answer(await _body(receive), asking)) if asking else (401, b"{}")
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, body: bytes, asking: Any) -> bytes:
        _, answer = await graphql(
            SCHEMA,
            orjson.loads(body),
            context_value=Context(self._pool, asking),
            query_parser=lambda _context, data: _parsed(data["query"]),
            query_validator=lambda _schema, document, *_, **__: _validated(document),
            logger=None,
        )
        return orjson.dumps(answer)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        self._pool = await open_pool()
        self._known = await callers(self._pool)
        gc.collect()
        gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


if __name__ == "__main__":
    uvicorn.run(App(), host="127.0.0.1", port=PORT, loop="uvloop", http="httptools", log_level="warning")
