"""Incremental delivery as multipart answers.

There are two forms of it: that of the specification's draft (`incrementalSpec=v0.2`), which announces each part by an
id, and the one before it (`deferSpec=20220824`), in which each part has its path, and which has no `@stream`.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from app.server.incremental import Incremental
from app.server.live.results import LiveResult
from app.server.streams.formats import BOUNDARY, HEADERS

# The earlier form.
WITH_PATHS = "deferSpec=20220824"


class IncrementalFormat:
    """The multipart answer in one of the two forms."""

    opening = f"\r\n--{BOUNDARY}".encode()
    complete = b"--\r\n"

    def __init__(self, form: str) -> None:
        self.headers: Mapping[str, str] = {**HEADERS, "Content-Type": f'multipart/mixed;boundary="{BOUNDARY}";{form}'}
        self._has_paths = form == WITH_PATHS
        self.keep_alive = self.part({})

    def part(self, content: Mapping[str, Any]) -> bytes:
        return b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + orjson.dumps(content) + self.opening

    def result(self, result: ExecutionResult) -> bytes:
        return self.part({**result.formatted, "hasNext": False})

    def live(self, result: LiveResult) -> bytes:
        raise NotImplementedError("a subscription has no parts that come later")

    def ended(self, errors: Sequence[GraphQLError]) -> bytes:
        return self.part({"errors": [dict(it.formatted) for it in errors], "hasNext": False}) + self.complete

    async def chunks(self, result: Incremental) -> AsyncGenerator[bytes]:
        """The parts of an answer, and its end."""
        paths = _Paths()
        async for payload in result.payloads():
            yield self.part(paths.applied(payload) if self._has_paths else payload)
        yield self.complete


class _Paths:
    """Replaces the ids of parts by their paths, as clients of the earlier form expect."""

    def __init__(self) -> None:
        self._pending: dict[str, Mapping[str, Any]] = {}

    def applied(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        for it in payload.get("pending", ()):
            self._pending[it["id"]] = it
        parts = [self._part(it) for it in payload.get("incremental", ())]
        # A part that failed as a whole is null in the earlier form.
        parts += [self._part({**it, "data": None}) for it in payload.get("completed", ()) if "errors" in it]
        kept = {name: payload[name] for name in ("data", "errors", "extensions", "hasNext") if name in payload}
        return {**kept, **({"incremental": parts} if parts else {})}

    def _part(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        pending = self._pending[entry["id"]]
        part = {name: value for name, value in entry.items() if name not in ("id", "subPath")}
        part["path"] = [*pending["path"], *entry.get("subPath", ())]
        return {**part, "label": pending["label"]} if "label" in pending else part
