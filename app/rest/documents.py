"""The GraphQL documents of the endpoints. They are part of the product and trusted: no limit of what clients send
applies to their text, and a server that runs only trusted documents runs them too. What several of them select is a
fragment in a file of its own, by the name of the fragment."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from graphql import GraphQLSchema, parse, validate

_FOLDER = files("app.rest").joinpath("documents")
_ENDING = ".graphql"
_SPREAD = re.compile(r"\.\.\.([A-Z]\w*)")


@cache
def texts() -> Mapping[str, str]:
    """The text of each document with the fragments that it selects, by the name of its file."""
    fragments = _read(_FOLDER.joinpath("fragments"))
    return {name: _with_fragments(text, fragments) for name, text in _read(_FOLDER).items()}


def _read(folder: Traversable) -> Mapping[str, str]:
    found = (it for it in folder.iterdir() if it.name.endswith(_ENDING))
    return {it.name.removesuffix(_ENDING): it.read_text(encoding="utf-8") for it in found}


def _with_fragments(text: str, fragments: Mapping[str, str]) -> str:
    needed, ahead = list[str](), _SPREAD.findall(text)
    while ahead:
        if (name := ahead.pop(0)) not in needed:
            needed.append(name)
            ahead += _SPREAD.findall(fragments[name])
    return "\n".join([text, *(fragments[name] for name in needed)])


@cache
def validated(schema: GraphQLSchema) -> Mapping[str, str]:
    """All documents. Raises: ValueError, if one does not fit the schema."""
    for name, text in texts().items():
        if errors := validate(schema, parse(text)):
            raise ValueError(f"{name}.graphql: {errors[0].message}")
    return texts()
