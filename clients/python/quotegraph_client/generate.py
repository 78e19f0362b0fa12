"""Writes a module of typed operations: `python -m quotegraph_client.generate SCHEMA DOCUMENT… --output MODULE`.

Each operation becomes a constant, such as `QUOTE_LIST`, with a TypedDict of its variables, and of each object in its
data. Where a selection depends on the type of an object, there is a union: select `__typename` to tell them apart.
"""

import argparse
import keyword
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    Visitor,
    build_schema,
    parse,
    print_ast,
    validate,
    visit,
)

from quotegraph_client.generated_types import TypeWriter

_HEAD = '''"""Operations, written by `python -m quotegraph_client.generate`. Write it again instead of changing it."""

from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from quotegraph_client import Operation
'''


def main() -> None:
    """Runs the command."""
    arguments = argparse.ArgumentParser(
        prog="python -m quotegraph_client.generate", description="Write typed operations."
    )
    arguments.add_argument("schema", type=Path, help="the schema, as at /schema.graphql")
    arguments.add_argument("documents", type=Path, nargs="+", help="files with operations and fragments, or folders")
    arguments.add_argument("--output", type=Path, required=True, help="the module to write")
    given = arguments.parse_args()
    files = [it for path in given.documents for it in (sorted(path.rglob("*.graphql")) if path.is_dir() else [path])]
    try:
        written = generate(given.schema.read_text(encoding="utf-8"), [it.read_text(encoding="utf-8") for it in files])
    except (GraphQLError, ValueError) as problem:
        sys.exit(str(problem))
    given.output.write_text(written, encoding="utf-8")


def generate(schema_text: str, documents: Iterable[str]) -> str:
    """Returns the module. Raises: GraphQLError, ValueError, if a document does not fit the schema."""
    schema = build_schema(schema_text)
    together = parse("\n".join(documents))
    if errors := [it for it in validate(schema, together) if "is never used" not in it.message]:
        raise ValueError("\n".join(str(it) for it in errors))
    fragments = {it.name.value: it for it in together.definitions if isinstance(it, FragmentDefinitionNode)}
    operations = [it for it in together.definitions if isinstance(it, OperationDefinitionNode)]
    if unnamed := [it for it in operations if it.name is None]:
        raise ValueError(f"Name every operation: {print_ast(unnamed[0])[:100]}")
    types = TypeWriter(schema, fragments)
    constants = [_operation(it, schema, fragments, types) for it in operations]
    return "\n\n".join([_HEAD, *types.definitions, *constants]) + "\n"


def _operation(
    node: OperationDefinitionNode,
    schema: GraphQLSchema,
    fragments: dict[str, FragmentDefinitionNode],
    types: TypeWriter,
) -> str:
    assert node.name is not None
    name = node.name.value
    root = schema.get_root_type(node.operation)
    assert root is not None
    class_name = name[0].upper() + name[1:]
    variables = types.variables(f"{class_name}Variables", node)
    data = types.data(f"{class_name}Data", root, node.selection_set)
    text = print_ast(DocumentNode(definitions=(node, *_used(node, fragments))))
    constant = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
    constant = f"{constant}_" if keyword.iskeyword(constant) else constant
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'{constant}: Operation[{variables}, {data}] = Operation(\n    "{name}",\n    """{quoted}\n""",\n)'


def _used(node: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]) -> list[FragmentDefinitionNode]:
    """Returns the fragments that an operation needs."""
    used: dict[str, FragmentDefinitionNode] = {}

    class Spreads(Visitor):
        def enter_fragment_spread(self, spread: FragmentSpreadNode, *_: object) -> None:
            name = spread.name.value
            if name not in used:
                used[name] = fragments[name]
                visit(fragments[name], self)

    visit(node, Spreads())
    return list(used.values())


if __name__ == "__main__":
    main()
