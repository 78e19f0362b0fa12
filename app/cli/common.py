"""Shared by all commands: errors, settings, the database, and the parsing of arguments."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from importlib.util import find_spec
from typing import ParamSpec, TypeVar

from adapters.database import migrator
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
    """The command failed. The message says why and what to do."""


class Stopped(Exception):
    """The command was interrupted. The message says what was done until then."""


def settings_of(**overrides: object) -> Settings:
    """Reads the settings and configures logging."""
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
        await migrator.require_usable(database)
    except migrator.UnusableDatabase as unusable:
        raise Failure(str(unusable)) from None


async def require_migrated(database: Database) -> None:
    """Raises: Failure."""
    if not await migrator.is_current(database):
        raise Failure("The database is not migrated. Run `quotegraph migrate` first.")


async def no_company(database: Database, code: str) -> str:
    """Returns the message for an unknown company, with the codes of all companies."""
    codes = ", ".join(it.code for it in await SqlCompanies(database).list())
    return f"There is no company {code!r}. Companies: {codes or 'none yet'}."


def checked(option: str, parse: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Returns the parsed argument. Raises: Failure, which names the option."""
    try:
        return parse(*args, **kwargs)
    except Invalid as invalid:
        raise Failure(f"{option}: {invalid.message}") from None


def company_code(option: str, given: str) -> str:
    """Returns the code of a new company in upper case; it may contain letters, digits and -_. only. Raises: Failure."""
    code = checked(option, text, given, CODE_LENGTH).upper()
    if not all(it.isalnum() or it in "-_." for it in code):
        raise Failure(f"{option}: use only letters, digits, hyphens, underscores and dots, unlike {code!r}.")
    return code


def company_name(option: str, given: str) -> str:
    """Returns a company's name. Raises: Failure."""
    return checked(option, text, given, NAME_LENGTH)


def environment_of(given: str) -> Environment:
    """Raises: Failure."""
    try:
        return Environment(given.upper())
    except ValueError:
        raise Failure(f"--environment must be live or test, not {given!r}.") from None


def scopes_of(given: Iterable[str]) -> frozenset[str]:
    """Parses scopes; at least one is required. Raises: Failure."""
    wanted = frozenset(given)
    unknown = sorted(wanted - {str(it) for it in Scope})
    if unknown or not wanted:
        reason = f"There is no scope {', '.join(map(repr, unknown))}." if unknown else "Give at least one --scope."
        raise Failure(f"{reason} Scopes: {', '.join(str(it) for it in Scope)}.")
    return wanted


def expiry_of(given: str, now: datetime, zone: str) -> datetime:
    """Parses the expiry of a key: a time, or a date, which means the end of that day. Raises: Failure, also for a time
    in the past."""
    until = checked("--expires", end, given, zone).at
    if until <= now:
        raise Failure(f"--expires: {given} is in the past; give a later time.")
    return until


def require_demo() -> None:
    """Raises: Failure, if the additional packages of the demo and the emulators are not installed."""
    if find_spec("aiosmtpd") is None:
        raise Failure("The demo and the emulators need the extra `demo`. Install it: pip install 'quotegraph[demo]'.")
