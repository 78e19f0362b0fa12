"""`quotegraph jobs`: how much there is to do, and what fails, by kind of job."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from adapters.database.core.engine import Database
from adapters.database.jobs.figures import JobFigures, SqlJobFigures
from app.cli.common import require_migrated, with_database
from app.process import run
from domain.shared.jobs import JobType
from domain.shared.lanes import LANES

COLUMNS = ("due", "running", "scheduled", "failing", "dead")


def jobs_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Print how many jobs of each type are due, running, scheduled, failing and dead, and how old the oldest due one
    is."""
    now = datetime.now(UTC)

    async def read(database: Database) -> dict[JobType, JobFigures]:
        await require_migrated(database)
        return await SqlJobFigures(database).read(now)

    found = run(with_database(read))
    if as_json:
        print(json.dumps(as_data(found, now)))
        return
    for line in report(found, now):
        print(line)


def as_data(found: Mapping[JobType, JobFigures], now: datetime) -> list[dict[str, object]]:
    """The figures of every type for a script; `oldestDueSeconds` is null if nothing is due."""
    return [
        {
            "type": str(kind),
            "lane": str(LANES[kind]),
            **{name: getattr(it, name) for name in COLUMNS},
            "oldestDueSeconds": it.age(now) if it.due else None,
        }
        for kind, it in found.items()
    ]


def report(found: Mapping[JobType, JobFigures], now: datetime) -> Iterator[str]:
    """The lines of the table: the types that have jobs, and the sum."""
    present = {kind: it for kind, it in found.items() if any(getattr(it, name) for name in COLUMNS)}
    if not present:
        yield "Nothing is to be done, and nothing has failed."
        return
    yield _line("type", "lane", *COLUMNS, "oldest due")
    for kind, it in present.items():
        age = str(timedelta(seconds=int(it.age(now)))) if it.due else "-"
        yield _line(kind, LANES[kind], *(f"{getattr(it, name):,}" for name in COLUMNS), age)
    sums = (f"{sum(getattr(it, name) for it in present.values()):,}" for name in COLUMNS)
    yield _line("all", "", *sums, "")


def _line(kind: str, lane: str, *figures: str) -> str:
    *counts, age = figures
    return f"{kind:<20} {lane:<10}{''.join(f'{it:>11}' for it in counts)}  {age:>16}".rstrip()
