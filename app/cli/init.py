"""The command that sets a new installation up."""

import json
import sys
from typing import Annotated

import typer

from adapters.database.core.engine import Database
from app.cli.common import Failure, company_code, company_name, settings_of, with_database
from app.cli.installation import Installation, companies_of, install
from app.cli.inventory import house_of
from app.process import run

MADE_FOR = {
    "operator": "for you who run it: prices quotes, keeps the catalogue, reaches every company",
    "live": "for the company: everything it may do with its live data",
    "test": "the same with its test data and the vendors' sandboxes",
}


def init_command(
    company: Annotated[str | None, typer.Option("--company", help="The first company's code, such as ACME.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What people call the company.")] = None,
    starter: Annotated[
        bool | None,
        typer.Option(
            "--starter-catalogue/--no-starter-catalogue",
            help="Some 60 current laptops, monitors, phones and accessories, into an empty catalogue.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts; nothing is asked.")] = False,
) -> None:
    """Set a new installation up: tables, the first company, a catalogue to start with, and the first keys, shown once.
    Running it again changes nothing. On a terminal, what is not said is asked."""
    asks = sys.stdin.isatty() and not as_json

    async def there(database: Database) -> list[tuple[str, str]]:
        return await companies_of(database)

    found = run(with_database(there))
    if company is None and found:
        company = found[0][0]
    if company is None and asks:
        company = typer.prompt("Code of the first company, such as ACME")
    if company is None:
        raise Failure("Say --company CODE and --name NAME for the first company.")
    code = company_code("--company", company)
    if name is None and asks and not found:
        name = typer.prompt("Its name")
    told = None if name is None else company_name("--name", name)
    if told is None and not found:
        raise Failure("Say --name NAME for the first company.")
    if starter is None:
        starter = bool(asks and not found and typer.confirm("Put the starter catalogue in?", default=True))

    async def set_up(database: Database) -> Installation:
        return await install(database, house_of(database), code, told, starter)

    done = run(with_database(set_up))
    print(json.dumps(done.told(), indent=2) if as_json else _told(done, told))


def _told(done: Installation, name: str | None) -> str:
    settings = settings_of()
    kept = f"; its name stays {done.name}" if name not in (None, done.name) else ""
    if not done.changed:
        return (
            f"Nothing was changed: the database is current, {done.code} ({done.name}) is there{kept}, the catalogue "
            f"has {done.products:,} products, and keys were made before. They cannot be shown again; make others by "
            "`quotegraph keys create`."
        )
    added = "The starter catalogue is in: " if done.products_added else "The catalogue has "
    lines = [
        f"The database is {done.database if done.database != 'current' else 'as it was'}.",
        f"The company {done.code} ({done.name}) is {'made' if done.company_created else f'there{kept}'}.",
        f"{added}{done.products:,} products.",
    ]
    if done.keys:
        shown = [f"  {kind:<10}{key}   {MADE_FOR[kind]}" for kind, key in done.keys.items()]
        lines += ["", "Keys. Keep them now: they cannot be shown again.", *shown]
        address = f"http://{settings.host}:{settings.port}/graphql#key={done.keys.get('live', '…')}"
        lines += ["", f"Next: `quotegraph serve`, then open {address}"]
    return "\n".join(lines)
