"""What all commands share: how they fail, their settings, and the database they act on."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from importlib.util import find_spec
from typing import ParamSpec, TypeVar

from adapters.database import migrator as database_schema
from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database, open_database
from app.process import set_up_logging
from app.settings import Settings, read_settings
from domain.shared.access import Environment, Scope
from domain.shared.errors import Invalid
from domain.shared.parsers import NAME_LENGTH, text
from domain.shared.times import end

P = ParamSpec("P")
T = TypeVar("T")

CODE_LENGTH = 50


class Failure(Exception):
    """The command cannot do what was asked; the text says why and what would help."""


class Stopped(Exception):
    """The command was interrupted; the text says what it has done until then."""


def settings_of(**overrides: object) -> Settings:
    """The settings, with logging as they say."""
    settings = read_settings(**overrides)
    set_up_logging(settings.log_level)
    return settings


async def with_database(act: Callable[[Database], Awaitable[T]]) -> T:
    """What `act` makes of the database the settings name. Raises: Failure, when it is not for this version to use."""
    database = open_database(settings_of().database_url)
    try:
        await require_usable(database)
        return await act(database)
    finally:
        await database.close()


async def require_usable(database: Database) -> None:
    """Check that a database is not another program's and not of another version, before anything is done to it.

    Raises: Failure.
    """
    try:
        await database_schema.require_usable(database)
    except database_schema.UnusableDatabase as unusable:
        raise Failure(str(unusable)) from None


async def require_migrated(database: Database) -> None:
    """Raises: Failure."""
    if not await database_schema.is_current(database):
        raise Failure("The database is not migrated. Run `quotegraph migrate` first.")


async def no_company(database: Database, code: str) -> str:
    """What to say when there is no such company."""
    codes = ", ".join(it.code for it in await SqlCompanies(database).list())
    return f"There is no company {code!r}. Companies: {codes or 'none yet'}."


def checked(option: str, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `parse` makes of an argument. Raises: Failure, which names the argument."""
    try:
        return parse(*args, **kwargs)
    except Invalid as invalid:
        raise Failure(f"{option}: {invalid.message}") from None


def company_code(option: str, given: str) -> str:
    """The code of a new company, in upper case: letters, digits and -_. alone. Raises: Failure."""
    code = checked(option, text, given, CODE_LENGTH).upper()
    if not all(it.isalnum() or it in "-_." for it in code):
        raise Failure(f"{option}: a code has only letters, digits, hyphens, underscores and dots, unlike {code!r}.")
    return code


def company_name(option: str, given: str) -> str:
    """The name of a company. Raises: Failure."""
    return checked(option, text, given, NAME_LENGTH)


def environment_of(given: str) -> Environment:
    """Raises: Failure."""
    try:
        return Environment(given.upper())
    except ValueError:
        raise Failure(f"--environment is live or test, not {given!r}.") from None


def scopes_of(given: Iterable[str]) -> frozenset[str]:
    """Scopes as typed, at least one. Raises: Failure."""
    wanted = frozenset(given)
    unknown = sorted(wanted - {str(it) for it in Scope})
    if unknown or not wanted:
        told = f"There is no scope {', '.join(map(repr, unknown))}." if unknown else "Say at least one --scope."
        raise Failure(f"{told} Scopes: {', '.join(str(it) for it in Scope)}.")
    return wanted


def expiry_of(given: str, now: datetime, zone: str) -> datetime:
    """When a key expires: a time, or a day, which lasts to its end. Raises: Failure, also when it is over."""
    until = checked("--expires", end, given, zone).at
    if until <= now:
        raise Failure(f"--expires: {given} is over; a key that has expired is good for nothing.")
    return until


def require_demo() -> None:
    """Raises: Failure, where what the demo and the emulators need beside the product is not installed."""
    if find_spec("aiosmtpd") is None:
        raise Failure("The demo and the emulators need the extra `demo`: pip install 'quotegraph[demo]'.")
