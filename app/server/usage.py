"""Counts which clients select which fields of the schema, so that a field is removed when nobody needs it any more.

An operation costs one look into a dictionary: it is counted as a document, and what the document selects is found when
the numbers are written. All numbers are limited, however many documents and clients there are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

from app.server.document_cache import Prepared
from domain.shared.access import NOBODY, Caller

NAME_HEADERS = ("GraphQL-Client-Name", "apollographql-client-name")
VERSION_HEADERS = ("GraphQL-Client-Version", "apollographql-client-version")
LONGEST_NAME = 100
# How many documents are counted before what they select is looked up.
MAX_DOCUMENTS = 1_000
# How many clients are told apart, each version by itself, and how many numbers are held.
MAX_CLIENTS = 100
MAX_NUMBERS = 50_000


class Client(NamedTuple):
    """The application that sends an operation, as it names itself."""

    name: str
    version: str


NO_CLIENT = Client("", "")
# All clients beyond those that are told apart.
OTHERS = Client("(others)", "")


def client_of(name: object, version: object) -> Client:
    """Returns the client with this name; NO_CLIENT for one that does not name itself."""
    if not name:
        return NO_CLIENT
    return Client(_printable(name), _printable(version))


def _printable(given: object) -> str:
    text = given[:LONGEST_NAME] if isinstance(given, str) else ""
    return text if text.isprintable() else "".join(it for it in text if it.isprintable())


class Usage:
    """The numbers of one process since they were last taken. `by_client` has the operations of each client since the
    start."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        # By the identity of the document, which is held here as long as it is counted.
        self._documents: dict[tuple[int, Client], tuple[Prepared, list[int]]] = {}
        self._fields: Counter[tuple[str, Client]] = Counter()
        self.by_client: Counter[Client] = Counter()

    def count(self, prepared: Prepared, client: Client, caller: Caller) -> None:
        """Counts an operation. Who sends no key could call itself anything, and so counts as unnamed."""
        if caller is NOBODY:
            client = NO_CLIENT
        if client not in self.by_client and len(self.by_client) >= MAX_CLIENTS:
            client = OTHERS
        self.by_client[client] += 1
        known = self._documents.get((id(prepared), client))
        if known is not None:
            known[1][0] += 1
            return
        if len(self._documents) >= MAX_DOCUMENTS:
            self._look_up(next(iter(self._documents)))
        self._documents[id(prepared), client] = (prepared, [1])

    def look_up(self, most: int) -> bool:
        """Looks up what so many documents select. Returns whether there are more."""
        for key in list(islice(self._documents, most)):
            self._look_up(key)
        return bool(self._documents)

    def take(self) -> Mapping[tuple[str, Client], int]:
        """Returns the numbers by field and client, and begins anew. Documents count when they are looked up."""
        taken, self._fields = self._fields, Counter()
        return taken

    def put_back(self, numbers: Mapping[tuple[str, Client], int]) -> None:
        """Adds numbers that could not be written."""
        for key, count in numbers.items():
            self._add(key, count)

    def _look_up(self, key: tuple[int, Client]) -> None:
        prepared, [count] = self._documents.pop(key)
        for field in fields_of(self._schema, prepared):
            self._add((field, key[1]), count)

    def _add(self, key: tuple[str, Client], count: int) -> None:
        if key in self._fields or len(self._fields) < MAX_NUMBERS:
            self._fields[key] += count


def fields_of(schema: GraphQLSchema, prepared: Prepared) -> frozenset[str]:
    """Returns the fields that an operation selects, such as `Quote.status`, each once."""
    document, operation = prepared.operation.document, prepared.operation.node
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return frozenset(_fields(schema, fragments, root.name, operation.selection_set))


def _fields(
    schema: GraphQLSchema, fragments: dict[str, FragmentDefinitionNode], root: str, selected: SelectionSetNode
) -> Iterator[str]:
    waiting, seen = [(root, selected)], set[str]()
    while waiting:
        type_name, selection = waiting.pop()
        for node in selection.selections:
            if isinstance(node, FieldNode):
                field = getattr(schema.type_map[type_name], "fields", {}).get(node.name.value)
                if field is None:
                    continue
                yield f"{type_name}.{node.name.value}"
                if node.selection_set is not None:
                    waiting.append((get_named_type(field.type).name, node.selection_set))
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                waiting.append((condition.name.value if condition else type_name, node.selection_set))
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = fragments[node.name.value]
                waiting.append((fragment.type_condition.name.value, fragment.selection_set))
