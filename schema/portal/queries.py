"""Reading a quote by its public key. No API key is needed."""

from typing import Annotated

import strawberry

from resolvers.portal import public_quote
from schema.declare import Info, public_root
from schema.portal.inputs import PUBLIC_KEY
from schema.portal.public_quote import PublicQuote


@strawberry.type
class PublicQueries:
    @public_root(
        "The quote that a public key opens; null for a key that opens nothing. Opening it marks it viewed, once. After "
        "too many wrong keys an address, or an API key sent along, has to wait with another wrong one (RATE_LIMITED); "
        "a right one still opens its quote, unless hundreds are tried at once."
    )
    async def public_quote(
        info: Info,
        key: Annotated[str, strawberry.argument(description=PUBLIC_KEY)],
        alternatives: Annotated[
            list[strawberry.ID] | None,
            strawberry.argument(
                description="What it would come to with these in place of their lines' items; by default with those "
                "that somebody has signed for."
            ),
        ] = None,
    ) -> PublicQuote | None:
        return await public_quote.quote_by_key(info.context, key, alternatives)
