"""The GraphQL documents of the endpoints. They are part of the product and trusted: no limit of what clients send
applies to their text, and a server that runs only trusted documents runs them too."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from graphql import GraphQLSchema, parse, validate

_FOLDER = files("app.rest").joinpath("documents")


@cache
def texts() -> Mapping[str, str]:
    """The text of each document, by the name of its file."""
    found = (it for it in _FOLDER.iterdir() if it.name.endswith(".graphql"))
    return {it.name.removesuffix(".graphql"): it.read_text(encoding="utf-8") for it in found}


@cache
def validated(schema: GraphQLSchema) -> Mapping[str, str]:
    """All documents. Raises: ValueError, if one does not fit the schema."""
    for name, text in texts().items():
        if errors := validate(schema, parse(text)):
            raise ValueError(f"{name}.graphql: {errors[0].message}")
    return texts()
