"""The reference of the schema, as pages of Markdown in `docs/api/`: `quotegraph schema reference` writes them.

Everything has one section, with the anchor that GitHub and `/docs` give its heading. A mutation's section is followed
by those of its input and its payload.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLType,
    GraphQLUnionType,
    Undefined,
    get_named_type,
    is_introspection_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
    print_ast,
)
from graphql.utilities import ast_from_value

from resolvers.scopes import scope_of_type
from schema.declare import scope_of
from schema.sdl import ROOTS

INDEX = "README.md"
_TITLES = {
    "queries": "Queries",
    "mutations": "Mutations",
    "subscriptions": "Subscriptions",
    "objects": "Objects",
    "connections": "Connections",
    "interfaces": "Interfaces",
    "unions": "Unions",
    "inputs": "Input objects",
    "enums": "Enums",
    "scalars": "Scalars",
    "directives": "Directives",
}
_ABOUT = {
    "connections": "Pages of lists, and their edges.",
    "inputs": "The input of a mutation is described with the mutation.",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What has a section: a field of a root type, a type or a directive; and the fields of a mutation's input and
    payload, where it is a mutation.
    """

    name: str
    item: GraphQLField | GraphQLNamedType | GraphQLDirective
    parts: tuple[GraphQLNamedType, ...] = ()


def pages(core: GraphQLSchema) -> dict[str, str]:
    """The text of each page by its file name."""
    return _Reference(core).pages()


