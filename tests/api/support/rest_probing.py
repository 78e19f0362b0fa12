"""Calls the endpoints of the REST API with what is another's, in one part of their path, parameter or field of their
body after the other, and compares each answer with that for what nobody has."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from string import Formatter
from typing import Any, NamedTuple

from app.rest.endpoints import Endpoint, Page, Sent
from app.rest.fields import Fields, Parameters
from app.rest.routes import ENDPOINTS
from tests.api.support.neighbours import FORM, Attempt
from tests.api.support.rest import Rest
from tests.api.support.rest_bodies import ACTION, ANA, QUOTE
from tests.api.support.running import uuid_of
from tests.api.support.world import NOBODY

ACCEPT = {"action": "accept"}
# The bodies that name something, by the document of their endpoint.
BODIES: Mapping[str, tuple[Callable[[str], Any], ...]] = {
    "action_item": (lambda it: {**ACCEPT, "alternative_id": it},),
    "create_device_action": (lambda it: {**ACTION, "serial_number": it},),
    "create_quote": (
        lambda it: _quote_with(product_id=it),
        lambda it: _quote_with(kit_id=it),
        lambda it: _quote_with(product_id=NOBODY, configuration_id=it),
    ),
    "update_item": (lambda it: {**ACCEPT, "alternative_id": it},),
}
# What else is sent with an id in the path.
USUAL: Mapping[str, Any] = {"action_item": ACCEPT, "update_item": ACCEPT, "update_webhook": {"description": "Mine"}}
# The type of which each part of a path is an id, by the first part of the path.
TYPES = {
    "device-actions": "DeviceAction",
    "employees": "Employee",
    "kits": "Kit",
    "products": "Product",
    "quotes": "Quote",
    "webhooks": "WebhookEndpoint",
}


class Asked(NamedTuple):
    """One request: of which endpoint, and what is sent."""

    endpoint: Endpoint
    path: Mapping[str, str]
    parameters: Mapping[str, str]
    body: Any


def _in_path(asked: Asked, names: list[str], value: str) -> Asked:
    return asked._replace(path={**asked.path, **dict.fromkeys(names, value)})


def _in_parameter(asked: Asked, name: str, value: str) -> Asked:
    return asked._replace(parameters={name: value})


def _in_body(asked: Asked, make: Callable[[str], Any], value: str) -> Asked:
    return asked._replace(body=make(value))


@dataclass
class RestProbe:
    """One caller's attempts."""

    attempt: Attempt
    problems: list[str] = field(default_factory=list)
    # The documents of the endpoints that were asked with what is another's.
    probed: set[str] = field(default_factory=set)
    missing: dict[str, Any] = field(default_factory=dict)

    async def lists(self) -> None:
        """Read each list as far as it goes."""
        for endpoint in ENDPOINTS:
            if isinstance(endpoint, Page):
                parameters = {"limit": "100"} if endpoint.most is None else {}
                answer = await self._ask(Asked(endpoint, {}, parameters, None))
                self._note(f"GET {endpoint.path}", self.attempt.leaked(answer))
                assert answer["status"] == 200, answer

    async def others(self) -> None:
        """Give each place the ids and the names of the other."""
        ids = [(uuid_of(it), NOBODY) for it in self.attempt.foreign.values()]
        for endpoint in ENDPOINTS:
            for make in self._requests(endpoint):
                for foreign, nobody in [*ids, *_forms(self.attempt.names)]:
                    await self._compare(make(foreign), make(nobody), foreign, nobody)
            if len(parts_of(endpoint)) > 1:
                await self._item_of_a_quote(endpoint)

    async def _item_of_a_quote(self, endpoint: Endpoint) -> None:
        """Name an item of the other within its quote."""
        quote, item = uuid_of(self.attempt.other.open.id), uuid_of(self.attempt.other.open.item)
        asked = Asked(endpoint, {"id": quote, "itemId": item}, {}, USUAL[endpoint.document])
        await self._compare(asked, _in_path(asked, ["id", "itemId"], NOBODY), quote, NOBODY)

    async def _compare(self, asked: Asked, wanted: Asked, foreign: str, nobody: str) -> None:
        self.probed.add(asked.endpoint.document)
        if (key := str(wanted[1:]) + wanted.endpoint.document) not in self.missing:
            self.missing[key] = await self._ask(wanted)
        found, missing = await self._ask(asked), self.missing[key]
        here = f"{asked.endpoint.document}{asked[1:]}"
        self._note(here, self.attempt.leaked(found, foreign))
        one, other = self.attempt.comparable(found, foreign), self.attempt.comparable(missing, nobody)
        if one != other:
            self.problems.append(f"{here} differs from that for {nobody}:\n  {one}\n  {other}")

    def _note(self, here: str, leaked: list[str]) -> None:
        if leaked:
            self.problems.append(f"{here} tells {leaked}")

    def _requests(self, endpoint: Endpoint) -> Iterator[Callable[[str], Asked]]:
        """For each place of an endpoint, the request with a value there and the caller's own in all others; and that
        with the value in all parts of the path."""
        parts = parts_of(endpoint)
        own = {name: self._own(endpoint, name) for name in parts}
        body = USUAL.get(endpoint.document, {}) if endpoint.has_body else None
        for chosen in product([False, True], repeat=len(parts)):
            if places := [name for name, is_given in zip(parts, chosen, strict=True) if is_given]:
                yield partial(_in_path, Asked(endpoint, own, {}, body), places)
        for name in parameters_of(endpoint):
            yield partial(_in_parameter, Asked(endpoint, own, {}, body), name)
        for make in BODIES.get(endpoint.document, ()):
            yield partial(_in_body, Asked(endpoint, own, {}, body), make)

    def _own(self, endpoint: Endpoint, part: str) -> str:
        if part == "itemId":
            return uuid_of(self.attempt.own.open.item)
        type_ = TYPES[endpoint.path.partition("/")[0]]
        return uuid_of(self.attempt.own.open.id if type_ == "Quote" else self.attempt.own.nodes[type_])

    async def _ask(self, asked: Asked) -> dict[str, Any]:
        rest = Rest(self.attempt.api, self.attempt.key)
        path = asked.endpoint.path.format(**asked.path)
        answer = await rest.send(asked.endpoint.method, path, asked.body, None, **asked.parameters)
        return {"status": answer.status, "body": answer.body}


def parts_of(endpoint: Endpoint) -> list[str]:
    """The parts of its path that a request fills in."""
    return [name for _, name, _, _ in Formatter().parse(endpoint.path) if name]


class _Noting(Parameters):
    """Notes the names of the parameters that are read."""

    def __init__(self) -> None:
        super().__init__({})
        self.names: set[str] = set()

    def _of_type(self, name: str, kind: type, wanted: str, required: bool) -> Any:
        self.names.add(name)


def parameters_of(endpoint: Endpoint) -> list[str]:
    """The parameters that an endpoint reads."""
    if endpoint.has_body:
        return []
    noting = _Noting()
    endpoint.variables(Sent({"id": NOBODY, "itemId": NOBODY}, noting, Fields({})))
    return sorted(noting.names)


def _forms(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One name of each form."""
    return list({FORM.sub("0", foreign): (foreign, nobody) for foreign, nobody in names}.values())


def _quote_with(**named: str) -> Any:
    return {**QUOTE, "items": [{**named, "recipients": [ANA]}]}
