"""The query for a quote by its public key. No API key is needed."""

from typing import Annotated

import strawberry

from resolvers.portal import public_quote
from schema.declare import Info, public_root
from schema.portal.inputs import PUBLIC_KEY
from schema.portal.public_quote import PublicQuote


@strawberry.type
class PublicQueries:
    @public_root(
        "Returns the quote with this public key, or `null` if the key is not valid. The first "
        "read marks the quote as viewed. After too many invalid keys, further invalid keys from "
        "the same network address, or with the same API key if one is sent, are refused "
        "(RATE_LIMITED) for a while; a valid key still works, unless hundreds of keys are tried "
        "at once."
    )
    async def public_quote(
        info: Info,
        key: Annotated[str, strawberry.argument(description=PUBLIC_KEY)],
        alternatives: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="Alternatives to calculate the totals with, in place of the items of their lines. By "
                "default those that somebody has signed for."
            ),
        ] = None,
    ) -> PublicQuote | None:
        return await public_quote.quote_by_key(info.context, key, alternatives)
