"""Writes the possible types of the schema's interfaces and unions, which normalised caches need (`make schema`)."""

import json
from pathlib import Path

from graphql import GraphQLSchema, build_schema, is_abstract_type, is_introspection_type

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "clients/js"


def possible_types(schema: GraphQLSchema) -> dict[str, str]:
    """Returns the files by name: for programs that import JSON, and for those that do not."""
    found = {
        name: sorted(it.name for it in schema.get_possible_types(type_))
        for name, type_ in sorted(schema.type_map.items())
        if is_abstract_type(type_) and not is_introspection_type(type_)
    }
    text = json.dumps(found, indent=2)
    note = "// Generated from the schema: the possible types of each interface and union."
    return {"possibleTypes.json": f"{text}\n", "possibleTypes.js": f"{note}\nexport const possibleTypes = {text};\n"}


if __name__ == "__main__":
    for name, content in possible_types(build_schema((ROOT / "schema.graphql").read_text())).items():
        if (FOLDER / name).read_text() != content:
            (FOLDER / name).write_text(content)
