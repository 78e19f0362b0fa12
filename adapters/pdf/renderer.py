"""Renders printed quotes as PDF: typst compiles the template `quote.typ`.

Equal documents give equal bytes: the PDF contains no creation time, and only our fonts are used, never the system's.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from weakref import WeakValueDictionary

import typst

from adapters.pdf.glyphs import FONTS, unprintable
from domain.portal.printed_quote import QuoteDocument

# How many PDFs a process caches; one of a hundred lines has 100 kB.
MAX_CACHED = 32
TEMPLATE = Path(__file__).parent / "quote.typ"


class TypstRenderer:
    """Implements the `PdfRenderer` port.

    Rendering takes 0.1 seconds or more, in a thread of its own. One document is rendered at a time, so that requests
    get the rest of the processor. The most recent PDFs are cached. Only one document of each quote waits in the queue:
    a customer can request one for every choice of alternatives, which must not delay other quotes.
    """

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)
        self._cache: dict[str, bytes] = {}
        self._quote_locks: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    async def print_quote(self, document: QuoteDocument) -> bytes:
        """Returns the document as PDF."""
        source = _serialize(document)
        if source in self._cache:
            return self._cache[source]
        async with self._quote_lock(document), self._one_at_a_time:
            # Another request may have rendered the same document meanwhile.
            if source not in self._cache:
                content = await asyncio.to_thread(_pdf, source)
                if len(self._cache) >= MAX_CACHED:
                    del self._cache[next(iter(self._cache))]
                self._cache[source] = content
            return self._cache[source]

    def unprintable(self, text: str) -> Sequence[str]:
        """Returns the characters of a text that no font has, each once."""
        return unprintable(text)

    def _quote_lock(self, document: QuoteDocument) -> asyncio.Lock:
        # An order ID is unique within a company. If two companies share one, their quotes wait for each other.
        name = (document.order_id, document.requester_email)
        return self._quote_locks.setdefault(name, asyncio.Lock())


def printed(document: QuoteDocument) -> bytes:
    """Returns the document as PDF, always the same bytes."""
    return _pdf(_serialize(document))


def _pdf(source: str) -> bytes:
    found = _compiled(source, "pdf")
    assert isinstance(found, bytes)
    return found


def pictured(document: QuoteDocument, ppi: float = 96) -> list[bytes]:
    """Returns the document's pages as PNG images."""
    found = _compiled(_serialize(document), "png", ppi)
    return found if isinstance(found, list) else [found]


def _serialize(document: QuoteDocument) -> str:
    return json.dumps(asdict(document))


def _compiled(source: str, kind: "typst.OutputFormat", ppi: float | None = None) -> bytes | list[bytes]:
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True)
    found = compiler.compile(format=kind, ppi=ppi, sys_inputs={"quote": source}, timestamp=0)
    assert found is not None
    return found


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS / "files"])
