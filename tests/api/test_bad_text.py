"""Text that cannot be, in every field that takes text.

The fields are found in the schema itself, so that a new one is tried without being listed here.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLScalarType, get_named_type

from schema.build import build_schema, core_schema
from tests.api.support.situations import ITEMS, WHOLE, refused

# On one database: what is refused never reaches it, and what was not refused would be a payload without errors on both.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.parametrize("now", ["sqlite"], indirect=True)]

MEGABYTE = "x" * 1_000_000
NOT_TEXT = ("Int", "Boolean")

SCHEMA = core_schema(build_schema())


def fields_of(type_: Any, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places in a value that take any text, as the type says."""
    named = get_named_type(type_)
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from fields_of(named, each, (*path, str(index)))
    elif isinstance(named, GraphQLInputObjectType):
        assert named.is_one_of or value.keys() == named.fields.keys(), f"{named} at {path} has other fields"
        for name, each in value.items():
            yield from fields_of(named.fields[name].type, each, (*path, name))
    elif isinstance(named, GraphQLScalarType) and named.name not in NOT_TEXT:
        yield path


def text_fields() -> list[Any]:
    assert SCHEMA.mutation_type is not None
    mutations = SCHEMA.mutation_type.fields
    assert WHOLE.keys() == mutations.keys()
    return [
        pytest.param(name, path, id=f"{name} {'.'.join(path)}")
        for name, field in mutations.items()
        for path in fields_of(field.args["input"].type, _shortened(WHOLE[name]))
    ]


def _shortened(whole: Any) -> Any:
    """Plain items have only what they need; the full one is enough to find every field."""
    shortened = separate(whole)
    if len(shortened.get("items", ())) == len(ITEMS):
        full, custom, kit = shortened["items"]
        shortened["items"] = [full, {**full, "device": custom["device"]}, {**full, "device": kit["device"]}]
    return shortened


def separate(value: Any) -> Any:
    """A copy without parts in common, unlike `deepcopy`'s."""
    return json.loads(json.dumps(value))


def replaced(whole: Any, path: tuple[str, ...], value: Any) -> Any:
    changed = separate(whole)
    *way, last = (int(step) if step.isdigit() else step for step in path)
    place = changed
    for step in way:
        place = place[step]
    place[last] = value
    return changed


@pytest.mark.parametrize(("mutation", "path"), text_fields())
@pytest.mark.parametrize("value", [MEGABYTE, "a\0b"], ids=["a megabyte", "a NUL"])
async def test_text_that_cannot_be_is_refused_in_the_payload_at_its_field(now, mutation, path, value):
    errors = await refused(now, mutation, replaced(_shortened(WHOLE[mutation]), path, value))
    mine = [error for error in errors if error["path"] == list(path)]
    assert len(mine) == 1, errors
    assert mine[0]["__typename"] == "ValidationError"
    assert len(mine[0]["message"]) < 300
