"""The commands for webhook endpoints."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from adapters.database.core.engine import Database
from adapters.database.webhooks.selections import SavedSelection, saved_selections
from app.cli.common import require_migrated, settings_of, with_database
from app.process import run
from domain.shared.access import Scope

webhooks = typer.Typer(help="Webhook endpoints.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class BrokenSelection:
    """An endpoint whose document does not fit the schema, and what is wrong with it."""

    saved: SavedSelection
    problems: tuple[str, ...]

    @property
    def host(self) -> str:
        """All of the address that is printed: the rest of it may be a secret of the receiver."""
        return urlsplit(self.saved.url).hostname or ""

    def lines(self) -> Iterator[str]:
        """Returns the endpoint, and below it its problems."""
        of = self.saved
        disabled = "" if of.is_active else "  (disabled)"
        yield f"{of.endpoint_id}  {of.company} {of.environment.lower()}  {self.host}{disabled}"
        yield from (f"  {problem}" for problem in self.problems)

    def as_json(self) -> dict[str, Any]:
        """Returns the endpoint as printed by `check --json`."""
        of = self.saved
        return {
            "id": of.endpoint_id,
            "company": of.company,
            "environment": of.environment,
            "host": self.host,
            "isActive": of.is_active,
            "problems": list(self.problems),
        }


@webhooks.command("check")
def check_webhooks(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False) -> None:
    """Name the endpoints whose own selection does not fit the schema of this version. Exits with 1 if there are any."""

    async def read(database: Database) -> list[SavedSelection]:
        await require_migrated(database)
        return await saved_selections(database)

    saved = run(with_database(read))
    broken = broken_selections(saved)
    if as_json:
        print(json.dumps([it.as_json() for it in broken]))
    elif broken:
        print("\n".join(line for it in broken for line in it.lines()))
    else:
        print(f"Selections of webhook endpoints that fit the schema: {len(saved):,}.")
    if broken:
        raise typer.Exit(1)


async def warn_of_broken_selections(database: Database) -> None:
    """Prints the endpoints whose own selection does not fit the schema of this version."""
    if broken := broken_selections(await saved_selections(database)):
        reason = "The selections of these webhook endpoints do not fit the schema of this version; they get errors:"
        print("\n".join([reason, *(line for it in broken for line in it.lines())]), file=sys.stderr)


def broken_selections(saved: Iterable[SavedSelection]) -> list[BrokenSelection]:
    """Returns the endpoints whose document could not be saved any more, with its problems."""
    if not (saved := list(saved)):
        return []
    from app.server.limits import Limits
    from app.server.preparation import Preparation
    from app.webhook_queries import SelectionChecks
    from resolvers.execution.executor import Executor
    from schema.build import build_schema, core_schema

    schema, settings = core_schema(build_schema()), settings_of()
    limits = Limits(settings.max_cost, tokens=settings.max_tokens, shape=settings.shape_limits)
    checks = SelectionChecks(Preparation(schema, Executor(schema), limits))
    problems = {it: checks.problems(it.query, frozenset(Scope) & frozenset(it.scopes)) for it in saved}
    return [BrokenSelection(it, tuple(found.message for found in each)) for it, each in problems.items() if each]
