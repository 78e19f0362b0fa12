"""Formatted text as blocks, so that a front end can render it without parsing Markdown."""

from domain.portal.rich_text import Block as BlockRow
from domain.portal.rich_text import RichLine as RichLineRow
from domain.portal.rich_text import Span as SpanRow
from schema.declare import column, type_of
from schema.portal.enums import BlockType
from schema.shared.scalars import URL

# Described with every input field that takes formatted text.
MARKDOWN = (
    "at most 50,000 characters. Supports headings, lists, bold, italics and links of "
    "Markdown; everything else is shown as typed."
)


@type_of(SpanRow)
class TextSpan:
    """A piece of text with one format."""

    text: str = column("The text.")
    is_bold: bool = column("Whether the text is bold.", attribute="bold")
    is_italic: bool = column("Whether the text is italic.", attribute="italic")
    link: URL | None = column("Target of a link: an `https`, `http` or `mailto` URL.")


@type_of(RichLineRow)
class TextLine:
    """A line of a paragraph, or an item of a list."""

    spans: list[TextSpan] = column("The pieces of text that make up the line.")


@type_of(BlockRow)
class TextBlock:
    """A paragraph, heading or list."""

    type: BlockType = column("Type of the block.", attribute="kind")
    number: int | None = column("The level of a heading, from 1 to 3, or the first number of a numbered list.")
    lines: list[TextLine] = column("Lines of the paragraph, or items of the list.")
