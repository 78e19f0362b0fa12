"""Errors of operations as clients see them: every error has a code, and the text of internal errors is only logged."""

import json
import logging
import re
from ast import literal_eval

from graphql import GraphQLError

from app.server.outages import RETRY_AFTER, SERVICE_UNAVAILABLE, unavailable
from domain.shared.ids import new_id

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1000
# Where graphql-core starts to show the value of a variable, and values that Python writes differently than JSON.
_SHOWN = re.compile(r"(?:[Ff]ound|represent [a-z0-9 -]*value): ")
_PYTHON = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:None|True|False)\b""")
# Python's message for an integer with too many digits.
_DIGITS = re.compile(r", but encountered error 'Exceeds the limit \([^']*'; found")
_CONSTANTS = {"None": "null", "True": "true", "False": "false"}


class Refusal(Exception):
    """The operation was refused before any part of it ran."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def mask_error(error: GraphQLError) -> GraphQLError:
    """Returns an error as clients may see it, with a code. The text of an internal error is only logged."""
    if error.extensions and "code" in error.extensions:
        return error
    original = error.original_error
    if original is None or isinstance(original, GraphQLError):
        code = "INTERNAL_ERROR" if error.path and original is None and "Cannot return null" in error.message else None
        return _coded(error, code or "VALIDATION_ERROR", _in_json(error.message))
    if (outage := unavailable(original)) is not None:
        return _coded(error, SERVICE_UNAVAILABLE, outage.message, retryAfter=RETRY_AFTER)
    reference = new_id()
    log.error("internal error %s at %s", reference, error.path, exc_info=original)
    return _coded(error, "INTERNAL_ERROR", "Something went wrong on our side.", reference=reference)


def validation_error(error: GraphQLError) -> GraphQLError:
    """Returns a validation error as clients may see it, including what a scalar raised for a value."""
    if error.extensions and "code" in error.extensions:
        return error
    return _coded(error, "VALIDATION_ERROR", _DIGITS.sub(", found", _in_json(error.message)))


def _in_json(message: str) -> str:
    """Returns a message of graphql-core about a variable, with its values as JSON instead of as Python literals."""
    text = message.replace(" not to be None.", " not to be null.")
    if not text.startswith("Variable '$") or (mark := _SHOWN.search(text)) is None:
        return text
    return text[: mark.end()] + _PYTHON.sub(_as_json, text[mark.end() :])


def _as_json(found: re.Match[str]) -> str:
    token = found.group()
    if token in _CONSTANTS:
        return _CONSTANTS[token]
    try:
        return json.dumps(literal_eval(token), ensure_ascii=False)
    except (ValueError, SyntaxError):
        # graphql-core shortens a long text in the middle, possibly inside an escape sequence.
        return f'"{token[1:-1]}"'


def _coded(error: GraphQLError, code: str, message: str, **details: object) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": code, **details}
    if len(message) > LONGEST_MESSAGE:
        # graphql-core repeats the value, however long it is.
        message = message[:LONGEST_MESSAGE] + "…"
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)
