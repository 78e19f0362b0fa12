"""`quotegraph schema usage`: which clients select which fields, deprecated ones first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Annotated

import typer

from adapters.database.core.engine import Database
from adapters.database.usage.store import FieldUsage, SqlUsage
from app.cli.common import Failure, require_migrated, with_database
from app.process import run

DAYS = 30


def usage_command(
    field: Annotated[str | None, typer.Option(help="One field, such as Quote.status.")] = None,
    since: Annotated[str | None, typer.Option(help=f"First day, in UTC; default {DAYS} days ago.")] = None,
) -> None:
    """Print how many operations of which client selected each field, deprecated fields first."""
    first = _day(since)

    async def read(database: Database) -> list[FieldUsage]:
        await require_migrated(database)
        return await SqlUsage(database).since(first, field)

    deprecated = _deprecated_fields(field)
    found = run(with_database(read))
    for line in report(found, deprecated):
        print(line)


def report(found: Sequence[FieldUsage], deprecated: dict[str, str]) -> Iterator[str]:
    """The lines of the report: each field with the clients that selected it. `deprecated` has the reasons by field; one
    that nobody selected is in the report too."""
    by_field = {field: list(uses) for field, uses in groupby(found, lambda it: it.field)}
    for field in [*sorted(deprecated), *(it for it in by_field if it not in deprecated)]:
        yield f"{field}  deprecated: {deprecated[field]}" if field in deprecated else field
        uses = sorted(by_field.get(field, ()), key=lambda it: -it.operations)
        for use in uses:
            yield f"  {use.operations:>12,}  {_client(use):<40}  last {use.last_day}"
        if not uses:
            yield "             -  no client"
    if not by_field:
        yield "No field was selected."


def _client(use: FieldUsage) -> str:
    return f"{use.client} {use.client_version}".strip() or "(unnamed)"


def _day(given: str | None) -> date:
    """Raises: Failure."""
    if given is None:
        return datetime.now(UTC).date() - timedelta(days=DAYS)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Failure(f"--since must be a day such as 2026-11-01, not {given!r}.") from None


def _deprecated_fields(only: str | None) -> dict[str, str]:
    """The deprecated fields with their reasons. Raises: Failure, if the field in question does not exist."""
    from schema.build import build_schema, core_schema

    fields = {
        f"{type_.name}.{name}": field.deprecation_reason
        for type_ in core_schema(build_schema()).type_map.values()
        if not type_.name.startswith("__")
        for name, field in getattr(type_, "fields", {}).items()
        if hasattr(field, "args")
    }
    if only is not None and only not in fields:
        raise Failure(f"--field: the schema has no field {only!r}. Name it by its type, such as Quote.status.")
    return {name: reason for name, reason in fields.items() if reason is not None and only in (None, name)}
