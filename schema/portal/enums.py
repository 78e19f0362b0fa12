"""Enums of the customer's side: what a signature is for, and the types of text blocks."""

from domain.portal.rich_text import BlockType
from domain.portal.signatures import SignaturePurpose
from schema.shared.enums import describe

__all__ = [
    "BlockType",
    "SignaturePurpose",
]

describe(
    SignaturePurpose,
    "What a signature is for.",
    QUOTE="Signature of the quote. The last required signature approves the quote.",
    PROJECT="Confirmation that the project of the quote was carried out.",
)
describe(
    BlockType,
    "Type of a text block.",
    name="TextBlockType",
    PARAGRAPH="A paragraph. Its line breaks are kept.",
    HEADING="A heading of one line.",
    BULLETS="A bulleted list.",
    NUMBERS="A numbered list.",
)
