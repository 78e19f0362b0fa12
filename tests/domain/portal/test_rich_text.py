"""The part of Markdown that a quote's own words may have, and all that is left as it was typed."""

import re
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.portal.rich_text import _FORMED, Block, BlockType, RichLine, Span, rich_text
from tests.counting import calls_of


def plain(*lines: str) -> Block:
    return Block(BlockType.PARAGRAPH, tuple(RichLine((Span(it),)) for it in lines))


def spans(typed: str) -> tuple[Span, ...]:
    """The spans of what is one line."""
    [block] = rich_text(typed)
    [line] = block.lines
    return line.spans


def words(blocks: tuple[Block, ...]) -> str:
    return "".join(span.text for block in blocks for line in block.lines for span in line.spans)


def test_lines_and_paragraphs_stay_as_they_were_typed():
    assert rich_text("Dear Ada,\nas discussed.\n\n\nKind regards") == (
        plain("Dear Ada,", "as discussed."),
        plain("Kind regards"),
    )
    assert rich_text(None) == rich_text(" \n") == ()


def test_headings_and_lists_are_blocks_of_their_own():
    kinds = [
        (it.kind, it.number, len(it.lines)) for it in rich_text("# Hello\nText\n- a\n- b\n\n* c\n3. d\n4) e\n#### f #")
    ]
    assert kinds == [
        (BlockType.HEADING, 1, 1),
        (BlockType.PARAGRAPH, None, 1),
        (BlockType.BULLETS, None, 3),
        (BlockType.NUMBERS, 3, 2),
        (BlockType.HEADING, 3, 1),
    ]


def test_what_is_indented_below_an_entry_belongs_to_it():
    [block] = rich_text("- delivery\n  in ten days\n- prices")
    assert [words((Block(block.kind, (it,)),)) for it in block.lines] == ["delivery in ten days", "prices"]


def test_words_are_bold_italic_both_or_a_link():
    assert spans("a **b** *c* __d__ _e_ ***f*** [**g** h](https://x.example/i)") == (
        Span("a "),
        Span("b", bold=True),
        Span(" "),
        Span("c", italic=True),
        Span(" "),
        Span("d", bold=True),
        Span(" "),
        Span("e", italic=True),
        Span(" "),
        Span("f", bold=True, italic=True),
        Span(" "),
        Span("g", bold=True, link="https://x.example/i"),
        Span(" h", link="https://x.example/i"),
    )


@pytest.mark.parametrize(
    "typed",
    [
        "5 * 3 * 2",
        "2*3*4",
        "snake_case_name",
        "**open",
        "a ** b ** c",
        "#1 in the market",
        "-10 %",
        "1.5 times",
        "<b>bold</b> & <script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "[click](data:text/html,x)",
        "[click](//evil.example)",
        '#strong[x] $y$ @z #import "/etc/passwd" = T',
        "`code` | table |",
    ],
)
def test_what_is_none_of_it_is_left_as_it_was_typed(typed):
    assert spans(typed) == (Span(typed),)


def test_a_mark_that_is_meant_as_such_is_escaped():
    assert words(rich_text(r"\*not italic\*, 10 \# 3")) == "*not italic*, 10 # 3"


@given(st.text(alphabet="ab *_[]()#-1.\\\n:/https", max_size=200))
def test_nothing_that_was_typed_is_lost_but_marks_and_blanks(typed):
    kept = [it for it in typed if it in "abhtps"]
    read = rich_text(typed)
    shown = words(read) + "".join(span.link or "" for block in read for line in block.lines for span in line.spans)
    assert sorted(set(kept)) == sorted({it for it in shown if it in "abhtps"})


MARKS = ["**a", "*a ", "_a ", "[a](", "__a ", "\\", "- ", "# ", "1. ", "[" * 10, "- a\n  b", "# #a"]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("join", ["", "\n"])
def test_four_times_as_many_marks_without_an_end_cost_four_times_as_much(mark, join):
    few, many = (calls_of(partial(rich_text, join.join([mark] * count))) for count in (500, 2_000))
    assert many < 4.4 * few + 100


def test_no_pattern_can_look_at_the_same_text_without_a_bound():
    """What a pattern looks at again and again, from each place where it may begin, is of a bounded length."""
    bare = re.sub(r"\[[^\]]*\]", "x", re.sub(r"\\.", "x", _FORMED.pattern))
    assert not re.search(r"[*+]|,\}", bare)
