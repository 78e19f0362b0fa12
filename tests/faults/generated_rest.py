"""Requests of the REST API made by Hypothesis: each endpoint of the table with its parameters and bodies, of which
something may be anything or missing."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

import requests
from hypothesis import strategies as st

from app.rest.endpoints import Endpoint, Page
from app.rest.routes import ENDPOINTS
from tests.api.support.rest_bodies import ACTION, DEVICE, EXTERNAL, QUOTE, WEBHOOK
from tests.api.support.rest_probing import parameters_of, parts_of
from tests.api.support.world import NOBODY

BODIES: Mapping[str, Any] = {
    "action_item": {"action": "accept", "alternative_id": NOBODY},
    "add_devices": DEVICE,
    "create_device_action": ACTION,
    "create_external_device_action": EXTERNAL,
    "create_quote": QUOTE,
    "create_webhook": WEBHOOK,
    "update_item": {"action": "reject", "alternative_id": NOBODY},
    "update_webhook": {**WEBHOOK, "is_active": False},
}
# Of one place in a body that is left out.
LEFT_OUT = object()
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANYTHING = PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=8), PLAIN, max_size=3)
WORDS = ("pending", "sent", "all", "laptop", "active", "-created_at", "UY", "true", "2026-11-28T10:00:00Z", "1", "100")


class RestRequest(NamedTuple):
    """One request."""

    method: str
    path: str
    parameters: Mapping[str, str]
    body: Any


def ids_of_lists(url: str, key: str) -> dict[str, list[str]]:
    """The ids in each list, by the first part of its path."""
    lists = [it.path for it in ENDPOINTS if isinstance(it, Page)]
    headers = {"Authorization": f"Bearer {key}"}
    found = {it: requests.get(f"{url}/api/v1/{it}", headers=headers, timeout=30).json()["data"] for it in lists}
    return {path: [str(row["id"]) for row in rows] for path, rows in found.items()}


def requests_of(endpoint: Endpoint, ids: Mapping[str, list[str]]) -> st.SearchStrategy[RestRequest]:
    """Requests of an endpoint, whose paths name what there is, or nothing."""
    known = st.sampled_from([*ids.get(endpoint.path.partition("/")[0], []), NOBODY])
    part = (known | st.text(min_size=1, max_size=12)).map(lambda it: quote(it, safe=""))
    path = st.fixed_dictionaries(dict.fromkeys(parts_of(endpoint), part)).map(lambda it: endpoint.path.format(**it))
    value = st.sampled_from(WORDS) | known | st.text(max_size=12)
    names = [*parameters_of(endpoint), "limit", "cursor"]
    parameters = st.dictionaries(st.sampled_from(names), value, max_size=3) if endpoint.method == "GET" else st.just({})
    body = bodies(_of_this_catalogue(BODIES[endpoint.document], ids)) if endpoint.has_body else st.none()
    return st.builds(RestRequest, st.just(endpoint.method), path, parameters, body)


def _of_this_catalogue(body: Any, ids: Mapping[str, list[str]]) -> Any:
    """A body with a product that there is."""
    if "items" not in body:
        return body
    [first, *others] = body["items"]
    kept = {name: it for name, it in first.items() if name != "configuration_id"}
    return {**body, "items": [{**kept, "product_id": ids["products"][0]}, *others]}


def bodies(whole: Any) -> st.SearchStrategy[Any]:
    """A body as it is, or with anything or nothing at one place; or anything instead."""
    places = st.sampled_from(list(_places(whole, ())))
    changed = st.builds(lambda place, value: _with(whole, place, value), places, ANYTHING | st.just(LEFT_OUT))
    return st.one_of(st.just(whole), changed, changed, ANYTHING)


def _places(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Every place in a body but the whole."""
    for name, it in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, name)
        yield from _places(it, (*path, name))


def _with(given: Any, path: tuple[Any, ...], value: Any) -> Any:
    name, *rest = path
    inner = _with(given[name], tuple(rest), value) if rest else value
    if isinstance(given, list):
        return [it for it in [*given[:name], inner, *given[name + 1 :]] if it is not LEFT_OUT]
    return {key: it for key, it in {**given, name: inner}.items() if it is not LEFT_OUT}
