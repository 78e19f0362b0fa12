"""Serves the files of folders: compressed beforehand, with strong ETags, and cached by browsers as long as it is safe.

Beside a file may be its compressed variants (`page.js.br`), which `app/server/precompress.py` makes when the product is
built. Without them a file is compressed when it is first asked for. What was read is kept in memory.
"""

import asyncio
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources.abc import Traversable

from aiohttp import web

from app.server.compression import SHORTEST
from app.server.content_codings import FILE_CODINGS, accepted_coding, compress_once

FOREVER = "public, max-age=31536000, immutable"
# Such files are compressed in themselves.
_COMPRESSED = re.compile(r"\.(?:png|jpe?g|gif|webp|avif|ico|woff2?|pdf|zst|br|gz)$")
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".graphql": "text/plain", ".map": "application/json"}


class StaticFiles:
    """The files of some folders under one path, sub-folders included.

    Only files whose names match `only` are served. A file whose name matches `hashed`, or whose address has its digest
    (`url()`), never changes under that address.
    """

    def __init__(
        self,
        prefix: str,
        *folders: Traversable,
        hashed: re.Pattern[str] | None = None,
        only: re.Pattern[str] = re.compile(""),
        missing: str = "There is no such file.",
    ) -> None:
        self._prefix = prefix
        self._folders = folders
        self._hashed = hashed
        self._only = only
        self._missing = missing
        self._bodies: dict[tuple[str, str | None], bytes] = {}
        self._digests: dict[str, str] = {}

    def routes(self) -> Iterable[web.RouteDef]:
        return (web.get(self._prefix + "{name:.+}", self.serve),)

    @cached_property
    def files(self) -> Mapping[str, Traversable]:
        """All files by name. Requests are looked up here and never used as a path, which prevents path traversal."""
        found = {name: file for folder in self._folders for name, file in _walk(folder)}
        variants = tuple(FILE_CODINGS.values())
        served = (it for it in found.items() if self._only.search(it[0]))
        return {name: it for name, it in served if not (name.endswith(variants) and name.rpartition(".")[0] in found)}

    def url(self, name: str) -> str:
        """Returns the address of a file, with its digest, so that browsers may keep it forever."""
        return f"{self._prefix}{name}?v={self._digest(name)}"

    async def serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.files:
            return web.Response(status=404, text=self._missing + "\n")
        coding = None if _COMPRESSED.search(name) else accepted_coding(request, FILE_CODINGS)
        body, digest, coding = await asyncio.to_thread(self._variant, name, coding)
        response = web.Response()
        if not _COMPRESSED.search(name):
            response.headers["Vary"] = "Accept-Encoding"
        fresh = request.query.get("v") == digest or (self._hashed is not None and self._hashed.search(name))
        response.headers["Cache-Control"] = FOREVER if fresh else "no-cache"
        response.headers["ETag"] = f'"{digest}"' if coding is None else f'"{digest}-{coding}"'
        if any(it.value == "*" or it.value.split("-")[0] == digest for it in request.if_none_match or ()):
            response.set_status(304)
            return response
        response.content_type = _content_type(name)
        if response.content_type.startswith("text/"):
            response.charset = "utf-8"
        if coding is not None:
            response.headers["Content-Encoding"] = coding
        response.body = body
        return response

    def _variant(self, name: str, coding: str | None) -> tuple[bytes, str, str | None]:
        """Returns a file in a coding, or as it is if that is no longer. Reads each variant once."""
        plain, digest = self._body(name), self._digest(name)
        if coding is None or len(plain) < SHORTEST:
            return plain, digest, None
        if (name, coding) not in self._bodies:
            file = self._sibling(name, FILE_CODINGS[coding])
            self._bodies[name, coding] = compress_once(plain, coding) if file is None else file.read_bytes()
        encoded = self._bodies[name, coding]
        return (encoded, digest, coding) if len(encoded) < len(plain) else (plain, digest, None)

    def _body(self, name: str) -> bytes:
        if (name, None) not in self._bodies:
            self._bodies[name, None] = self.files[name].read_bytes()
        return self._bodies[name, None]

    def _digest(self, name: str) -> str:
        if name not in self._digests:
            self._digests[name] = hashlib.sha256(self._body(name)).hexdigest()[:16]
        return self._digests[name]

    def _sibling(self, name: str, suffix: str) -> Traversable | None:
        for folder in self._folders:
            if (file := folder.joinpath(*f"{name}{suffix}".split("/"))).is_file():
                return file
        return None


def _walk(folder: Traversable, within: str = "") -> Iterator[tuple[str, Traversable]]:
    for it in folder.iterdir() if folder.is_dir() else ():
        if it.is_dir():
            yield from _walk(it, f"{within}{it.name}/")
        elif not it.name.startswith("."):
            yield f"{within}{it.name}", it


def _content_type(name: str) -> str:
    suffix = f".{name.rpartition('.')[2]}"
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
