"""The commands for API keys. What is done to a company's key is in its history, as if the API had done it."""

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from app.cli.common import (
    Failure,
    checked,
    environment_of,
    expiry_of,
    no_company,
    require_migrated,
    scopes_of,
    with_database,
)
from app.cli.inventory import command_dependencies
from app.cli.key_lists import as_data, lines
from app.process import run
from domain.access.api_keys import overlap as overlap_of
from domain.access.drafts import KeyDetails
from domain.ports.unit_of_work import Outcome
from domain.shared.access import (
    PLATFORM_SCOPES,
    ActorType,
    ApiKey,
    Caller,
    CredentialType,
    Environment,
    Scope,
    key_prefix,
    may_hold_platform_scopes,
    new_key,
)
from domain.shared.allowed_places import network, origin
from domain.shared.errors import Conflict, Invalid, InvalidInput
from domain.shared.ids import global_id, new_id, parse_id
from domain.shared.parsers import NAME_LENGTH, text
from domain.shared.rate_limits import RateLimit, written_rate_limit
from domain.shared.times import UTC_ZONE
from domain.use_cases.access.api_keys import (
    CreateApiKey,
    RevokeApiKey,
    RotateApiKey,
    UpdateApiKey,
    create_api_key,
    revoke_api_key,
    rotate_api_key,
    update_api_key,
)

T = TypeVar("T")

keys = typer.Typer(help="API keys.", no_args_is_help=True)

# What is said for a detail to remove it.
NEVER, ANY, DEFAULT = "never", "any", "default"

_OF_COMPANY = "The code of the company"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
Key = Annotated[str, typer.Argument(help="The key, its first 16 characters, or its ID.")]
Scopes = Annotated[list[str] | None, typer.Option("--scope", help="A scope of the key. Repeat the option for more.")]
Addresses = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-address",
        help="An address, or a network such as 203.0.113.0/24, that the key can be used from. Repeat the option for "
        "more. Default, and with `any`: from everywhere.",
    ),
]
Origins = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-origin",
        help="An origin of web pages, such as https://app.example.com, that requests must have. Repeat the option for "
        "more. Default, and with `any`: none is required.",
    ),
]
Limit = Annotated[
    str | None,
    typer.Option(
        "--rate-limit",
        help="Points of the key's own bucket, and how many are restored in a second, such as 600/10. Default, and with "
        "`default`: QUOTEGRAPH_RATE_LIMIT.",
    ),
]
Expires = Annotated[
    str | None,
    typer.Option(
        "--expires",
        help="The key's expiry: a time such as 2027-01-31T18:00:00Z, or its last date in the company's time zone. "
        "Default, and with `never`: none.",
    ),
]


