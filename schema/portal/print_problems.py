"""What cannot be printed of a quote, told before its customer has the paper."""

from typing import Any

import strawberry

from domain.portal import print_problems as rows
from domain.shared.access import Scope
from resolvers.portal import printed_quote
from schema.declare import SCOPE, Info, column, type_of


@type_of(rows.UnprintableCharacter)
class UnprintableCharacter:
    """A character for which none of the fonts of printed quotes has a glyph."""

    character: str = column("The character.")
    code_point: str = column("Its code point, such as `U+13000`.")
    name: str | None = column("What Unicode calls it, such as `EGYPTIAN HIEROGLYPH A001`; null where it has no name.")


@type_of(rows.PrintProblem)
class PrintProblem:
    """A text of a quote in which boxes are printed instead of characters."""

    message: str = column("The problem in a sentence.")
    path: list[str] = column(
        "Where the text is, from the quote: names of fields, and places in lists from 0, such as "
        '`["items", "0", "comments"]`.'
    )
    excerpt: str = column("The text around the first of the characters.")
    characters: list[UnprintableCharacter] = column("The characters, each once; the first 20 of them.")


async def _of_quote(root: strawberry.Parent[Any], info: Info) -> list[PrintProblem]:
    return await printed_quote.print_problems_of(info.context, root.id)


async def _of_payload(root: strawberry.Parent[Any], info: Info) -> list[PrintProblem]:
    return await printed_quote.print_problems_of(info.context, root.quote_id)


_TOLD = (
    "The texts of the printed quote with characters that no font of ours has: of the quote and its lines, the customer "
    "and the company. Boxes are printed instead of them."
)


def quote_print_problems() -> Any:
    """The field of a quote."""
    return strawberry.field(resolver=_of_quote, description=f"{_TOLD} Empty where everything can be printed.")


def payload_print_problems() -> Any:
    """The field of a payload whose quote goes to its customer."""
    return strawberry.field(
        resolver=_of_payload,
        description=f"{_TOLD} They keep nothing from being sent; with `dryRun` they are told before.",
        metadata={SCOPE: Scope.QUOTES_READ},
    )
