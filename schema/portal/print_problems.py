"""Texts of a quote that cannot be printed completely, reported before the customer gets the printed quote."""

from typing import Any

import strawberry

from domain.portal import print_problems as rows
from domain.shared.access import Scope
from resolvers.portal import printed_quote
from schema.declare import SCOPE, Info, column, type_of


@type_of(rows.UnprintableCharacter)
class UnprintableCharacter:
    """A character that is missing from all fonts used for printed quotes."""

    character: str = column("The character.")
    code_point: str = column("The Unicode code point, such as `U+13000`.")
    name: str | None = column(
        "The Unicode name, such as `EGYPTIAN HIEROGLYPH A001`; `null` if the character has no name."
    )


@type_of(rows.PrintProblem)
class PrintProblem:
    """A text of a quote that contains characters which are printed as boxes."""

    message: str = column("Description of the problem.")
    path: list[str] = column(
        "Path to the text, starting from the quote: field names and zero-based list indexes, "
        'such as `["items", "0", "comments"]`.'
    )
    excerpt: str = column("The text around the first of these characters.")
    characters: list[UnprintableCharacter] = column("The first 20 distinct characters that cannot be printed.")


async def _of_quote(root: strawberry.Parent[Any], info: Info) -> list[PrintProblem]:
    return await printed_quote.print_problems_of(info.context, root.id)


async def _of_payload(root: strawberry.Parent[Any], info: Info) -> list[PrintProblem]:
    return await printed_quote.print_problems_of(info.context, root.quote_id)


_MEANING = (
    "Texts of the printed quote that contain characters missing from its fonts. Covers texts "
    "of the quote, its lines, the customer and the company. Boxes are printed in place of "
    "these characters."
)


def quote_print_problems() -> Any:
    """The field of a quote."""
    return strawberry.field(resolver=_of_quote, description=f"{_MEANING} Empty if everything can be printed.")


def payload_print_problems() -> Any:
    """The field of a payload whose quote goes to its customer."""
    return strawberry.field(
        resolver=_of_payload,
        description=f"{_MEANING} They do not prevent sending; with `dryRun` they are reported without sending.",
        metadata={SCOPE: Scope.QUOTES_READ},
    )