@keys.command("list")
def list_keys(
    company: Annotated[str | None, typer.Option(help=f"{_OF_COMPANY} whose keys are listed.")] = None,
    platform: Annotated[bool, typer.Option("--platform", help="List platform keys only.")] = False,
    every: Annotated[bool, typer.Option("--all", help="List revoked and expired keys too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List API keys, the newest last: by default all that are valid. The keys themselves cannot be shown again."""
    now = datetime.now(UTC)

    async def read(database: Database) -> list[dict[str, Any]]:
        await require_migrated(database)
        if company is not None and await SqlCompanies(database).id_of(company) is None:
            raise Failure(await no_company(database, company))
        found = [as_data(it, now) for it in await SqlApiKeys(database).read()]
        wanted = [it for it in found if every or it["status"] == "ACTIVE"]
        if platform or company is not None:
            of = None if company is None else company.strip().upper()
            wanted = [it for it in wanted if (it["company"] is None and platform) or (of and it["company"] == of)]
        return wanted

    found = run(with_database(read))
    print(json.dumps(found) if as_json else "\n".join(lines(found)))


@keys.command("create")
def create_key(
    company: Annotated[str | None, typer.Option(help=f"{_OF_COMPANY} of the key.")] = None,
    platform: Annotated[
        bool, typer.Option("--platform", help="Create a platform key, which can access all companies.")
    ] = False,
    environment: Annotated[str, typer.Option(help="live or test.")] = "live",
    scope: Scopes = None,
    name: Annotated[str, typer.Option(help="The name of the key.")] = "API key",
    expires: Expires = None,
    addresses: Addresses = None,
    origins: Origins = None,
    rate_limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Create an API key. It is printed once and cannot be shown again."""
    if platform == (company is not None):
        raise Failure("Give either --company CODE or --platform.")
    kind, scopes = environment_of(environment), scopes_of(scope or ())
    if scopes & PLATFORM_SCOPES and not may_hold_platform_scopes(company, kind):
        raise Failure(f"{', '.join(sorted(PLATFORM_SCOPES))} requires a live platform key: add --platform.")
    given = _Given(name, scope, expires, addresses, origins, rate_limit)

    async def write(database: Database) -> str | None:
        await require_migrated(database)
        if company is None:
            return await _create_for_platform(database, kind, given.details(UTC_ZONE))
        companies = SqlCompanies(database)
        id_, chosen = await companies.id_of(company), await companies.settings(company)
        if id_ is None or chosen is None:
            raise Failure(await no_company(database, company))
        zone = chosen["time_zone"]
        command = CreateApiKey(given.details(zone), global_id("Company", id_))
        return (await _told(create_api_key(command_dependencies(database), _caller(kind, zone), command))).secret

    _print_secret(run(with_database(write)), as_json)


@keys.command("update")
def update_key(
    key: Key,
    name: Annotated[str | None, typer.Option(help="The name of the key.")] = None,
    scope: Scopes = None,
    expires: Expires = None,
    addresses: Addresses = None,
    origins: Origins = None,
    rate_limit: Limit = None,
) -> None:
    """Change the given details of a valid key. What is not given stays as it is; scopes, addresses and origins are
    replaced."""
    given = _Given(name, scope, expires, addresses, origins, rate_limit)

    async def write(found: "_Found") -> None:
        details = given.details(found.zone)
        if not details:
            raise Failure("Give at least one option. Nothing was changed.")
        if found.is_of_platform:
            if Scope.CATALOGUE_MANAGE in details.get("scopes", ()) and found.environment is Environment.TEST:
                raise Failure(f"{Scope.CATALOGUE_MANAGE} requires a live platform key.")
            await found.keys.change(found.id, _values(details))
        else:
            command = UpdateApiKey(found.global_id, details)
            await _told(update_api_key(found.deps, found.caller, command))

    _with_key(key, write)
    print("The key was changed.")


@keys.command("rotate")
def rotate_key(
    key: Key,
    overlap: Annotated[
        str | None,
        typer.Option(help="How long the key before is valid too, such as PT24H (default) or PT0S; at most P7D."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Replace a key by a new one with the same details. It is printed once and cannot be shown again."""
    kept = checked("--overlap", overlap_of, overlap)

    async def write(found: "_Found") -> str | None:
        if not found.is_of_platform:
            command = RotateApiKey(found.global_id, overlap)
            return (await _told(rotate_api_key(found.deps, found.caller, command))).secret
        secret = new_key(found.environment)
        await found.keys.rotate(found.id, secret, datetime.now(UTC) + kept if kept else None)
        return secret

    _print_secret(_with_key(key, write), as_json)


@keys.command("revoke")
def revoke_key(key: Key) -> None:
    """Revoke a key immediately, with the access tokens that it has made."""

    async def write(found: "_Found") -> None:
        if found.is_of_platform:
            await found.keys.change(found.id, {"revoked_at": datetime.now(UTC)})
        else:
            await _told(revoke_api_key(found.deps, found.caller, RevokeApiKey(found.global_id)))

    _with_key(key, write)
    print("The key was revoked.")


@dataclass(frozen=True, slots=True)
class _Given:
    """The options that describe a key."""

    name: str | None
    scope: list[str] | None
    expires: str | None
    addresses: list[str] | None
    origins: list[str] | None
    rate_limit: str | None

    def details(self, zone: str) -> KeyDetails:
        """Returns what is given, by attribute of the key. Raises: Failure."""
        found: dict[str, Any] = {}
        if self.name is not None:
            found["name"] = checked("--name", text, self.name, NAME_LENGTH)
        if self.scope is not None:
            found["scopes"] = sorted(scopes_of(self.scope))
        if self.expires is not None:
            until = None if self.expires == NEVER else expiry_of(self.expires, datetime.now(UTC), zone)
            found["expires_at"] = until and until.isoformat()
        if self.addresses is not None:
            found["allowed_addresses"] = _places("--allow-address", network, self.addresses)
        if self.origins is not None:
            found["allowed_origins"] = _places("--allow-origin", origin, self.origins)
        if self.rate_limit is not None:
            is_default = self.rate_limit == DEFAULT
            found["rate_limit"] = None if is_default else checked("--rate-limit", written_rate_limit, self.rate_limit)
        return found


class _Found:
    """A key that a command names."""

    def __init__(self, database: Database, row: Any) -> None:
        self.keys = SqlApiKeys(database)
        self.deps = command_dependencies(database)
        self.id: str = row.id
        self.global_id = global_id("ApiKey", row.id)
        self.is_of_platform = row.company_id is None
        self.environment = Environment(row.environment)
        self.zone: str = row.time_zone or UTC_ZONE
        self.caller = _caller(self.environment, self.zone)


def _with_key(given: str, write: Callable[[_Found], Awaitable[T]]) -> T:
    """Returns what `write` makes of the one key that is named. Raises: Failure."""

    async def found(database: Database) -> T:
        await require_migrated(database)
        rows = await SqlApiKeys(database).named(_row_id(given.strip()))
        if len(rows) > 1:
            raise Failure(
                f"{len(rows)} valid keys start with this, so nothing was done. Give the whole key, or its ID."
            )
        if not rows:
            raise Failure("There is no valid key that starts with this.")
        return await write(_Found(database, rows[0]))

    return run(with_database(found))


def _row_id(given: str) -> str:
    """The id of a row, if this is that of a key."""
    try:
        return parse_id(given, "ApiKey")[1]
    except Invalid:
        return given


def _caller(environment: Environment, zone: str) -> Caller:
    """Who works on the command line: somebody who may do everything."""
    return Caller(
        "command-line",
        "Command line",
        environment,
        None,
        None,
        frozenset(Scope),
        kind=ActorType.SYSTEM,
        time_zone=zone,
        credential=CredentialType.NONE,
    )


async def _told(changing: Awaitable[Outcome]) -> Outcome:
    """Raises: Failure, with what is wrong."""
    try:
        return await changing
    except InvalidInput as refused:
        raise Failure(" ".join(it.message for it in refused.problems)) from None
    except Conflict as refused:
        raise Failure(refused.message) from None


async def _create_for_platform(database: Database, environment: Environment, details: KeyDetails) -> str:
    secret, values = new_key(environment), _values(details)
    key = ApiKey(
        new_id(),
        values["name"],
        key_prefix(secret),
        environment,
        None,
        None,
        frozenset(values["scopes"]),
        datetime.now(UTC),
        values.get("expires_at"),
        rate_limit=details.get("rate_limit"),
        allowed_addresses=values.get("allowed_addresses", ()),
        allowed_origins=values.get("allowed_origins", ()),
    )
    await SqlApiKeys(database).add(key, secret)
    return secret


def _values(details: KeyDetails) -> dict[str, Any]:
    """The details as columns of a key."""
    values: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in details.items()}
    if values.get("expires_at") is not None:
        values["expires_at"] = datetime.fromisoformat(values["expires_at"])
    if "rate_limit" in values:
        limit: RateLimit | None = values.pop("rate_limit")
        values["rate_limit_points"], values["rate_limit_restore"] = limit or (None, None)
    return values


def _places(option: str, parse: Callable[[str], str], given: Iterable[str]) -> list[str]:
    return [checked(option, parse, it) for it in given if it != ANY]


def _print_secret(secret: str | None, as_json: bool) -> None:
    print(json.dumps({"key": secret}) if as_json else f"{secret}\nStore it now: it cannot be shown again.")
