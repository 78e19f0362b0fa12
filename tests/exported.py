"""The schema as exported, built once for all who look at it: building it takes half a second."""

from pathlib import Path

from graphql import GraphQLSchema, build_schema

FILE = Path(__file__).parent.parent / "schema.graphql"
SCHEMA: GraphQLSchema = build_schema(FILE.read_text(encoding="utf-8"))
