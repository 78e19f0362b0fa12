"""What is signed, and what a block of text is."""

from domain.portal.rich_text import BlockKind
from domain.portal.signatures import SignaturePurpose
from schema.shared.enums import describe

__all__ = [
    "BlockKind",
    "SignaturePurpose",
]

describe(
    SignaturePurpose,
    "What was signed.",
    QUOTE="The quote: with the last signature asked for, it is approved.",
    PROJECT="That the project the quote was for was carried out.",
)
describe(
    BlockKind,
    "What a block of text is.",
    name="TextBlockKind",
    PARAGRAPH="Lines, each of which ends where it ends.",
    HEADING="A heading, which has one line.",
    BULLETS="A list.",
    NUMBERS="A numbered list.",
)
