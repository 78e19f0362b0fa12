"""How connections, their problems, and what would come in are listed on the command line."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.connections.connections import Connection
from domain.connections.problems import ConnectionProblem, NewProblem
from domain.connections.systems import NAMES, System
from domain.shared.ids import global_id
from domain.use_cases.connections.reading import Preview

# How many problems of a collection are listed; `--json` has all.
MOST_PROBLEMS = 20


def connection_data(it: Connection) -> dict[str, Any]:
    """Returns a connection as `connect list --json` prints it."""
    return {
        "id": global_id("Connection", it.id),
        "system": str(it.system),
        "name": it.name,
        "baseUrl": it.base_url,
        "currencyCode": it.currency,
        "status": str(it.status),
        "capabilities": sorted(it.capabilities),
        "lastSyncedAt": _time(it.last_synced_at),
        "sync": {
            "phase": str(it.sync_phase),
            "collection": it.sync_collection and str(it.sync_collection),
            "read": it.sync_read,
            "total": it.sync_total,
            "changed": it.sync_changed,
            "startedAt": _time(it.sync_started_at),
            "error": it.sync_error,
        },
    }


def connection_lines(found: Sequence[Connection]) -> Iterator[str]:
    """Returns two lines for each connection: which it is, and how far it is read."""
    if not found:
        yield "There are no connected systems."
    for it in found:
        status = str(it.status).lower()
        yield f"{global_id('Connection', it.id)}  {NAMES[System(it.system)]:<12}  {status:<12}  {printable(it.name)}"
        details = {
            "address": it.base_url,
            "last read": _time(it.last_synced_at) or "never",
            "phase": f"{str(it.sync_phase).lower()}, {_position(it)}",
            "error": it.sync_error and printable(it.sync_error),
        }
        yield "  " + "; ".join(f"{name}: {value}" for name, value in details.items() if value)


def problem_data(it: ConnectionProblem) -> dict[str, Any]:
    """Returns a problem as `connect problems --json` prints it."""
    return {
        "id": global_id("ConnectionProblem", it.id),
        "collection": str(it.collection),
        "externalId": it.external_id,
        "path": it.path,
        "value": it.value,
        "reason": it.reason,
        "occurrences": it.occurrences,
        "createdAt": _time(it.created_at),
        "lastSeenAt": _time(it.last_seen_at),
        "resolvedAt": _time(it.resolved_at),
    }


def problem_lines(found: Sequence[ConnectionProblem]) -> Iterator[str]:
    """Returns a line for each problem."""
    if not found:
        yield "There are no such problems."
    for it in found:
        resolved = "" if it.resolved_at is None else f"  (resolved {_time(it.resolved_at)})"
        yield f"{_problem(it)}  seen {it.occurrences:,}×, last {_time(it.last_seen_at)}{resolved}"


def preview_data(it: Preview) -> dict[str, Any]:
    """Returns what would come in, as `connect sync --dry-run --json` prints it."""
    names = ("external_id", "path", "value", "reason")
    problems = [
        {"externalId" if name == "external_id" else name: getattr(one, name) for name in names} for one in it.problems
    ]
    return {
        "collection": str(it.collection),
        "read": it.read,
        "new": it.new,
        "changed": it.changed,
        "stale": it.stale,
        "problems": problems,
    }


def preview_lines(found: Sequence[Preview]) -> Iterator[str]:
    """Returns a line for each collection, and below it its problems."""
    for it in found:
        stale = "" if it.stale is None else f", {it.stale:,} stale"
        numbers = f"{it.read:,} read: {it.new:,} new, {it.changed:,} changed{stale}, {len(it.problems):,} problems"
        yield f"{str(it.collection).lower().replace('_', ' ')}: {numbers}"
        yield from (f"  {_problem(one)}" for one in it.problems[:MOST_PROBLEMS])
        if len(it.problems) > MOST_PROBLEMS:
            yield f"  and {len(it.problems) - MOST_PROBLEMS:,} more; --json lists all"
    yield "Nothing was saved."


def printable(text: str) -> str:
    """Text of others: characters that are not printable may control the terminal."""
    return "".join(it if it.isprintable() else ascii(it)[1:-1] for it in text)


def _problem(it: ConnectionProblem | NewProblem) -> str:
    of = f"{str(it.collection).lower()} {printable(it.external_id) or '(no id)'}"
    value = f" = {printable(it.value)}" if it.value else ""
    return f"{of}  {printable(it.path) or '(record)'}{value}: {printable(it.reason)}"


def _position(it: Connection) -> str:
    return f"{it.sync_read:,} read" if it.sync_total is None else f"{it.sync_read:,} of {it.sync_total:,} read"


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
