"""The messages of graphql-transport-ws: what is wrong with one that was received, and those that are sent."""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import Any

import orjson
from graphql import GraphQLError

from app.server.persisted_documents import IDENTIFIERS

PROTOCOL = "graphql-transport-ws"
TYPES = ("connection_init", "ping", "pong", "subscribe", "complete")
LONGEST_ID = 500
LONGEST_SHOWN = 40
SHUTTING_DOWN = "The server is shutting down"


class CloseCode(IntEnum):
    """Why a socket is closed: codes of RFC 6455, and those of the protocol."""

    NORMAL = 1000
    GOING_AWAY = 1001
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY = 4429


def problem_of(message: Any) -> str | None:
    """Returns what is wrong with a message, in less than 120 bytes."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return f"Send messages as objects with a `type` ({PROTOCOL})."
    type_, payload = message["type"], message.get("payload")
    if type_ not in TYPES:
        return f"There is no message type `{type_[:LONGEST_SHOWN]}` ({PROTOCOL})."
    if type_ in ("subscribe", "complete") and (problem := _problem_of_id(type_, message.get("id"))) is not None:
        return problem
    if type_ == "subscribe":
        return _problem_of_operation(payload)
    return None if isinstance(payload, dict | None) else "Send `payload` as an object."


def _problem_of_id(type_: str, id_: object) -> str | None:
    if not isinstance(id_, str) or not id_:
        return f"Send `{type_}` with an `id`, a string that is not empty."
    return None if len(id_) <= LONGEST_ID else f"An `id` has at most {LONGEST_ID} characters."


def _problem_of_operation(payload: Any) -> str | None:
    if not isinstance(payload, dict) or not _has_document(payload):
        return "Send `subscribe` with a `payload` that has the operation as a string in `query`."
    if not isinstance(payload.get("variables"), dict | None):
        return "Send `payload.variables` as an object."
    if not isinstance(payload.get("extensions"), dict | None):
        return "Send `payload.extensions` as an object."
    return None if isinstance(payload.get("operationName"), str | None) else "Send `payload.operationName` as a string."


def _has_document(payload: Mapping[str, Any]) -> bool:
    """Whether a payload has a document as a string, or names one."""
    query, extensions = payload.get("query"), payload.get("extensions")
    names = [payload.get(it) for it in IDENTIFIERS]
    if isinstance(extensions, dict):
        names.append(extensions.get("persistedQuery"))
    return isinstance(query, str) or (query is None and any(names))


def acknowledgement(payload: Mapping[str, Any]) -> bytes:
    return orjson.dumps({"type": "connection_ack", "payload": payload})


def pong(payload: Mapping[str, Any] | None) -> bytes:
    """The answer to a ping, with what the ping says."""
    return orjson.dumps({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})


def before_payload(operation_id: str) -> bytes:
    """What stands before each result of an operation. `AFTER_PAYLOAD` stands after it."""
    return b'{"id":%b,"type":"next","payload":' % orjson.dumps(operation_id)


AFTER_PAYLOAD = b"}"


def complete(operation_id: str) -> bytes:
    return orjson.dumps({"id": operation_id, "type": "complete"})


def error(operation_id: str, errors: Iterable[GraphQLError]) -> bytes:
    """Ends an operation that has failed as a whole."""
    return orjson.dumps({"id": operation_id, "type": "error", "payload": [it.formatted for it in errors]})
