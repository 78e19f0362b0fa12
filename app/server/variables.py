"""What the variables of one operation may be: their bytes, how deep they are nested, and the length of each list."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.server.bodies import LEVELS_SETTING
from app.server.limits import Limits
from app.server.refusals import Refusal
from resolvers.errors import over_limit

BYTES_SETTING, LIST_SETTING = "QUOTEGRAPH_MAX_VARIABLE_BYTES", "QUOTEGRAPH_MAX_LIST_LENGTH"


def check_variables(variables: Mapping[str, Any] | None, limits: Limits) -> None:
    """Raises: Refusal, if there is too much of anything."""
    if not variables:
        return
    within: list[Any] = [variables]
    levels = 0
    while within:
        levels += 1
        longest = max(len(it) if it.__class__ is list else 0 for it in within)
        if longest > limits.list_length:
            message = (
                f"A list in the variables has {longest:,} values; the limit is {limits.list_length:,} ({LIST_SETTING})."
            )
            raise Refusal(over_limit("list values", longest, limits.list_length, LIST_SETTING, message))
        parts = (it if it.__class__ is list else it.values() for it in within)
        within = [it for part in parts for it in part if it.__class__ is dict or it.__class__ is list]
    if levels > limits.variable_levels:
        most = limits.variable_levels
        message = (
            f"The variables have {levels:,} levels of lists and objects; the limit is {most:,} ({LEVELS_SETTING})."
        )
        raise Refusal(over_limit("variable levels", levels, most, LEVELS_SETTING, message))
    size, most = len(orjson.dumps(variables)), limits.variable_bytes
    if size > most:
        message = f"The variables have {size:,} bytes; the limit is {most:,} ({BYTES_SETTING})."
        raise Refusal(over_limit("variable bytes", size, most, BYTES_SETTING, message))
