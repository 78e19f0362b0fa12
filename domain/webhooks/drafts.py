"""What may be entered of an endpoint (docs/domain.md#webhook-endpoints)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from domain.shared.access import Scope
from domain.shared.durations import duration
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.parsers import NOTE_LENGTH, optional_text, text
from domain.shared.tenant_urls import tenant_url
from domain.webhooks.endpoints import WebhookEndpoint
from domain.webhooks.event_types import TEST, known, scope_of, wanted
from domain.webhooks.queries import LONGEST_QUERY

MAX_ENDPOINTS = 10
MAX_EVENTS = 50
NAME_LENGTH = 60
DEFAULT_OVERLAP = timedelta(hours=24)
MAX_OVERLAP = timedelta(days=7)

# Values as entered, by attribute of the endpoint. Attributes that are not given keep their values.
EndpointDetails = Mapping[str, Any]

# What decides which data is sent, and where: who changes it must be able to read that data.
_SENSITIVE = frozenset({"url", "events", "query"})


def changed_endpoint(
    endpoint: WebhookEndpoint,
    details: EndpointDetails,
    scopes: frozenset[Scope],
    problems: Problems,
    loopback: bool = False,
) -> WebhookEndpoint:
    """The endpoint with the given attributes, for a key with these scopes. What is wrong is noted. With `loopback`, the
    URL may be one of this machine.

    A change of what is sent, or where, replaces the scopes of the endpoint by those of the key.
    """
    parsed: dict[str, Any] = {
        name: problems.check((name,), parse, details[name]) for name, parse in _PARSERS.items() if name in details
    }
    if "url" in details:
        parsed["url"] = problems.check(("url",), tenant_url, details["url"], loopback)
    if "events" in details:
        parsed["events"] = _events(details["events"], problems)
    if problems.found:
        return endpoint
    changed = endpoint._replace(**parsed)
    if any(getattr(changed, name) != getattr(endpoint, name) for name in _SENSITIVE):
        _check_scopes(changed.events, details, scopes, problems)
        changed = changed._replace(scopes=tuple(sorted(scopes)))
    return changed


def overlap(given: str | None) -> timedelta:
    """How long the previous secret signs beside a new one. Raises: Invalid."""
    found = DEFAULT_OVERLAP if given is None else duration(given)
    if found > MAX_OVERLAP:
        raise Invalid(ErrorCode.OUT_OF_RANGE, f"At most {MAX_OVERLAP.days} days.")
    return found


def event_names(given: Sequence[str], problems: Problems, path: Path) -> tuple[str, ...]:
    """Names of events, or groups of them, without duplicates; what is wrong is noted."""
    if len(given) > MAX_EVENTS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MAX_EVENTS} names, not {len(given)}.")
        return ()
    names = [problems.check((*path, str(index)), event_name, it) for index, it in enumerate(given)]
    return tuple(dict.fromkeys(it for it in names if it is not None))


def _events(given: Sequence[str], problems: Problems) -> tuple[str, ...]:
    if not given:
        problems.add(("events",), ErrorCode.REQUIRED, "Send at least one name of an event, such as quote.pending.")
    return event_names(given, problems, ("events",))


def event_name(given: str) -> str:
    name = text(given, NAME_LENGTH)
    if not known(name):
        message = f"There is no event {name!r}. Send a name of `webhookEventTypes`, all of a group as quote.*, or *."
        raise Invalid(ErrorCode.UNKNOWN_OPTION, message)
    return name


def _check_scopes(
    events: Sequence[str], details: EndpointDetails, scopes: frozenset[Scope], problems: Problems
) -> None:
    """An endpoint may want no events by name that the key may not read, and at least one that it may."""
    # The events of an endpoint whose address or selection changes are not in the input.
    given: Sequence[str] | None = details.get("events")
    elsewhere: Path = (min(_SENSITIVE & details.keys()),)
    for name in events:
        scope = scope_of(name)
        if scope is not None and scope not in scopes:
            message = f"The endpoint receives {name}, which this API key may not read: it lacks the scope {scope}."
            place = elsewhere if given is None else ("events", str([it.strip() for it in given].index(name)))
            problems.add(place, ErrorCode.NOT_ALLOWED, message)
    if not problems.found and not wanted(events, scopes):
        message = "Nothing would be sent: this API key may read none of these events."
        if not wanted(events, frozenset(Scope)):
            message = (
                f"Nothing would be sent: `testWebhookEndpoint` sends {TEST} to every endpoint. Name another event."
            )
        problems.add(("events",) if given is not None else elsewhere, ErrorCode.NOT_ALLOWED, message)


def _description(given: str | None) -> str | None:
    return optional_text(given, NOTE_LENGTH)


def _query(given: str | None) -> str | None:
    return optional_text(given, LONGEST_QUERY, lines=True)


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "description": _description,
    "query": _query,
}
