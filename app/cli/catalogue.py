"""Commands that import, export and synchronise the catalogue."""

import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from adapters.csv.files import BadFile
from adapters.database.catalogue.products import CATALOGUE_LOADERS
from adapters.database.core.engine import Database
from adapters.database.core.reader import SqlReader
from app.cli.catalogue_files import (
    EVERYWHERE,
    JSON_LINES,
    MOST_ROWS,
    Tally,
    catalogue_rows,
    export_catalogue,
    import_catalogue,
    reporting,
)
from app.cli.catalogue_sync import Synced, Wanted, print_problems, summary_lines, sync
from app.cli.common import Failure, Stopped, checked, environment_of, require_migrated, with_database
from app.cli.inventory import InEnvironment, command_dependencies, progress
from app.process import Interrupted, Interruption, run
from domain.catalogue.file_rows import COLUMNS, Taken
from domain.catalogue.products import Configuration, Product
from domain.shared.access import Environment
from domain.shared.outbound_errors import NotConfigured
from domain.shared.paging import PageKey, Window
from domain.shared.parsers import country as parse_country

catalogue = typer.Typer(
    help="Import, export and synchronise the catalogue, which all companies share.", no_args_is_help=True
)

_COLUMNS = f"Columns: {', '.join(COLUMNS)}. Required: sku, or brand and model; for a new product also product_type."
_RULES = (
    "A product is identified by its sku, or else by brand and model, without regard to case; a configuration by its "
    "configuration_sku, or else by its parts. An empty cell keeps the value of a product and clears a part of a "
    "configuration; a missing column changes nothing. The archived columns contain yes or no."
)


@catalogue.command("import", epilog=f"{_COLUMNS} {_RULES}")
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV, or JSON Lines if the name ends in .jsonl. Each row is a configuration.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report what would be imported and rejected, without changes.")
    ] = False,
) -> None:
    """Add and update products from a file. Valid rows are imported. Rejected rows are written to FILE.rejected.csv with
    the reason, to be corrected and imported again; the exit code is then 1."""
    if not file.is_file():
        raise Failure(f"There is no file {file}.")
    tally, report = Tally(), file.with_name(f"{file.stem}.rejected.csv")

    async def take(database: Database) -> None:
        await require_migrated(database)
        stopped = Interruption()
        with progress(file.stat().st_size, "Importing") as advance, reporting(file) as rejected:
            rows = catalogue_rows(file, advance)
            await import_catalogue(command_dependencies(database), rows, rejected.add, tally, dry_run, stopped)

    try:
        run(with_database(take))
    except BadFile as bad:
        raise Failure(str(bad)) from None
    except Interrupted:
        tally.interrupted = True
    summary = f"{_counted(tally, dry_run)}{f': {report}' if tally.rejected else '.'}"
    if tally.interrupted:
        raise Stopped(f"Interrupted. {summary} The rest was not read; import the file again to continue.")
    print(summary)
    if tally.broken:
        would = "would be " if dry_run else ""
        raise Failure(f"{tally.broken} The rows before it were {would}imported; the rest was not read.")
    if tally.rejected:
        raise typer.Exit(1)


@catalogue.command("export", epilog=_COLUMNS)
def export_command(
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="The file to write: JSON Lines if its name ends in .jsonl, else CSV. Default: standard output."
        ),
    ] = None,
    json_lines: Annotated[bool, typer.Option("--jsonl", help="Write JSON Lines instead of CSV.")] = False,
    active: Annotated[
        bool, typer.Option("--active", help="Only products and configurations that are not archived.")
    ] = False,
) -> None:
    """Write the catalogue in the format that `catalogue import` reads, including archived products and
    configurations."""
    as_json = json_lines or (to is not None and to.suffix.lower() in JSON_LINES)

    async def write(database: Database) -> int:
        await require_migrated(database)
        reader = SqlReader(database, CATALOGUE_LOADERS)
        if to is None:
            return await export_catalogue(pages_of(reader, active), sys.stdout, as_json)
        [count] = await reader.count("products", [_first(active).whole()], EVERYWHERE)
        with to.open("w", encoding="utf-8", newline="") as out, progress(count, "Exporting") as advance:
            return await export_catalogue(pages_of(reader, active), out, as_json, advance)

    count = run(with_database(write))
    if to is not None:
        print(f"{count:,} rows written to {to}.")


@catalogue.command("sync")
def sync_command(
    provider: Annotated[str, typer.Option("--provider", help="tecspal (QUOTEGRAPH_TECSPAL_URL and others).")],
    company: Annotated[
        list[str] | None, typer.Option("--company", help="Whose devices to read; can be repeated. Default: everyone's.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Only products that are sold in this country.")
    ] = None,
    products_only: Annotated[bool, typer.Option("--products-only", help="Read no devices.")] = False,
    environment: InEnvironment = "live",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would change, without changes.")] = False,
) -> None:
    """Add and update products from what the vendor sells, and add the devices that it lists for each company to the
    assets. A second run changes nothing, and nothing is deleted. Records that cannot be used are printed with the
    reason; the exit code is then 1. With `--environment test` the devices of the vendor's sandbox are read, and no
    products, because the catalogue is that of live data too."""
    if provider != "tecspal":
        raise Failure(f"--provider must be tecspal, not {provider!r}.")
    kind = environment_of(environment)
    is_live = kind == Environment.LIVE
    if products_only and not is_live:
        raise Failure("--products-only: products are read with --environment live only.")
    where = None if country is None else checked("--country", parse_country, country)
    wanted, synced = Wanted(kind, where, company or (), is_live, not products_only), Synced()
    try:
        run(with_database(lambda database: sync(database, wanted, synced, dry_run)))
    except NotConfigured as missing:
        raise Failure(str(missing)) from None
    except Interrupted:
        synced.assets.interrupted = True
    print_problems(synced)
    print("\n".join(summary_lines(synced, wanted, dry_run)))
    if synced.interrupted:
        raise Stopped("Interrupted. The rest was not read; run it again to continue.")
    if synced.failure is not None:
        raise Failure(f"The vendor could not be read: {synced.failure}. Run it again to continue.")
    if synced.rejected:
        raise typer.Exit(1)


def _counted(tally: Tally, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    done = {
        "added": tally.taken[Taken.ADDED],
        "updated": tally.taken[Taken.UPDATED],
        "rejected": tally.rejected,
    }
    added, updated, rejected = (f"{count:,} {would}{word}" for word, count in done.items())
    return ", ".join([added, updated, f"{tally.taken[Taken.UNCHANGED]:,} unchanged", rejected])


async def pages_of(
    reader: SqlReader, active: bool = False
) -> AsyncIterator[Sequence[tuple[Product, Sequence[Configuration]]]]:
    """Yields the products by brand and model, each with its configurations; with `active`, only those not archived."""
    kinds = ("configurations_by_product", *(() if active else ("archived_configurations_by_product",)))
    key = _first(active)
    while True:
        [page] = await reader.load("products", [key], EVERYWHERE)
        ids = [product.id for product in page.rows]
        found = [await reader.load(kind, ids, EVERYWHERE) for kind in kinds] if ids else []
        theirs = [sorted((it for rows in each for it in rows), key=_position) for each in zip(*found, strict=True)]
        yield list(zip(page.rows, theirs, strict=True))
        if not page.has_next:
            return
        key = key._replace(window=key.window._replace(cursor=page.cursors[-1]))


def _first(active: bool) -> PageKey:
    return PageKey(None, (("active", True),) if active else (), "NAME", False, Window(MOST_ROWS))


def _position(configuration: Configuration) -> int:
    return configuration.position
