"""The command `quotegraph`."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from adapters.database.companies.company import SqlCompanies, add_company
from adapters.database.core.engine import Database
from app.cli.catalogue import catalogue
from app.cli.common import (
    Failure,
    Stopped,
    checked,
    company_code,
    company_name,
    no_company,
    require_demo,
    require_migrated,
    settings_of,
    with_database,
)
from app.cli.companies import company_settings
from app.cli.connect import connect
from app.cli.documents import documents
from app.cli.init import init_command
from app.cli.inventory import assets, employees
from app.cli.jobs import jobs_command
from app.cli.keys import keys
from app.cli.migrate import migrate_command
from app.cli.secrets import secrets
from app.cli.usage import usage_command
from app.cli.webhooks import webhooks
from app.process import Interrupted, run
from app.settings import BadSettings
from domain.shared.ids import new_id
from domain.shared.parsers import NAME_LENGTH, email, text
from domain.shared.parsers import country as country_code

T = TypeVar("T")

cli = typer.Typer(
    help="A GraphQL API for hardware procurement. QUOTEGRAPH_… environment variables configure it; see README.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
companies = typer.Typer(help="Companies and their API access.", no_args_is_help=True)
schema = typer.Typer(help="The GraphQL schema.", no_args_is_help=True)
companies.command("settings")(company_settings)
cli.add_typer(companies, name="companies")
cli.add_typer(keys, name="keys")
schema.command("usage")(usage_command)
cli.add_typer(schema, name="schema")
cli.add_typer(secrets, name="secrets")
cli.add_typer(documents, name="documents")
cli.add_typer(catalogue, name="catalogue")
cli.add_typer(assets, name="assets")
cli.add_typer(employees, name="employees")
cli.add_typer(webhooks, name="webhooks")
cli.add_typer(connect, name="connect")

# The exit code of shells for a program that was ended by Ctrl-C.
INTERRUPTED = 130

Port = Annotated[
    int | None, typer.Option(help="The port to listen on; 0 chooses a free one. Default: QUOTEGRAPH_PORT or 8000.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DataDirectory = Annotated[Path, typer.Option("--data", help="The directory for data.")]


cli.command("init")(init_command)
cli.command("jobs")(jobs_command)
cli.command("migrate")(migrate_command)


@cli.command("serve")
def serve_command(
    port: Port = None,
    workers: Annotated[
        int,
        typer.Option(help="The number of server processes on the port. More than 1 needs PostgreSQL.", min=1, max=64),
    ] = 1,
) -> None:
    """Serve the API, and run jobs unless QUOTEGRAPH_WORKER=off."""
    from app.run import serve, serve_in_processes

    settings = settings_of(port=port)
    if workers == 1:
        run(serve(settings))
    else:
        serve_in_processes(settings, workers)


@cli.command("worker")
def worker_command() -> None:
    """Run jobs: e-mails, tasks, vendor orders and webhooks."""
    from app.run import work

    run(work(settings_of()))


@cli.command("demo")
def demo_command(port: Port = None, data: DataDirectory = Path(".demo")) -> None:
    """Run the product with demo data and emulated vendors."""
    require_demo()
    from app.demo.run import demo

    demo(settings_of(port=port), data)


@cli.command("emulators")
def emulators_command(
    data: DataDirectory = Path(".emulators"),
    pace: Annotated[
        float | None,
        typer.Option(
            help="Seconds the vendor takes for each step. Default: it waits for /control requests.", min=0, max=86_400
        ),
    ] = None,
) -> None:
    """Run only the emulated vendors; their addresses are written to emulators.json."""
    require_demo()
    from app.demo.run import emulate

    emulate(data, pace)


@cli.command("seed")
def seed_command() -> None:
    """Write demo data to an empty migrated database. Creates no keys and sends nothing."""
    from app.demo.seed.seeder import NotEmpty, seed

    async def write(database: Database) -> None:
        await require_migrated(database)
        try:
            await seed(database)
        except NotEmpty as error:
            raise Failure(str(error)) from None

    run(with_database(write))
    print("The demo data was written.")


@companies.command("list")
def list_companies(as_json: AsJson = False) -> None:
    """List all companies."""

    async def read(database: Database) -> list[dict[str, object]]:
        await require_migrated(database)
        found = await SqlCompanies(database).list()
        return [{"code": it.code, "name": it.name, "apiEnabled": it.api_enabled} for it in found]

    found = run(with_database(read))
    if as_json:
        print(json.dumps([{"code": it["code"], "name": it["name"]} for it in found]))
    else:
        for it in found:
            print(f"{it['code']:<16}{it['name']}{'' if it['apiEnabled'] else '  (API off)'}")


@companies.command("create")
def create_company(
    code: Annotated[
        str, typer.Argument(help="A short code, such as ACME, which also identifies the company at the vendor.")
    ],
    name: Annotated[str, typer.Argument(help="The company's name.")],
) -> None:
    """Create a company, with separate live and test data."""
    code, name = company_code("CODE", code), company_name("NAME", name)

    async def write(database: Database) -> None:
        await require_migrated(database)
        if await SqlCompanies(database).id_of(code):
            raise Failure(f"There is a company {code} already.")
        async with database.write.begin() as connection:
            await add_company(connection, new_id(), code, name, datetime.now(UTC))

    try:
        run(with_database(write))
    except IntegrityError:
        raise Failure(f"There is a company {code} already.") from None
    print(f"The company {code} was created.")


@companies.command("describe")
def describe_company(
    code: Annotated[str, typer.Argument(help="The company's code.")],
    country: Annotated[str, typer.Option(help="ISO 3166-1 code or name.")] = "",
    legal_number: Annotated[str, typer.Option(help="The company's registration number.")] = "",
    contact_email: Annotated[str, typer.Option(help="The e-mail address for the vendor.")] = "",
    phone: Annotated[str, typer.Option(help="The phone number for the vendor.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Send only the code again.")] = False,
) -> None:
    """Set the company details that are sent to the vendor with each order. All options are required, or --clear."""
    given = {"--country": country, "--legal-number": legal_number, "--contact-email": contact_email, "--phone": phone}
    if clear and any(given.values()):
        raise Failure(f"Give either --clear or {', '.join(given)}.")
    nothing = dict.fromkeys(("legal_number", "contact_email", "phone"))
    vendor_country, details = (None, nothing) if clear else _described(country, legal_number, contact_email, phone)

    async def write(database: Database) -> None:
        await require_migrated(database)
        if not await SqlCompanies(database).describe(code, vendor_country, details):
            raise Failure(await no_company(database, code))

    run(with_database(write))
    print(f"Orders of {code.upper()} send {'only its code' if clear else 'its details'} to the vendor.")


def _described(country: str, legal_number: str, contact_email: str, phone: str) -> tuple[str, dict[str, str | None]]:
    return checked("--country", country_code, country), {
        "legal_number": checked("--legal-number", text, legal_number, NAME_LENGTH),
        "contact_email": checked("--contact-email", email, contact_email),
        "phone": checked("--phone", text, phone, NAME_LENGTH),
    }


@companies.command("api")
def switch_api(
    state: Annotated[str, typer.Argument(help="on or off", metavar="on|off")],
    code: Annotated[str, typer.Argument(help="The company's code.")],
) -> None:
    """Switch a company's API access on or off."""
    if state not in ("on", "off"):
        raise Failure(f"Give on or off, not {state!r}.")

    async def write(database: Database) -> None:
        await require_migrated(database)
        if not await SqlCompanies(database).switch_api(code, state == "on"):
            raise Failure(await no_company(database, code))

    run(with_database(write))
    print(f"API access of {code.upper()} is {state}.")


