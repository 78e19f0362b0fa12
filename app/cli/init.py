"""The command that sets up a new installation."""

import json
import sys
from typing import Annotated

import typer

from adapters.database.core.engine import Database
from app.cli.common import Failure, company_code, company_name, settings_of, with_database
from app.cli.installation import Installation, companies_of, install
from app.cli.inventory import command_dependencies
from app.process import run

KEY_PURPOSES = {
    "operator": "for operators: all companies, pricing, and the catalogue",
    "live": "for the company: all customer scopes, live data",
    "test": "for the company: all customer scopes, test data and the vendors' sandboxes",
}


def init_command(
    company: Annotated[str | None, typer.Option("--company", help="The first company's code, such as ACME.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="The company's name.")] = None,
    starter: Annotated[
        bool | None,
        typer.Option(
            "--starter-catalogue/--no-starter-catalogue",
            help="Add some 60 current laptops, monitors, phones and accessories to an empty catalogue.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts; do not prompt.")] = False,
) -> None:
    """Set up a new installation: tables, the first company, an optional starter catalogue, and the first API keys,
    which are shown once. A second run changes nothing. On a terminal, missing options are prompted for."""
    interactive = sys.stdin.isatty() and not as_json

    async def existing(database: Database) -> list[tuple[str, str]]:
        return await companies_of(database)

    found = run(with_database(existing))
    if company is None and found:
        company = found[0][0]
    if company is None and interactive:
        company = typer.prompt("Code of the first company, such as ACME")
    if company is None:
        raise Failure("Give --company CODE and --name NAME for the first company.")
    code = company_code("--company", company)
    if name is None and interactive and not found:
        name = typer.prompt("Name of the company")
    checked_name = None if name is None else company_name("--name", name)
    if checked_name is None and not found:
        raise Failure("Give --name NAME for the first company.")
    if starter is None:
        starter = bool(interactive and not found and typer.confirm("Add the starter catalogue?", default=True))

    async def set_up(database: Database) -> Installation:
        return await install(database, command_dependencies(database), code, checked_name, starter)

    done = run(with_database(set_up))
    print(json.dumps(done.as_json(), indent=2) if as_json else _summary(done, checked_name))


def _summary(done: Installation, name: str | None) -> str:
    settings = settings_of()
    kept = f"; its name is still {done.name}" if name not in (None, done.name) else ""
    if not done.changed:
        return (
            f"Nothing was changed: the database is up to date, the company {done.code} ({done.name}) exists{kept}, the "
            f"catalogue has {done.products:,} products, and the keys were created before. They cannot be shown again; "
            "create new ones with `quotegraph keys create`."
        )
    added = "The starter catalogue was added: " if done.products_added else "The catalogue has "
    lines = [
        f"The database {'was ' + done.database if done.database != 'current' else 'is up to date'}.",
        f"The company {done.code} ({done.name}) {'was created' if done.company_created else f'exists{kept}'}.",
        f"{added}{done.products:,} products.",
    ]
    if done.keys:
        shown = [f"  {kind:<10}{key}   {KEY_PURPOSES[kind]}" for kind, key in done.keys.items()]
        lines += ["", "API keys. Store them now: they cannot be shown again.", *shown]
        address = f"http://{settings.host}:{settings.port}/graphql#key={done.keys.get('live', '…')}"
        lines += ["", f"Next: `quotegraph serve`, then open {address}"]
    return "\n".join(lines)