class _Reference:
    def __init__(self, core: GraphQLSchema) -> None:
        self._core = core
        self._entries: dict[str, list[Entry]] = {}
        self._homes: dict[str, str] = {}
        self._place_operations()
        self._place_types()
        for directive in sorted(core.directives, key=lambda it: it.name):
            self._place("directives", Entry(f"@{directive.name}", directive))

    def pages(self) -> dict[str, str]:
        named = {page: self._entries[page] for kind in _TITLES for page in sorted(self._entries) if _kind(page) == kind}
        return {INDEX: self._index(named)} | {
            f"{page}.md": _joined(self._page(page, entries)) for page, entries in named.items()
        }

    # ---- what is on which page

    def _place_operations(self) -> None:
        roots = zip(ROOTS, ("queries", "mutations", "subscriptions"), strict=True)
        for root, kind in roots:
            type_ = self._core.type_map[root]
            for name, field in type_.fields.items() if isinstance(type_, GraphQLObjectType) else ():
                if kind != "mutations":
                    self._place(kind, Entry(name, field))
                    continue
                arguments = (get_named_type(it.type) for it in field.args.values())
                types = (*arguments, get_named_type(field.type))
                parts = tuple(it for it in types if not is_specified_scalar_type(it) and it.name not in self._homes)
                self._place(f"mutations-{_concept(field)}", Entry(name, field, parts))

    def _place_types(self) -> None:
        for name, type_ in sorted(self._core.type_map.items()):
            if name not in self._homes and name not in ROOTS and not is_introspection_type(type_):
                self._place(_page_of(type_), Entry(name, type_))

    def _place(self, page: str, entry: Entry) -> None:
        self._entries.setdefault(page, []).append(entry)
        for type_ in (entry.item, *entry.parts):
            if isinstance(type_, GraphQLNamedType):
                self._homes[type_.name] = page

    # ---- pages

    def _index(self, named: dict[str, list[Entry]]) -> str:
        lines = ["# API reference", "", _line(self._core.description), ""]
        lines += ["Written by `make schema` from the schema; [guides](../guides/README.md) say how to use it.", ""]
        for kind, title in _TITLES.items():
            found = {page: entries for page, entries in named.items() if _kind(page) == kind}
            if found:
                lines += [f"## {title}", ""]
            for page, entries in found.items():
                links = " · ".join(f"[{_code(it.name)}]({page}.md#{_anchor(it.name)})" for it in entries)
                lines += [links if page == kind else f"**[{_of(page)}]({page}.md)**: {links}", ""]
        return _joined(lines)

    def _page(self, page: str, entries: list[Entry]) -> Iterator[str]:
        kind = _kind(page)
        yield from (f"# {_TITLES[kind] if page == kind else f'{_TITLES[kind]}: {_of(page).lower()}'}", "")
        yield from (f"[API reference]({INDEX})", "")
        if about := _ABOUT.get(kind):
            yield from (about, "")
        for entry in entries:
            yield from self._section(entry.name, entry.item, "##")
            for part in entry.parts:
                yield from self._section(part.name, part, "###")

    def _section(
        self, name: str, item: GraphQLField | GraphQLNamedType | GraphQLDirective, level: str
    ) -> Iterator[str]:
        yield from (f"{level} {name}", "")
        if isinstance(item, GraphQLField):
            yield from (self._field_text(item), "", f"Returns {self._link(item.type)}.", "")
            yield from self._given(item.args.items(), "Arguments")
        elif isinstance(item, GraphQLDirective):
            yield from (_line(item.description), "", f"On {', '.join(_code(it.name) for it in item.locations)}.", "")
            yield from self._given(item.args.items(), "Arguments")
        else:
            yield from (" ".join((_line(item.description), *self._type_notes(item))), "")
            yield from self._members(item)

    def _type_notes(self, type_: GraphQLNamedType) -> Iterator[str]:
        if (scope := scope_of_type(self._core, type_)) is not None:
            yield f"Requires scope `{scope}`."
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and type_.interfaces:
            yield f"Implements {', '.join(map(self._link, type_.interfaces))}."
        if isinstance(type_, GraphQLInterfaceType):
            types = sorted(self._core.get_possible_types(type_), key=lambda it: it.name)
            yield f"Implemented by {', '.join(map(self._link, types))}."
        if isinstance(type_, GraphQLInputObjectType) and type_.is_one_of:
            yield "Exactly one field is given."
        if isinstance(type_, GraphQLScalarType) and type_.specified_by_url:
            yield f"[Specification]({type_.specified_by_url})"

    def _members(self, type_: GraphQLNamedType) -> Iterator[str]:
        if isinstance(type_, GraphQLInputObjectType):
            yield from self._given(type_.fields.items(), "Fields")
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            yield from ("Fields:", "")
            for name, field in type_.fields.items():
                yield f"- `{name}`: {self._link(field.type)}. {self._field_text(field)}"
                yield from (f"  {self._argument(it, given)}" for it, given in field.args.items())
            yield ""
        elif isinstance(type_, GraphQLEnumType):
            yield from ("Values:", "")
            for name, value in type_.values.items():
                yield f"- `{name}`: {_line(value.description)}{_deprecated(value.deprecation_reason)}"
            yield ""
        elif isinstance(type_, GraphQLUnionType):
            yield from (f"One of {', '.join(map(self._link, type_.types))}.", "")

    def _given(self, given: Iterable[tuple[str, GraphQLArgument | GraphQLInputField]], title: str) -> Iterator[str]:
        if lines := [self._argument(name, it) for name, it in given]:
            yield from (f"{title}:", "", *lines, "")

    def _argument(self, name: str, given: GraphQLArgument | GraphQLInputField) -> str:
        required = is_required_argument(given) if isinstance(given, GraphQLArgument) else is_required_input_field(given)
        note = ", required" if required else ""
        if given.default_value is not Undefined and (value := ast_from_value(given.default_value, given.type)):
            note = f", default `{print_ast(value)}`"
        text = f"{_line(given.description)}{_deprecated(given.deprecation_reason)}"
        return f"- `{name}`: {self._link(given.type)}{note}. {text}"

    def _field_text(self, field: GraphQLField) -> str:
        text, scope = _line(field.description), scope_of(field)
        if scope is not None and f"`{scope}`" not in text:
            text = f"{text} Requires scope `{scope}`."
        return f"{text}{_deprecated(field.deprecation_reason)}"

    def _link(self, type_: GraphQLType) -> str:
        name = get_named_type(type_).name
        page = INDEX if name in ROOTS else f"{self._homes[name]}.md"
        return f"[`{type_}`]({page}#{_ROOT_ANCHORS.get(name) or _anchor(name)})"


_ROOT_ANCHORS = dict(zip(ROOTS, ("queries", "mutations", "subscriptions"), strict=True))


def _page_of(type_: GraphQLNamedType) -> str:
    match type_:
        case GraphQLInputObjectType():
            return "inputs"
        case GraphQLEnumType():
            return "enums"
        case GraphQLScalarType():
            return "scalars"
        case GraphQLInterfaceType():
            return "interfaces"
        case GraphQLUnionType():
            return "unions"
        case _ if (
            type_.name.endswith(("Connection", "Edge")) and type_.name != "Connection"
        ) or type_.name == "PageInfo":
            return "connections"
        case _:
            return f"objects-{_concept(type_)}"


def _concept(declared: GraphQLField | GraphQLNamedType) -> str:
    """The concept in whose package a type or a field is declared."""
    origin: type = declared.extensions["strawberry-definition"].origin
    return origin.__module__.split(".")[1]


def _kind(page: str) -> str:
    return page.partition("-")[0]


def _of(page: str) -> str:
    """The concept of a page as it is written."""
    return page.partition("-")[2].capitalize()


def _anchor(name: str) -> str:
    return name.lower().removeprefix("@")


def _code(name: str) -> str:
    return f"`{name}`"


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def _deprecated(reason: str | None) -> str:
    return f" **Deprecated**: {_line(reason)}" if reason else ""


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
