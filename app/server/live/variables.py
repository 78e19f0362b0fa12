"""Which variables the results of a subscription depend on."""

from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)


def variables_of_selection(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """Returns the names of the variables that an operation uses, except in the arguments of its root field, which only
    say what it follows."""
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    used = _Variables(fragments)
    for node in _below_root(operation.selection_set, fragments):
        visit(node, used)
    return frozenset(used.names)


def _below_root(root: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[Node]:
    """Yields the directives at the root and what is selected below it."""
    for it in root.selections:
        yield from it.directives or ()
        if isinstance(it, FieldNode):
            if it.selection_set is not None:
                yield it.selection_set
        elif isinstance(it, FragmentSpreadNode):
            yield from _below_root(fragments[it.name.value].selection_set, fragments)
        elif isinstance(it, InlineFragmentNode):
            yield from _below_root(it.selection_set, fragments)


class _Variables(Visitor):
    """Collects the variables of nodes and of the fragments that they spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self._fragments = fragments
        self._seen: set[str] = set()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        name = node.name.value
        if name not in self._seen:
            self._seen.add(name)
            visit(self._fragments[name], self)
