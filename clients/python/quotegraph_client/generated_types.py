"""The types of variables and data, as text: TypedDicts, and literals for enums."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_composite_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    type_from_ast,
)

# The other scalars are strings.
SCALARS = {"Int": "int", "Float": "float", "Boolean": "bool", "JSON": "Any"}
_TYPENAME = "__typename"


@dataclass
class _Selected:
    """A field of an object, with every selection that is made of it."""

    type_: GraphQLOutputType
    sets: list[SelectionSetNode] = field(default_factory=list)
    always: bool = False


class TypeWriter:
    """Collects the definitions that operations need, each written before it is used."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._named: dict[str, None] = {}
        self.definitions: list[str] = []

    def variables(self, name: str, operation: OperationDefinitionNode) -> str:
        """Writes the type of an operation's variables, and returns its name."""
        fields = {}
        for it in operation.variable_definitions or ():
            type_: Any = type_from_ast(self._schema, it.type)
            optional = not is_non_null_type(type_) or it.default_value is not None
            fields[it.variable.name.value] = _written(self._input(type_), optional)
        return self._typed_dict(name, fields)

    def data(self, name: str, type_: Any, selected: SelectionSetNode) -> str:
        """Writes the type of what is selected of a composite type, and returns its name."""
        return self._object(name, type_, [selected])

    # ---- inputs

    def _input(self, type_: GraphQLInputType) -> str:
        if is_non_null_type(type_):
            return self._required_input(type_.of_type)
        return f"{self._required_input(type_)} | None"

    def _required_input(self, type_: Any) -> str:
        if is_list_type(type_):
            return f"list[{self._input(type_.of_type)}]"
        return self._input_object(type_) if isinstance(type_, GraphQLInputObjectType) else self._leaf(type_)

    def _input_object(self, type_: GraphQLInputObjectType) -> str:
        if type_.name not in self._named:
            # Named first: inputs may contain themselves.
            self._named[type_.name] = None
            self._typed_dict(
                type_.name,
                {
                    name: _written(self._input(it.type), not is_required_input_field(it))
                    for name, it in type_.fields.items()
                },
            )
        return type_.name

    # ---- data

    def _object(self, name: str, type_: Any, sets: list[SelectionSetNode]) -> str:
        """Returns a TypedDict, or a union of several if the selections depend on the type."""
        possible = [type_] if isinstance(type_, GraphQLObjectType) else self._schema.get_possible_types(type_)
        alike: dict[tuple[Any, ...], list[GraphQLObjectType]] = {}
        selections = {it.name: self._selected(it, sets) for it in possible}
        for it in possible:
            alike.setdefault(_shape(selections[it.name]), []).append(it)
        groups = sorted(alike.values(), key=len)
        written = [
            self._one_object(
                f"{name}{group[0].name}" if len(groups) > 1 and len(group) == 1 else name, group, selections
            )
            for group in groups
        ]
        return " | ".join(written)

    def _one_object(
        self, name: str, types: list[GraphQLObjectType], selections: Mapping[str, Mapping[str, _Selected]]
    ) -> str:
        fields = {}
        for key, it in selections[types[0].name].items():
            if it.type_ is _NAME_OF_TYPE:
                names = ", ".join(f'"{type_.name}"' for type_ in types)
                written = f"Literal[{names}]"
            else:
                written = self._output(f"{name}{key[0].upper()}{key[1:]}", it.type_, it.sets)
            fields[key] = written if it.always else f"NotRequired[{written}]"
        return self._typed_dict(self._free(name), fields)

    def _output(self, name: str, type_: Any, sets: list[SelectionSetNode]) -> str:
        if is_non_null_type(type_):
            return self._required_output(name, type_.of_type, sets)
        return f"{self._required_output(name, type_, sets)} | None"

    def _required_output(self, name: str, type_: Any, sets: list[SelectionSetNode]) -> str:
        if is_list_type(type_):
            return f"list[{self._output(name, type_.of_type, sets)}]"
        return self._object(name, type_, sets) if is_composite_type(type_) else self._leaf(type_)

    def _selected(self, type_: GraphQLObjectType, sets: list[SelectionSetNode]) -> dict[str, _Selected]:
        found: dict[str, _Selected] = {}
        for node, certain in self._fields(type_, sets, certain=True):
            key = (node.alias or node.name).value
            field_type = _NAME_OF_TYPE if node.name.value == _TYPENAME else type_.fields[node.name.value].type
            it = found.setdefault(key, _Selected(field_type))
            it.always = it.always or certain
            if node.selection_set is not None:
                it.sets.append(node.selection_set)
        return found

    def _fields(
        self, type_: GraphQLObjectType, sets: list[SelectionSetNode], certain: bool
    ) -> Iterator[tuple[FieldNode, bool]]:
        """Yields the fields that are selected of a type, and whether they are in every answer."""
        for node in (it for selected in sets for it in selected.selections):
            always = certain and not any(it.name.value in ("skip", "include") for it in node.directives or ())
            if isinstance(node, FieldNode):
                yield node, always
                continue
            assert isinstance(node, InlineFragmentNode | FragmentSpreadNode)
            fragment = node if isinstance(node, InlineFragmentNode) else self._fragments[node.name.value]
            if fragment.type_condition is None or self._applies(fragment.type_condition.name.value, type_):
                yield from self._fields(type_, [fragment.selection_set], always)

    def _applies(self, condition: str, type_: GraphQLObjectType) -> bool:
        named: Any = self._schema.type_map[condition]
        return named is type_ or (not isinstance(named, GraphQLObjectType) and self._schema.is_sub_type(named, type_))

    # ---- both

    def _leaf(self, type_: Any) -> str:
        assert is_leaf_type(type_)
        if not isinstance(type_, GraphQLEnumType):
            return SCALARS.get(type_.name, "str")
        if type_.name not in self._named:
            self._named[type_.name] = None
            values = ", ".join(f'"{it}"' for it in type_.values)
            self.definitions.append(f"{type_.name}: TypeAlias = Literal[{values}]")
        return type_.name

    def _free(self, name: str) -> str:
        """Returns a name that no other type has."""
        free, number = name, 2
        while free in self._named or free in self._schema.type_map:
            free, number = f"{name}{number}", number + 1
        self._named[free] = None
        return free

    def _typed_dict(self, name: str, fields: Mapping[str, str]) -> str:
        # The functional form allows every key, keywords too.
        members = "".join(f'        "{key}": {written},\n' for key, written in fields.items())
        self.definitions.append(f'{name} = TypedDict(\n    "{name}",\n    {{\n{members}    }},\n)')
        return name


class _NameOfType:
    """Stands for the type of `__typename`."""


_NAME_OF_TYPE: Any = _NameOfType()


def _written(type_: str, optional: bool) -> str:
    """Returns the type of a key in quotes, because inputs may be defined further down."""
    return f'"NotRequired[{type_}]"' if optional else f'"{type_}"'


def _shape(selected: Mapping[str, _Selected]) -> tuple[Any, ...]:
    """What two types must have in common to be written as one."""
    return tuple((key, str(it.type_), it.always, tuple(map(id, it.sets))) for key, it in selected.items())
