"""Looks up what may be a guess, within the budget of wrong keys of the network that it came from."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

from graphql import GraphQLError

from app.server.refusals import Refusal
from domain.shared.access import Expired, Unauthorized
from resolvers.budgets import WrongKeys

Found = TypeVar("Found")


async def look_up(
    find: Callable[[], Awaitable[Found | None]], wrong_keys: WrongKeys, network: str, refused: Counter[str]
) -> Found | None:
    """Returns what `find` does, which is not called if too many were wrong. Wrong is what is not found, and what is
    refused as Unauthorized, unless it was right until it expired: a browser goes on sending that, and is not to lock
    its office out. Raises: Refusal, and what `find` raises."""
    try:
        attempt = wrong_keys.attempt(network)
        try:
            found = await find()
        except Expired:
            attempt.was_right()
            raise
        except Unauthorized:
            attempt.was_wrong()
            raise
        except BaseException:
            attempt.was_right()
            raise
        if found is None:
            attempt.was_wrong()
        else:
            attempt.was_right()
    except GraphQLError as too_many:
        refused["too many wrong keys"] += 1
        raise Refusal(too_many) from None
    return found
