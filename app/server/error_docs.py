"""Errors as clients get them, each with the address of the documentation of its reason (docs/errors.md)."""

from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web
from graphql import GraphQLError

from app.server.documentation import DOCS_PATH

PAGE = "errors"


class ErrorDocs:
    """Adds `extensions.docs` to errors. `base` returns the base URL of the documentation, which is known only once the
    server listens."""

    def __init__(self, base: Callable[[], str] = lambda: DOCS_PATH) -> None:
        self._base = base

    def url(self, reason: str) -> str:
        return f"{self._base()}/{PAGE}#{reason.lower()}"

    def documented(self, error: GraphQLError) -> GraphQLError:
        """Returns the error with the address of its documentation."""
        extensions = dict(error.extensions or {})
        reason = extensions.get("reason") or extensions.get("code")
        if reason is None or "docs" in extensions:
            return error
        extensions["docs"] = self.url(str(reason))
        return GraphQLError(
            error.message, error.nodes, error.source, error.positions, error.path, extensions=extensions
        )


ERROR_DOCS: web.AppKey[ErrorDocs] = web.AppKey("error_docs", ErrorDocs)


def as_data(errors: Iterable[GraphQLError], request: web.Request) -> list[dict[str, Any]]:
    """Returns errors as they are sent in answer to a request."""
    docs = request.app[ERROR_DOCS]
    return [dict(docs.documented(it).formatted) for it in errors]
