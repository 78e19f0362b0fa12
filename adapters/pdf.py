"""Quotes on paper: typst prints `templates/quote.typ` as PDF.

Equal documents give equal bytes: the file carries no time of its making, and its fonts are ours, never the machine's.
"""

import asyncio
import json
from dataclasses import asdict
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from domain.quote_documents import QuoteDocument, printed_date

# Collected from npm packages by `make setup`; without them Latin, Greek and Cyrillic are left, from typst itself.
FONTS = Path(str(files("adapters"))) / "fonts" / "files"
TEMPLATE = Path(str(files("adapters"))) / "templates" / "quote.typ"


class TypstPrinter:
    """The `Printer` of this process. Printing takes a tenth of a second or more, in a thread of its own; one document
    is printed at a time, which leaves the processor to the others."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Semaphore(1)

    async def print_quote(self, document: QuoteDocument) -> bytes:
        """The document as PDF."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(printed, document)


def printed(document: QuoteDocument) -> bytes:
    """The document as PDF, always the same bytes."""
    found = _compiled(document, "pdf")
    assert isinstance(found, bytes)
    return found


def pictured(document: QuoteDocument, ppi: float = 96) -> list[bytes]:
    """The document's pages as PNG."""
    found = _compiled(document, "png", ppi)
    return found if isinstance(found, list) else [found]


def _compiled(document: QuoteDocument, kind: "typst.OutputFormat", ppi: float | None = None) -> bytes | list[bytes]:
    compiler = typst.Compiler(TEMPLATE.read_bytes(), font_paths=_fonts(), ignore_system_fonts=True)
    inputs = {"quote": json.dumps(asdict(document), default=_plain)}
    found = compiler.compile(format=kind, ppi=ppi, sys_inputs=inputs, timestamp=0)
    assert found is not None
    return found


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[FONTS])


def _plain(value: object) -> str:
    assert isinstance(value, date)
    return printed_date(value)
