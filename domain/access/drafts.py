"""What may be entered of an API key or an access token (docs/domain.md#api-keys)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.access.api_keys import CompanyKey, check_not_wider, may_grant
from domain.shared.access import PLATFORM_SCOPES, Caller, Scope
from domain.shared.allowed_places import MAX_PLACES, network, origin
from domain.shared.durations import duration
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.parsers import NAME_LENGTH, text
from domain.shared.rate_limits import MOST_POINTS, MOST_RESTORED, whole_number
from domain.shared.times import end

DEFAULT_LIFETIME = timedelta(hours=1)
MIN_LIFETIME = timedelta(minutes=1)
MAX_LIFETIME = timedelta(hours=12)

# Values as entered, by attribute of the key. Attributes that are not given keep their values.
KeyDetails = Mapping[str, Any]

_PLACES: dict[str, tuple[str, Callable[[str], str]]] = {
    "allowed_addresses": ("allowedAddresses", network),
    "allowed_origins": ("allowedOrigins", origin),
}


def changed_key(key: CompanyKey, details: KeyDetails, caller: Caller, problems: Problems, now: datetime) -> CompanyKey:
    """The key with the given attributes, made or changed by a caller. What is wrong is noted."""
    parsed: dict[str, Any] = {}
    if "name" in details:
        parsed["name"] = problems.check(("name",), text, details["name"], NAME_LENGTH)
    if "scopes" in details:
        parsed["scopes"] = scopes(details["scopes"], problems)
    if "expires_at" in details:
        parsed["expires_at"] = problems.check(("expiresAt",), _future, details["expires_at"], caller.time_zone, now)
    for attribute, (name, parse) in _PLACES.items():
        if attribute in details:
            parsed[attribute] = _places(name, parse, details[attribute], problems)
    if "rate_limit" in details:
        parsed |= _rate_limit(details["rate_limit"], problems)
    if problems.found:
        return key
    changed = key._replace(**parsed)
    _check_grants(set(changed.scopes) - set(key.scopes), details, caller, problems)
    if not problems.found:
        check_not_wider(changed, caller, (), problems)
    return changed


def scopes(given: Sequence[str], problems: Problems, path: Path = ("scopes",)) -> tuple[str, ...]:
    """Scopes without duplicates, in order; what is wrong is noted."""
    if not given:
        problems.add(path, ErrorCode.REQUIRED, "Send at least one scope, such as quotes:read.")
    found = {problems.check((*path, str(index)), _scope, it) for index, it in enumerate(given)}
    return tuple(sorted(it for it in found if it is not None))


def lifetime(given: str | None) -> timedelta:
    """How long a new access token is valid. Raises: Invalid."""
    found = DEFAULT_LIFETIME if given is None else duration(given)
    if not MIN_LIFETIME <= found <= MAX_LIFETIME:
        raise Invalid(ErrorCode.OUT_OF_RANGE, "Send a duration from PT1M to PT12H.")
    return found


def check_scopes(given: Sequence[str], wanted: Sequence[str], caller: Caller, problems: Problems) -> None:
    """Note which of the wanted scopes a caller cannot give to an access token."""
    for scope in wanted:
        if scope not in caller.scopes or scope in PLATFORM_SCOPES:
            place = _place(given, scope)
            problems.add(place, ErrorCode.NOT_ALLOWED, f"Your credential cannot give the scope {scope}: it lacks it.")


def _check_grants(added: set[str], details: KeyDetails, caller: Caller, problems: Problems) -> None:
    for scope in sorted(added):
        place = _place(details["scopes"], scope)
        if scope in PLATFORM_SCOPES:
            problems.add(place, ErrorCode.NOT_ALLOWED, f"The key of a company cannot have the scope {scope}.")
        elif not may_grant(scope, caller):
            why = "you lack it" if scope not in caller.scopes else "a key cannot pass it on"
            problems.add(place, ErrorCode.NOT_ALLOWED, f"The key cannot have the scope {scope}: {why}.")


def _place(given: Sequence[str], scope: str) -> Path:
    return ("scopes", str([it.strip() for it in given].index(scope)))


def _scope(given: str) -> str:
    name = text(given, NAME_LENGTH)
    if name not in set(Scope):
        message = f"There is no scope {name!r}. Scopes: {', '.join(Scope)}."
        raise Invalid(ErrorCode.UNKNOWN_OPTION, message)
    return name


def _future(given: str | None, zone: str, now: datetime) -> datetime | None:
    if given is None:
        return None
    until = end(given, zone).at
    if until <= now:
        raise Invalid(ErrorCode.OUT_OF_RANGE, "The time is in the past. Send a later one.")
    return until


def _rate_limit(given: tuple[int, int] | None, problems: Problems) -> dict[str, int | None]:
    if given is None:
        return {"rate_limit_points": None, "rate_limit_restore": None}
    return {
        "rate_limit_points": problems.check(("rateLimit", "limit"), whole_number, given[0], MOST_POINTS),
        "rate_limit_restore": problems.check(("rateLimit", "restoreRate"), whole_number, given[1], MOST_RESTORED),
    }


def _places(name: str, parse: Callable[[str], str], given: Sequence[str] | None, problems: Problems) -> tuple[str, ...]:
    if given is not None and len(given) > MAX_PLACES:
        problems.add((name,), ErrorCode.TOO_MANY, f"At most {MAX_PLACES}, not {len(given)}.")
        return ()
    found = [problems.check((name, str(index)), parse, it) for index, it in enumerate(given or ())]
    return tuple(dict.fromkeys(it for it in found if it is not None))
