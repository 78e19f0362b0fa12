"""The commands for trusted documents: those that front ends were built with, and that servers run by identifier."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters.database.core.engine import Database
from adapters.database.trusted_documents.store import (
    MAX_CHARACTERS,
    IdentifierTaken,
    SqlTrustedDocuments,
    TooManyDocuments,
    TrustedDocument,
)
from app.cli.common import Failure, checked, require_migrated, settings_of, with_database
from app.cli.manifests import read_manifest
from app.process import run
from domain.shared.parsers import NAME_LENGTH, text

DEFAULT_CLIENT = "default"
_LONGEST_NAMES = 60

documents = typer.Typer(help="Trusted documents, which clients run by their identifier.", no_args_is_help=True)

Client = Annotated[str | None, typer.Option(help="The client whose documents are meant. Default: every client.")]


@documents.command("push")
def push_documents(
    manifest: Annotated[Path, typer.Argument(help="The manifest of Relay, Apollo or GraphQL Code Generator.")],
    client: Annotated[str, typer.Option(help="The name of the front end that the documents are of.")] = DEFAULT_CLIENT,
) -> None:
    """Store the documents of a manifest. Nothing is stored if one does not fit the schema."""
    client = checked("--client", text, client, NAME_LENGTH)
    found = read_manifest(manifest)
    if problems := problems_of(found):
        raise Failure("\n".join([*problems, "Nothing was stored."]))

    async def write(database: Database) -> int:
        await require_migrated(database)
        try:
            return await SqlTrustedDocuments(database).push(client, found, datetime.now(UTC))
        except IdentifierTaken as taken:
            raise Failure(
                f"Stored with another text: {', '.join(taken.ids)}. Remove these documents first, or give the new ones "
                "other identifiers. Nothing was stored."
            ) from None
        except TooManyDocuments:
            raise Failure(
                f"All documents together may have {MAX_CHARACTERS:,} characters. Remove those of old versions first. "
                "Nothing was stored."
            ) from None

    new = run(with_database(write))
    print(f"{client}: {new:,} stored, {len(found) - new:,} known already. Servers run them within seconds.")


@documents.command("list")
def list_documents(
    client: Client = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """List the stored documents."""
    found = _stored(client)
    if as_json:
        rows = [
            {
                "client": it.client,
                "id": it.id,
                "sha256": it.sha256,
                "pushedAt": it.pushed_at.isoformat(),
                "text": it.text,
            }
            for it in found
        ]
        print(json.dumps(rows))
        return
    for it in found:
        print(f"{it.client}  {it.id}  {it.pushed_at:%Y-%m-%d %H:%M}  {_names(it.text)}")


@documents.command("remove")
def remove_documents(
    ids: Annotated[list[str] | None, typer.Argument(help="The identifiers of documents.", metavar="ID…")] = None,
    client: Client = None,
) -> None:
    """Remove documents by their identifiers, or all of a client."""
    if not ids and client is None:
        raise Failure("Give the identifiers of documents, or --client NAME for all of a client.")

    async def write(database: Database) -> int:
        await require_migrated(database)
        return await SqlTrustedDocuments(database).remove(ids or (), client)

    removed = run(with_database(write))
    if not removed:
        raise Failure("There is no such document.")
    print(f"{removed:,} removed. Servers run them for some seconds more.")


@documents.command("check")
def check_documents(client: Client = None) -> None:
    """Name the stored documents that do not fit the schema of this version."""
    found = _stored(client)
    if problems := broken_documents(found):
        raise Failure("\n".join(problems))
    print(f"{len(found):,} documents fit the schema.")


async def warn_of_broken_documents(database: Database) -> None:
    """Prints the stored documents that do not fit the schema of this version."""
    problems = broken_documents(await SqlTrustedDocuments(database).all())
    if problems:
        reason = "These trusted documents do not fit the schema of this version:"
        print("\n".join([reason, *problems]), file=sys.stderr)


def broken_documents(stored: list[TrustedDocument]) -> list[str]:
    """Returns a line for each problem of each document, with the clients it is of."""
    clients: dict[str, list[str]] = {}
    for it in stored:
        clients.setdefault(it.id, []).append(it.client)
    texts = {it.id: it.text for it in stored}
    return [f"{', '.join(clients[id_])}: {line}" for id_, lines in _problems(texts).items() for line in lines]


def problems_of(texts: Mapping[str, str]) -> list[str]:
    """Returns a line for each problem of each document."""
    return [line for lines in _problems(texts).values() for line in lines]


def _problems(texts: Mapping[str, str]) -> dict[str, list[str]]:
    if not texts:
        return {}
    from graphql import OperationDefinitionNode

    from app.server.documents import check, parsed, scan, with_key
    from app.server.refusals import Refusal
    from schema.build import build_schema, core_schema

    settings = settings_of()
    schema, limits = core_schema(build_schema()), with_key(settings.max_tokens, settings.shape_limits)
    found: dict[str, list[str]] = {}
    for id_, document in texts.items():
        try:
            scan(document, limits)
            tree = parsed(document, limits)
            check(schema, tree, limits)
        except Refusal as refusal:
            found[id_] = [f"{id_} ({_names(document)}): {error.message}" for error in refusal.errors]
        else:
            if not any(isinstance(it, OperationDefinitionNode) for it in tree.definitions):
                found[id_] = [f"{id_}: The document has no operation."]
    return found


def _stored(client: str | None) -> list[TrustedDocument]:
    async def read(database: Database) -> list[TrustedDocument]:
        await require_migrated(database)
        return await SqlTrustedDocuments(database).all(client)

    return run(with_database(read))


def _names(document: str) -> str:
    """Returns the names of the operations of a document, or its beginning if it has none."""
    from graphql import GraphQLError, OperationDefinitionNode, parse

    try:
        definitions = parse(document, no_location=True).definitions
    except (GraphQLError, RecursionError):
        return " ".join(document.split())[:_LONGEST_NAMES]
    names = [it.name.value for it in definitions if isinstance(it, OperationDefinitionNode) and it.name]
    return ", ".join(names) or " ".join(document.split())[:_LONGEST_NAMES]
