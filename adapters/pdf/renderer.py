"""Quotes on paper: typst prints `templates/quote.typ` as PDF.

Equal documents give equal bytes: the file carries no time of its making, and its fonts are ours, never the machine's.
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

# How many printed documents a process keeps; one of a hundred lines has 100 kB.
MOST_KEPT = 32
TEMPLATE = Path(__file__).parent / "quote.typ"


class TypstRenderer:
    """The `PdfRenderer` of this process. Printing takes a tenth of a second or more, in a thread of its own; one
    document is printed at a time, which leaves the processor to the others. The last ones are kept, so that whoever
    asks for one again and again keeps nobody waiting. Of each quote one document waits for the printer: its customer
    can ask for as many as there are choices of alternatives."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)
        self._kept: dict[str, bytes] = {}
        self._turns: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()

    async def print_quote(self, document: QuoteDocument) -> bytes:
        """The document as PDF."""
        written = _written(document)
        if written in self._kept:
            return self._kept[written]
        async with self._turn(document), self._one_at_a_time:
            # Somebody else may have waited for the same.
            if written not in self._kept:
                content = await asyncio.to_thread(_pdf, written)
                if len(self._kept) >= MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[written] = content
            return self._kept[written]

    def unprintable(self, text: str) -> Sequence[str]:
        """The characters of a text that no font has, each once."""
        return unprintable(text)

    def _turn(self, document: QuoteDocument) -> asyncio.Lock:
        # Numbers are unique in a company; where two companies have one in common, their quotes wait for each other.
        name = (document.order_id, document.requester_email)
        return self._turns.setdefault(name, asyncio.Lock())


def printed(document: QuoteDocument) -> bytes:
    """The document as PDF, always the same bytes."""
    return _pdf(_written(document))


def _pdf(written: str) -> bytes:
    found = _compiled(written, "pdf")
    assert isinstance(found, bytes)
    return found


def pictured(document: QuoteDocument, ppi: float = 96) -> list[bytes]:
    """The document's pages as PNG."""
    found = _compiled(_written(document), "png", ppi)
    return found if isinstance(found, list) else [found]


def _written(document: QuoteDocument) -> str:
    return json.dumps(asdict(document))


def _compiled(written: str, kind: "typst.OutputFormat", ppi: float | None = None) -> bytes | list[bytes]:
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True)
    found = compiler.compile(format=kind, ppi=ppi, sys_inputs={"quote": written}, timestamp=0)
    assert found is not None
    return found


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS / "files"])
