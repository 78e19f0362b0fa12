"""Formatted text as entered: a safe subset of Markdown.

Headings, lists, bold, italics and links are parsed, and line breaks are kept. Everything else is plain text: it is
escaped in the printed quote and on the customer's page, so that it cannot contain markup of theirs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache


class BlockType(StrEnum):
    """The kind of a block."""

    PARAGRAPH = "PARAGRAPH"
    HEADING = "HEADING"
    BULLETS = "BULLETS"
    NUMBERS = "NUMBERS"


@dataclass(frozen=True, slots=True)
class Span:
    """Text in one format. `link` is an `https`, `http` or `mailto` address."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RichLine:
    """A line of a paragraph or an item of a list."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a list.

    `number` is the level of a heading, from 1 to 3, or the first number of a numbered list.
    """

    kind: BlockType
    lines: tuple[RichLine, ...]
    number: int | None = None


@lru_cache(maxsize=32)
def rich_text(typed: str | None) -> tuple[Block, ...]:
    """Parses a text into blocks."""
    blocks: list[_Growing] = []
    ended = True
    for line in (typed or "").splitlines():
        if not line.strip():
            ended = True
            continue
        block, before = _block(line), blocks[-1] if blocks else None
        if before is None or not _continues(before, block, line, ended):
            blocks.append(block)
        elif before.kind == block.kind:
            before.lines += block.lines
        else:
            # An indented line continues the list item before it.
            before.lines[-1] += (Span(" "), *block.lines[0])
        ended = False
    return tuple(it.block() for it in blocks)


@dataclass(slots=True)
class _Growing:
    """A block while it is parsed. Lines are appended in place, so that the time is linear in their number."""

    kind: BlockType
    lines: list[list[Span]]
    number: int | None = None

    def block(self) -> Block:
        return Block(self.kind, tuple(RichLine(tuple(spans)) for spans in self.lines), self.number)


_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.+)")
_BULLET = re.compile(r"\s{0,12}[-*+•]\s+(.+)")
_NUMBER = re.compile(r"\s{0,12}(\d{1,4})[.)]\s+(.+)")


def _block(line: str) -> _Growing:
    if found := _HEADING.fullmatch(line):
        return _Growing(BlockType.HEADING, [_line(_heading(found[2]))], min(len(found[1]), 3))
    if found := _BULLET.fullmatch(line):
        return _Growing(BlockType.BULLETS, [_line(found[1])])
    if found := _NUMBER.fullmatch(line):
        return _Growing(BlockType.NUMBERS, [_line(found[2])], int(found[1]))
    return _Growing(BlockType.PARAGRAPH, [_line(line.strip())])


def _heading(typed: str) -> str:
    """Returns a heading without trailing marks and whitespace. A regular expression would take quadratic time."""
    end = len(typed)
    while end > 1 and (typed[end - 1] == "#" or typed[end - 1].isspace()):
        end -= 1
    return typed[:end]


def _continues(before: _Growing, block: _Growing, line: str, ended: bool) -> bool:
    lists = (BlockType.BULLETS, BlockType.NUMBERS)
    if block.kind == BlockType.PARAGRAPH:
        return not ended and (before.kind == block.kind or (before.kind in lists and line.startswith("  ")))
    return block.kind == before.kind and block.kind in lists


# The lengths are bounded to limit the time for marks that are not closed.
_FORMED = re.compile(
    r"\\(?P<escaped>[\\*_\[\]()#+.!-])"
    r"|(?P<mark>\*\*|(?<!\w)__)(?=\S)(?P<bold>.{1,500}?)(?<=\S)(?P=mark)(?![\w*])"
    r"|(?P<sign>(?<![\w*])\*|(?<!\w)_)(?=[^\s*_])(?P<italic>.{1,500}?)(?<=\S)(?P=sign)(?![\w*])"
    r"|\[(?P<words>[^\[\]]{1,500})\]\((?P<link>(?:https?://|mailto:)[^\s()<>\"]{1,2000})\)"
)


def _line(typed: str) -> list[Span]:
    return list(_spans(typed, Span("")))


def _spans(typed: str, form: Span) -> Iterator[Span]:
    at = 0
    for found in _FORMED.finditer(typed):
        if found.start() > at:
            yield replace(form, text=typed[at : found.start()])
        at = found.end()
        if found["escaped"]:
            yield replace(form, text=found["escaped"])
        elif found["bold"]:
            yield from _inside(found["bold"], found[0], form, replace(form, bold=True))
        elif found["italic"]:
            yield from _inside(found["italic"], found[0], form, replace(form, italic=True))
        else:
            yield from _inside(found["words"], found[0], form, replace(form, link=found["link"]))
    if at < len(typed):
        yield replace(form, text=typed[at:])


def _inside(typed: str, whole: str, outer: Span, form: Span) -> Iterator[Span]:
    """Yields the text between two marks. A format nested in itself, or a link in a link, is shown as entered."""
    if form == outer or (outer.link is not None and form.link != outer.link):
        yield replace(outer, text=whole)
    else:
        yield from _spans(typed, form)
