"""The trusted documents in the memory of a server, read again when somebody has changed them."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from time import monotonic
from typing import NamedTuple, Protocol

from adapters.database.core.outages import log_outage

# A change is noticed within these seconds.
REFRESH_SECONDS = 1.0
# The prefix of identifiers that are the hash of the document (GraphQL over HTTP, persisted documents).
HASH_PREFIX = "sha256:"


class Stored(Protocol):
    """A stored document."""

    @property
    def id(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def text(self) -> str: ...


class Source(Protocol):
    """Where the documents are stored."""

    async def revision(self) -> str | None:
        """Returns the revision of the last change, or None if there never was one."""

    async def all(self) -> Sequence[Stored]:
        """Returns all documents."""


class _Texts(NamedTuple):
    revision: str | None
    by_id: dict[str, str]
    by_hash: dict[str, str]


class TrustedDocuments:
    """Finds trusted documents by their identifier or hash. Nothing is read from the database before `refresh`."""

    def __init__(self, source: Source, refresh_seconds: float = REFRESH_SECONDS) -> None:
        self._source = source
        self._refresh_seconds = refresh_seconds
        self._texts = _Texts(None, {}, {})
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    def find(self, identifier: str) -> str | None:
        """Returns the text of a document by the identifier of its manifest or by its hash, or None."""
        found = self._texts.by_id.get(identifier)
        return found if found is not None else self._texts.by_hash.get(identifier.removeprefix(HASH_PREFIX))

    def contains(self, text: str) -> bool:
        """Whether this is the text of a trusted document."""
        return sha256(text.encode(errors="surrogatepass")).hexdigest() in self._texts.by_hash

    async def refresh(self) -> None:
        """Reads the documents if they have changed. Requests that come together share one look at the database. During
        an outage the documents stay as they were."""
        if self._read_at is not None and monotonic() - self._read_at < self._refresh_seconds:
            return
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        try:
            await asyncio.shield(self._reading)
        except Exception as failure:
            if self._read_at is None or not log_outage(failure):
                raise

    async def _read(self) -> None:
        started = monotonic()
        revision = await self._source.revision()
        if revision != self._texts.revision:
            stored = await self._source.all()
            self._texts = _Texts(revision, {it.id: it.text for it in stored}, {it.sha256: it.text for it in stored})
        self._read_at = started
