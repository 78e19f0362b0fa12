"""Text with a little form, block by block, so that a front end draws it without reading Markdown itself."""

from domain.portal.rich_text import Block as BlockRow
from domain.portal.rich_text import RichLine as RichLineRow
from domain.portal.rich_text import Span as SpanRow
from schema.declare import column, type_of
from schema.portal.enums import BlockKind
from schema.shared.scalars import URL

# What inputs say of a text that may have form.
MARKDOWN = (
    "at most 50,000 characters. Of Markdown it may have headings, lists, bold, italics and links; all else is shown as "
    "it is typed."
)


@type_of(SpanRow)
class TextSpan:
    """Words of one form."""

    text: str = column("The words.")
    bold: bool = column("Whether they are bold.")
    italic: bool = column("Whether they are in italics.")
    link: URL | None = column("Where they lead: an `https`, `http` or `mailto` address.")


@type_of(RichLineRow)
class TextLine:
    """A line of a paragraph, or an entry of a list."""

    spans: list[TextSpan] = column("Its words, piece by piece.")


@type_of(BlockRow)
class TextBlock:
    """A paragraph, a heading or a list."""

    kind: BlockKind = column("What it is.")
    number: int | None = column("The level of a heading, from 1 to 3; what a numbered list begins with.")
    lines: list[TextLine] = column("Its lines or entries.")
