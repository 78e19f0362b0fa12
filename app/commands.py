"""What all commands share: how they fail, their settings, and the database they act on."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from adapters.database import schema as database_schema
from adapters.database.companies import SqlCompanies
from adapters.database.engine import Database, open_database
from app.loop import set_up_logging
from app.settings import Settings, read_settings

T = TypeVar("T")


class Failure(Exception):
    """The command cannot do what was asked; the text says why and what would help."""


def settings_of(**overrides: object) -> Settings:
    """The settings, with logging as they say."""
    settings = read_settings(**overrides)
    set_up_logging(settings.log_level)
    return settings


async def with_database(act: Callable[[Database], Awaitable[T]]) -> T:
    """What `act` makes of the database the settings name."""
    database = open_database(settings_of().database_url)
    try:
        return await act(database)
    finally:
        await database.close()


async def require_migrated(database: Database) -> None:
    """Raises: Failure."""
    if not await database_schema.is_current(database):
        raise Failure("The database is not migrated. Run `quotegraph migrate` first.")


async def no_company(database: Database, code: str) -> str:
    """What to say when there is no such company."""
    codes = ", ".join(it.code for it in await SqlCompanies(database).list())
    return f"There is no company {code!r}. Companies: {codes or 'none yet'}."