@schema.command("export")
def export_schema() -> None:
    """Print the schema, as in schema.graphql."""
    from schema.build import sdl

    print(sdl(), end="")


@schema.command("reference")
def write_reference(
    to: Annotated[Path, typer.Option("--to", help="The directory for the pages.")] = Path("docs/api"),
) -> None:
    """Write the reference of the schema, as in docs/api."""
    from schema.build import build_schema, core_schema
    from schema.reference import pages

    to.mkdir(parents=True, exist_ok=True)
    for name, page in pages(core_schema(build_schema())).items():
        (to / name).write_text(page, encoding="utf-8")


@cli.command("states")
def states_command(
    format: Annotated[str, typer.Option(help="mermaid: one diagram; markdown: the page docs/states.md.")] = "mermaid",
) -> None:
    """Print the state machines of quotes, recipients and device actions, from the tables that the rules use."""
    from app.cli import states

    drawings = {"mermaid": states.mermaid, "markdown": states.markdown}
    if format not in drawings:
        raise Failure(f"--format must be mermaid or markdown, not {format!r}.")
    print(drawings[format]())


# Class names, which drivers put before the database's message.
_CLASS_NAMES = re.compile(r"^(?:\([\w.]+\) )?(?:<class '[\w.]+'>: )?")


def main() -> None:
    """Runs the command. A failure prints one message and exits with code 2, an interruption with 130."""
    try:
        cli()
    except (Failure, BadSettings) as failure:
        print(failure, file=sys.stderr)
        sys.exit(2)
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Interrupted:
        print("Interrupted. The operation in progress was not completed.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except SQLAlchemyError as error:
        reason = _CLASS_NAMES.sub("", str(error).partition("\n")[0])
        print(f"The database cannot be used: {reason}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"The database or a file cannot be reached: {error}", file=sys.stderr)
        sys.exit(2)
