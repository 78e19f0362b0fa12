"""Manifests of persisted documents, as Relay, Apollo and GraphQL Code Generator write them."""

import json
from pathlib import Path
from typing import Any

from app.cli.common import Failure

APOLLO_FORMAT = "apollo-persisted-query-manifest"
LONGEST_IDENTIFIER = 200
_KNOWN = (
    'Known are {"<id>": "<text>"} (Relay, GraphQL Code Generator) and {"format": "apollo-persisted-query-manifest", '
    '"version": 1, "operations": [{"id", "body"}]} (Apollo).'
)


def read_manifest(path: Path) -> dict[str, str]:
    """Returns the documents of a manifest by their identifiers. Raises: Failure."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Failure(f"MANIFEST: {path} cannot be read: {error.strerror}.") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Failure(f"MANIFEST: {path} is not JSON.") from None
    pairs = _pairs(manifest, path)
    if not pairs:
        raise Failure(f"MANIFEST: {path} has no documents.")
    documents: dict[str, str] = {}
    for id_, text in pairs:
        if not _is_identifier(id_):
            raise Failure(
                f"MANIFEST: {json.dumps(id_)[:LONGEST_IDENTIFIER]} is no identifier: use 1 to {LONGEST_IDENTIFIER} "
                "printable characters."
            )
        if not isinstance(text, str):
            raise Failure(f"MANIFEST: the document {id_} is not a string. {_KNOWN}")
        if documents.setdefault(id_, text) != text:
            raise Failure(f"MANIFEST: the identifier {id_} has two documents.")
    return documents


def _pairs(manifest: Any, path: Path) -> list[tuple[Any, Any]]:
    """Returns identifiers and texts in whatever format they are. Raises: Failure."""
    if not isinstance(manifest, dict):
        raise Failure(f"MANIFEST: {path} is no manifest. {_KNOWN}")
    if not isinstance(manifest.get("operations"), list):
        return list(manifest.items())
    if (manifest.get("format"), manifest.get("version")) != (APOLLO_FORMAT, 1):
        raise Failure(f"MANIFEST: {path} has an unknown format or version. {_KNOWN}")
    operations = manifest["operations"]
    if not all(isinstance(it, dict) for it in operations):
        raise Failure(f"MANIFEST: {path} has operations that are no objects. {_KNOWN}")
    return [(it.get("id"), it.get("body")) for it in operations]


def _is_identifier(id_: Any) -> bool:
    return isinstance(id_, str) and 0 < len(id_) <= LONGEST_IDENTIFIER and id_.isprintable() and id_ == id_.strip()
