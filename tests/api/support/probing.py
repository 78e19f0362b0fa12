"""Calls operations with what is another's, at one place of their arguments after the other, and compares each answer
with that for what nobody has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLField, OperationType, get_named_type

from app.server.refusals import Refusal
from app.server.requests import Request
from resolvers.scopes import scope_of_type
from schema.build import build_schema, core_schema
from schema.declare import scope_of
from tests.api.support.neighbours import Attempt, Neighbour, as_text
from tests.api.support.running import uuid_of
from tests.api.support.schema_inputs import Path, Place, places, samples, with_value
from tests.api.support.schema_operations import Operation
from tests.api.support.situations import WHOLE
from tests.api.support.world import NOBODY

SCHEMA = core_schema(build_schema())
# How deep an answer is read, if the limits of an operation allow it.
DEEPEST = 2
DEEPEST_WALK = 4
NAMES = {"String", "EmailAddress"}
NO_TYPE = "Nothing"
WANTED = re.compile(f"This is the id of {NO_TYPE}\\. Send the id of ([A-Za-z ]+)\\.")


# The types whose ids a place takes, by the input that has it and its name there.
Types = dict[tuple[str, str], list[str]]


@dataclass
class Probe:
    """One caller's attempts."""

    attempt: Attempt
    types: Types
    is_thorough: bool = False
    documents: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    # What is answered for what nobody has, by the operation and what is sent with it.
    missing: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Places of mutations whose own error an answer has named, and all that were tried.
    reached: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)

    async def ids(self, operation: Operation) -> None:
        """Give each place for an id the ids of nodes of the other; a thorough probe bare ones too, and beside all
        arguments as well as beside none."""
        await self._learn(operation)
        bases = self._bases(operation) if self.is_thorough else self._bases(operation)[:1]
        for place in places(operation.arguments, {"ID"}):
            for type_name in self.types[_key(operation, place)]:
                if (foreign := self.attempt.foreign.get(type_name)) is not None:
                    for base in bases:
                        await self._compare(operation, base, place, foreign, f"{type_name}_{NOBODY}")
                        if self.is_thorough:
                            await self._compare(operation, base, place, uuid_of(foreign), NOBODY)

    async def names(self, operation: Operation) -> None:
        """Give each place for a text what people call things of the other. Mutations are tried only."""
        await self._learn(operation)
        is_mutation = operation.type is OperationType.MUTATION
        if not (found := places(operation.arguments, NAMES)):
            return
        [given, *_] = self._bases(operation)
        if is_mutation:
            given = {"input": {**given["input"], "dryRun": True}}
        for place in found:
            for foreign, nobody in self.attempt.names:
                if not is_mutation or _may_be_called(place, foreign):
                    await self._compare(operation, given, place, foreign, nobody)

    async def _learn(self, operation: Operation) -> None:
        """Find out the ids of which types each place takes: the refusal of a type that there is not names them. A place
        that does not refuse it may take all."""
        for place in places(operation.arguments, {"ID"}):
            if (key := _key(operation, place)) not in self.types:
                given = self._with(operation, self._least(operation), place, f"{NO_TYPE}_{NOBODY}")
                named = WANTED.search(as_text(await self._ask(operation, given)))
                known = sorted(self.attempt.own.nodes)
                wanted = known if named is None else named[1].split(" or ")
                self.types[key] = [it for it in known if it in wanted]

    async def _compare(
        self, operation: Operation, base: Mapping[str, Any], place: Place, foreign: str, nobody: str
    ) -> None:
        missing = await self._nobodys(operation, self._with(operation, base, place, nobody))
        found = await self._ask(operation, self._with(operation, base, place, foreign))
        if operation.type is OperationType.MUTATION and place.type_name == "ID":
            self.tried.add(f"{operation.name} {place}")
            if _names(missing, place):
                self.reached.add(f"{operation.name} {place}")
        here = f"{operation}({place}: {foreign})"
        if leaked := self.attempt.leaked(found, foreign):
            self.problems.append(f"{here} tells {leaked}")
        one, other = self.attempt.comparable(found, foreign), self.attempt.comparable(missing, nobody)
        if one != other:
            self.problems.append(f"{here} differs from that for {nobody}:\n  {one}\n  {other}")
        if "INTERNAL_ERROR" in as_text(found):
            self.problems.append(f"{here}: {found}")

    async def _nobodys(self, operation: Operation, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The answer for what nobody has, which is asked for once."""
        asked = f"{operation} {as_text(variables)}"
        if asked not in self.missing:
            self.missing[asked] = await self._ask(operation, variables)
        return self.missing[asked]

    def _with(self, operation: Operation, base: Mapping[str, Any], place: Place, value: str) -> dict[str, Any]:
        return with_value(operation.arguments, base, place.path, value)

    async def _ask(self, operation: Operation, variables: Mapping[str, Any]) -> dict[str, Any]:
        node = {} if operation.of is None else {"node": self.attempt.own.nodes[operation.of]}
        return await self.attempt.ask(self.document(operation), {**node, **variables})

    def document(self, operation: Operation) -> str:
        """The document that reads deepest within the limits. Raises: Refusal, if the caller may not send it."""
        if (known := self.documents.get(str(operation))) is None:
            for depth in range(DEEPEST if operation.name and operation.arguments else DEEPEST_WALK, 0, -1):
                known = operation.document(depth, self._may_read)
                try:
                    self.attempt.api.parts.engine.prepare(Request(known, {}), self.attempt.caller)
                except Refusal:
                    if depth == 1:
                        raise
                else:
                    break
            assert known is not None
            self.documents[str(operation)] = known
        return known

    def may_send(self, operation: Operation) -> bool:
        """Whether the caller may send an operation."""
        try:
            self.document(operation)
        except Refusal as refusal:
            if (refusal.errors[0].extensions or {})["code"] not in ("FORBIDDEN", "UNAUTHORIZED"):
                raise
            return False
        return operation.of is None or operation.of in self.attempt.own.nodes

    def _may_read(self, field: GraphQLField) -> bool:
        needed = {scope_of(field), scope_of_type(SCHEMA, get_named_type(field.type))} - {None}
        return needed <= self.attempt.caller.scopes

    def _least(self, operation: Operation) -> dict[str, Any]:
        """What is required, with ids of nobody."""
        given = samples(operation.arguments)
        for place in places(operation.arguments, {"ID"}):
            if _at(given, place.path) is not None:
                given = with_value(operation.arguments, given, place.path, NOBODY)
        return given

    def _bases(self, operation: Operation) -> list[dict[str, Any]]:
        """Arguments that are good but for one place: all of them, where they are known, and what is required."""
        own = self.attempt.own
        bases = [self._least(operation)]
        if operation.type is OperationType.MUTATION and operation.name in WHOLE:
            bases.insert(0, {"input": _filled(WHOLE[operation.name], own)})
        return [self._owned(operation, it) for it in bases]

    def _owned(self, operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments with ids of the caller's own in place of nobody's."""
        for place in places(operation.arguments, {"ID"}):
            if _at(given, place.path) == NOBODY:
                types = self.types[_key(operation, place)]
                if own := [self._own(it) for it in types if it in self.attempt.own.nodes]:
                    given = with_value(operation.arguments, given, place.path, own[0])
        for place in places(operation.arguments, {"String"}):
            if place.name == "key" and _at(given, place.path) is not None:
                given = with_value(operation.arguments, given, place.path, self.attempt.own.open.key)
        return given

    def _own(self, type_name: str) -> str:
        opened = self.attempt.own.open
        of_open = {
            "Quote": opened.id,
            "QuoteItem": opened.item,
            "Alternative": opened.alternative,
            "PriceOption": opened.price_option,
        }
        return of_open.get(type_name) or self.attempt.own.nodes[type_name]


def _may_be_called(place: Place, name: str) -> bool:
    """Whether somebody would write such a name there: an address where one belongs, a number where a number does."""
    kind = "email" if "@" in name else "number"
    return kind in place.name.lower() or (kind == "number" and place.name.endswith(("Id", "Code")))


def _at(given: Any, path: Path) -> Any:
    for step in path:
        if isinstance(step, int):
            given = given[step] if given and len(given) > step else None
        else:
            given = (given or {}).get(step)
    return given


def _names(body: Any, place: Place) -> bool:
    """Whether a user error names the place."""
    payloads = (body.get("data") or {}).values()
    paths = [it["path"] for payload in payloads if payload for it in payload["userErrors"]]
    return [str(it) for it in place.path[1:]] in paths


def _key(operation: Operation, place: Place) -> tuple[str, str]:
    return (place.input_name, place.name) if place.input_name else (str(operation), str(place))


def _filled(value: Any, own: Neighbour) -> Any:
    """The input with the caller's own ids in place of `<quote part>`; what has none there is left as nobody's."""
    if isinstance(value, dict):
        return {name: _filled(it, own) for name, it in value.items()}
    if isinstance(value, list):
        return [_filled(it, own) for it in value]
    if not isinstance(value, str) or not value.startswith("<"):
        return value
    what, part = value.strip("<>").split()
    if what == "open":
        return getattr(own.open, part)
    return NOBODY
