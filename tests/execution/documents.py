"""Random documents that are valid for a schema, with their variables.

Every choice is made by the `random.Random` it is given: a seeded one repeats a document, one of Hypothesis's can be
shrunk. It is our own, as these documents want variables, conditions, merged fragments, and ids that exist.
What would make fields of one name clash is avoided by aliases that come once; what clashes all the same is for the
caller to drop by `validate`.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType
# A value to give for an argument or a field of an input: `field.argument` or `Input.field`, its type, and the choices.
Values = Callable[[str, str, random.Random], Any]
NOTHING = object()


class Document(NamedTuple):
    """An operation and what to send with it."""

    text: str
    variables: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Habits:
    """How documents of a schema look. `values` makes scalars, and may answer `NOTHING` to leave it to chance."""

    values: Values
    depth: int = 4
    breadth: int = 5
    # How many selections a document has at most, about.
    size: int = 25
    # How often an argument is given that need not be.
    given: float = 0.4
    # Fields that are left out, as `Type.field`.
    without: frozenset[str] = frozenset()
    # How much likelier a field with more below it is than a leaf.
    nesting: float = 0.6
    wrong: float = 0.01


def a_document(
    schema: GraphQLSchema, habits: Habits, chance: random.Random, kind: OperationType = OperationType.QUERY
) -> Document:
    """A document with one operation of a kind."""
    return _Writer(schema, habits, chance).document(kind)


@dataclass
class _Writer:
    schema: GraphQLSchema
    habits: Habits
    chance: random.Random
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[tuple[str, str, str]] = field(default_factory=list)
    aliases: int = 0
    written: int = 0

    def document(self, kind: OperationType) -> Document:
        root = self.schema.get_root_type(kind)
        assert root is not None
        if kind is OperationType.SUBSCRIPTION:
            # It has one field, without conditions.
            head, below = self.field(root, self.habits.depth) or ("__typename", None)
            body = f"{{ {head} {self.selection(below, self.habits.depth) if below else ''} }}"
        else:
            body = self.selection(root, self.habits.depth, most=3)
        header = f"({', '.join(self.declared)})" if self.declared else ""
        parts = [f"{kind.value} Asked{header} {body}"]
        parts += [f"fragment {name} on {condition} {written}" for name, condition, written in self.fragments]
        return Document("\n".join(parts), self.variables)

    def selection(self, type_: Composite, depth: int, most: int | None = None) -> str:
        """A selection set, at least one field of which is always there to be chosen."""
        chance, written = self.chance, []
        heads: list[tuple[str, Composite | None]] = []
        for _ in range(chance.randint(1, most or self.habits.breadth)):
            self.written += 1
            if self.written > self.habits.size:
                break
            way = chance.random()
            if way < 0.08 and self.fragments and (name := self._known_fragment(type_)):
                written.append(f"...{name}{self.directives()}")
            elif depth >= 0 and (way < 0.16 or (is_abstract_type(type_) and way < 0.45)):
                written.append(self.fragment(type_, depth))
            elif way < (0.22 if depth < self.habits.depth else 0.18):
                written.append(f"{self.alias()}__typename{self.directives()}")
            elif way < 0.28 and heads:
                # The same field once more: its selections are merged.
                head, below = chance.choice(heads)
                written.append(f"{head} {self.selection(below, depth - 1)}" if below else head)
            elif isinstance(type_, GraphQLUnionType):
                if depth >= 0:
                    written.append(self.fragment(type_, depth))
            elif chosen := self.field(type_, depth):
                head, below = chosen
                written.append(f"{head}{self.directives()} {self.selection(below, depth - 1) if below else ''}")
                heads.append(chosen)
        return "{ " + " ".join(written or ["__typename"]) + " }"

    def field(self, type_: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> tuple[str, Composite | None] | None:
        """A field with its alias and arguments, and the type to select from below it."""
        fields = {name: it for name, it in type_.fields.items() if f"{type_.name}.{name}" not in self.habits.without}
        leaves = [name for name, it in fields.items() if is_leaf_type(get_named_type(it.type))]
        nested = [name for name in fields if name not in leaves] if depth > 0 else []
        among = (
            nested
            if nested
            and (not leaves or self.chance.random() < (0.9 if depth == self.habits.depth else self.habits.nesting))
            else leaves
        )
        if not among:
            return None
        name = self.chance.choice(among)
        definition = fields[name]
        below = get_named_type(definition.type)
        arguments = self.arguments(name, definition)
        alias = self.alias(always=bool(arguments) or _differs(self.schema, name))
        return f"{alias}{name}{arguments}", None if is_leaf_type(below) else below

    def fragment(self, type_: Composite, depth: int) -> str:
        """Part of a selection in a fragment, inline or by name, on the type itself or on one that goes with it."""
        chance = self.chance
        condition = chance.choice(_overlapping(self.schema, type_))
        if chance.random() < 0.15:
            return f"...{self.directives()} {self.selection(type_, depth, most=3)}"
        written = self.selection(condition, depth, most=3)
        if chance.random() < 0.4:
            name = f"Part{len(self.fragments)}"
            self.fragments.append((name, condition.name, written))
            return f"...{name}{self.directives()}"
        return f"...on {condition.name}{self.directives()} {written}"

    def _known_fragment(self, type_: Composite) -> str | None:
        fitting = {it.name for it in _overlapping(self.schema, type_)}
        names = [name for name, condition, _ in self.fragments if condition in fitting]
        return self.chance.choice(names) if names else None

    def alias(self, always: bool = False) -> str:
        if not always and self.chance.random() < 0.8:
            return ""
        self.aliases += 1
        return f"a{self.aliases}: "

    def directives(self) -> str:
        chance = self.chance
        if chance.random() < 0.85:
            return ""
        name = chance.choice(["skip", "include"])
        # Rather there than not, or little would be left.
        truth = (name == "include") == (chance.random() < 0.75)
        return f" @{name}(if: {self.given('Boolean!', truth) or json.dumps(truth)})"

    def arguments(self, of: str, definition: GraphQLField) -> str:
        given = {name: self.argument(f"{of}.{name}", it) for name, it in definition.args.items()}
        written = [f"{name}: {value}" for name, value in given.items() if value is not None]
        return f"({', '.join(written)})" if written else ""

    def argument(self, place: str, definition: GraphQLArgument) -> str | None:
        required = isinstance(definition.type, GraphQLNonNull) and definition.default_value is Undefined
        if not required and self.chance.random() >= self.habits.given:
            return None
        value = self.value(place, definition.type)
        return self.given(str(definition.type), value) or self.literal(definition.type, value)

    def given(self, type_: str, value: Any) -> str | None:
        """The value as a variable, sometimes: sent, or by default, or left out where it need not be there."""
        chance = self.chance
        if chance.random() < 0.6:
            return None
        name = f"v{len(self.declared)}"
        way = chance.random()
        named = self.schema.type_map.get(type_.strip("[]!"))
        if way < 0.2 and named is not None and type_.count("[") == 0 and value is not None:
            self.declared.append(f"${name}: {type_} = {self.literal(named, value, constant=True)}")
        elif way < 0.3 and not type_.endswith("!"):
            self.declared.append(f"${name}: {type_}")
        else:
            self.declared.append(f"${name}: {type_}")
            self.variables[name] = "wrong" if chance.random() < self.habits.wrong else value
        return f"${name}"

    def value(self, place: str, type_: Any, depth: int = 3) -> Any:
        """A value of an input type as JSON has it."""
        chance = self.chance
        chosen = self.habits.values(place, str(type_), chance)
        if chosen is not NOTHING:
            return chosen
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        elif chance.random() < 0.05:
            return None
        if isinstance(type_, GraphQLList):
            return [self.value(place, type_.of_type, depth) for _ in range(chance.randint(0, 3))]
        if isinstance(type_, GraphQLEnumType):
            return chance.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self.object_(type_, depth)
        return _scalar(type_, chance)

    def object_(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        if type_.is_one_of:
            name = self.chance.choice(list(type_.fields))
            given: Any = None
            while given is None:
                given = self.value(f"{type_.name}.{name}", GraphQLNonNull(type_.fields[name].type), depth - 1)
            return {name: given}
        return {
            name: self.value(f"{type_.name}.{name}", it.type, depth - 1)
            for name, it in type_.fields.items()
            if (isinstance(it.type, GraphQLNonNull) and it.default_value is Undefined)
            or (depth > 0 and self.chance.random() < self.habits.given)
        }

    def literal(self, type_: Any, value: Any, constant: bool = False) -> str:
        """A value as it is written in a document. Unless it is `constant`, variables may stand in it."""
        if isinstance(type_, GraphQLNonNull):
            return self.literal(type_.of_type, value, constant)
        if value is None:
            return "null"
        if isinstance(type_, GraphQLList):
            if not isinstance(value, list):
                return self.literal(type_.of_type, value, constant)
            return f"[{', '.join(self.literal(type_.of_type, it, constant) for it in value)}]"
        if isinstance(type_, GraphQLInputObjectType):
            given = [f"{name}: {self.part(type_, name, it, constant)}" for name, it in value.items()]
            return "{" + ", ".join(given) + "}"
        return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value)

    def part(self, type_: GraphQLInputObjectType, name: str, value: Any, constant: bool) -> str:
        of = type_.fields[name].type
        asked = f"{of}!" if type_.is_one_of else str(of)
        variable = None if constant or self.chance.random() < 0.6 else self.given(asked, value)
        return variable or self.literal(of, value, constant)


def _scalar(type_: GraphQLScalarType, chance: random.Random) -> Any:
    match type_.name:
        case "Int":
            return chance.choice([0, 1, 2, 3, 5])
        case "Float":
            return chance.choice([0, 1.5, -2.25])
        case "Boolean":
            return chance.random() < 0.5
    return chance.choice(["", "a", "b c", 'ñ\n"'])


def _overlapping(schema: GraphQLSchema, type_: Composite) -> list[Composite]:
    """The types that a fragment within a type may be on."""
    own = _possible(schema, type_)
    return [
        it
        for name, it in schema.type_map.items()
        if isinstance(it, Composite) and not name.startswith("__") and own & _possible(schema, it)
    ]


def _possible(schema: GraphQLSchema, type_: Composite) -> set[str]:
    return (
        {type_.name} if isinstance(type_, GraphQLObjectType) else {it.name for it in schema.get_possible_types(type_)}
    )


_differing: dict[int, tuple[GraphQLSchema, set[str]]] = {}


def _differs(schema: GraphQLSchema, name: str) -> bool:
    """Whether fields of this name differ in type, so that they clash where fragments put them together."""
    if id(schema) not in _differing:
        seen: dict[str, set[str]] = {}
        for type_ in schema.type_map.values():
            for it, definition in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
                seen.setdefault(it, set()).add(_shape(definition.type))
        _differing[id(schema)] = schema, {it for it, types in seen.items() if len(types) > 1}
    return name in _differing[id(schema)][1]


def _shape(type_: Any) -> str:
    """What has to be alike: lists, non-null, and the type of a leaf."""
    named = get_named_type(type_)
    return str(type_) if is_leaf_type(named) else str(type_).replace(named.name, "Object")
