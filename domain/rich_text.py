"""Text with a little form, as people type it: the part of Markdown that a letter needs, and nothing that could do harm.

Headings, lists, bold, italics and links are understood, and a line that was ended stays ended. All else is shown as it
was typed: it is data, in which no paper and no page finds markup of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache


class BlockKind(StrEnum):
    """What a block of text is."""

    PARAGRAPH = "PARAGRAPH"
    HEADING = "HEADING"
    BULLETS = "BULLETS"
    NUMBERS = "NUMBERS"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of one form. `link` is an `https`, `http` or `mailto` address."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class RichLine:
    """A line of a paragraph, or an entry of a list."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading or a list. `number` is the level of a heading, from 1 to 3, and of a numbered list what it
    begins with."""

    kind: BlockKind
    lines: tuple[RichLine, ...]
    number: int | None = None


@lru_cache(maxsize=32)
def rich_text(typed: str | None) -> tuple[Block, ...]:
    """What was typed, block by block."""
    blocks: list[Block] = []
    ended = True
    for line in (typed or "").splitlines():
        if not line.strip():
            ended = True
            continue
        block, before = _block(line), blocks[-1] if blocks else None
        if before is not None and _continues(before, block, line, ended):
            blocks[-1] = _joined(before, block)
        else:
            blocks.append(block)
        ended = False
    return tuple(blocks)


_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.+?)[\s#]*")
_BULLET = re.compile(r"\s{0,12}[-*+•]\s+(.+)")
_NUMBER = re.compile(r"\s{0,12}(\d{1,4})[.)]\s+(.+)")


def _block(line: str) -> Block:
    if found := _HEADING.fullmatch(line):
        return Block(BlockKind.HEADING, (_line(found[2]),), min(len(found[1]), 3))
    if found := _BULLET.fullmatch(line):
        return Block(BlockKind.BULLETS, (_line(found[1]),))
    if found := _NUMBER.fullmatch(line):
        return Block(BlockKind.NUMBERS, (_line(found[2]),), int(found[1]))
    return Block(BlockKind.PARAGRAPH, (_line(line.strip()),))


def _continues(before: Block, block: Block, line: str, ended: bool) -> bool:
    lists = (BlockKind.BULLETS, BlockKind.NUMBERS)
    if block.kind == BlockKind.PARAGRAPH:
        return not ended and (before.kind == block.kind or (before.kind in lists and line.startswith("  ")))
    return block.kind == before.kind and block.kind in lists


def _joined(before: Block, block: Block) -> Block:
    if before.kind == block.kind:
        return replace(before, lines=before.lines + block.lines)
    # The rest of a list's entry.
    *others, last = before.lines
    return replace(before, lines=(*others, RichLine((*last.spans, Span(" "), *block.lines[0].spans))))


# The lengths are bounded so that marks without an end cost little.
_FORMED = re.compile(
    r"\\(?P<escaped>[\\*_\[\]()#+.!-])"
    r"|(?P<mark>\*\*|(?<!\w)__)(?=\S)(?P<bold>.{1,500}?)(?<=\S)(?P=mark)(?![\w*])"
    r"|(?P<sign>(?<![\w*])\*|(?<!\w)_)(?=[^\s*_])(?P<italic>.{1,500}?)(?<=\S)(?P=sign)(?![\w*])"
    r"|\[(?P<words>[^\[\]]{1,500})\]\((?P<link>(?:https?://|mailto:)[^\s()<>\"]{1,2000})\)"
)


def _line(typed: str) -> RichLine:
    return RichLine(tuple(_spans(typed, Span(""))))


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
    """What stands between two marks. A form within itself says nothing new and is shown as typed."""
    if form == outer or (outer.link is not None and form.link != outer.link):
        yield replace(outer, text=whole)
    else:
        yield from _spans(typed, form)
