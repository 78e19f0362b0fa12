"""Errors of operations as clients see them: every error has a code, and the text of internal errors is only logged."""

import json
import logging
import re
from ast import literal_eval

from graphql import GraphQLError, GraphQLSchema, GraphQLSyntaxError

from app.server.hints import corrected, path_of_variable, without_typename
from app.server.outages import RETRY_AFTER, SERVICE_UNAVAILABLE, unavailable
from domain.shared.ids import new_id
from resolvers.errors import Code, Reason

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 1000
# Where graphql-core starts to show the value of a variable, and values that Python writes differently than JSON.
_SHOWN = re.compile(r"(?:[Ff]ound|represent [a-z0-9 -]*value): ")
_PYTHON = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\b(?:None|True|False)\b""")
# How graphql-core reports what a scalar raised, here split into the type, what was raised, and the value.
_RAISED = re.compile(
    r"(?P<expected>.*\bExpected value of type '[^']*'), but encountered error '(?P<raised>.*?)';(?P<found> found: .*)",
    re.DOTALL,
)
# Python's message for an integer with too many digits.
_DIGITS = "Exceeds the limit ("
# graphql-core's name for the type of `__schema` and `__type`.
_META = "'<meta>."
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
        if error.path and original is None and "Cannot return null" in error.message:
            return _coded(error, Code.INTERNAL_ERROR, Code.INTERNAL_ERROR, error.message)
        if isinstance(error, GraphQLSyntaxError):
            return _invalid(error, Reason.GRAPHQL_PARSE_FAILED, error.message)
        return _invalid(error, Reason.BAD_USER_INPUT, error.message)
    if (outage := unavailable(original)) is not None:
        return _coded(error, SERVICE_UNAVAILABLE, SERVICE_UNAVAILABLE, outage.message, retryAfter=RETRY_AFTER)
    reference = new_id()
    log.error("internal error %s at %s", reference, error.path, exc_info=original)
    code, message = Code.INTERNAL_ERROR, "Something went wrong on our side."
    return _coded(error, code, code, message, reference=reference)


def error_of(failure: Exception) -> GraphQLError:
    """Returns the error of a failure outside of any field, which `mask_error` hides from clients."""
    return failure if isinstance(failure, GraphQLError) else GraphQLError(str(failure), original_error=failure)


def validation_error(error: GraphQLError, schema: GraphQLSchema | None = None) -> GraphQLError:
    """Returns a validation error as clients may see it, including what a scalar raised for a value, and with a `schema`
    what can be written instead."""
    if error.extensions and "code" in error.extensions:
        return error
    message = error.message if schema is None else corrected(schema, error.message)
    return _invalid(error, Reason.GRAPHQL_VALIDATION_FAILED, message)


def renamed(error: GraphQLError, message: str) -> GraphQLError:
    """Returns the same error with another message."""
    if message == error.message:
        return error
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=error.extensions)


def _invalid(error: GraphQLError, reason: str, message: str) -> GraphQLError:
    path = path_of_variable(message)
    details = {} if path is None or error.path else {"variablePath": path}
    return _coded(error, Code.VALIDATION_ERROR, reason, without_typename(_in_json(_said_last(message))), **details)


def _said_last(message: str) -> str:
    """Returns a message of graphql-core with what a scalar raised at its end, without the word error."""
    if (parts := _RAISED.fullmatch(message)) is None:
        return message
    raised = "" if parts["raised"].startswith(_DIGITS) else f" {parts['raised']}"
    return f"{parts['expected']},{parts['found']}{raised}"


def _in_json(message: str) -> str:
    """Returns a message of graphql-core about a variable, with its values as JSON instead of as Python literals."""
    text = message.replace(" not to be None.", " not to be null.").replace(_META, "'Query.").replace("{  }", "{}")
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


def _coded(error: GraphQLError, code: str, reason: str, message: str, **details: object) -> GraphQLError:
    extensions = {**(error.extensions or {}), "code": str(code), "reason": str(reason), **details}
    if len(message) > LONGEST_MESSAGE:
        # graphql-core repeats the value, however long it is.
        message = message[:LONGEST_MESSAGE] + "…"
    return GraphQLError(message, error.nodes, error.source, error.positions, error.path, extensions=extensions)
