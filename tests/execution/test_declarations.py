"""Declarations that do not fit the schema are refused when it is built."""

from typing import Any

import pytest
from graphql import build_schema

from resolvers.execution.declarations import Edge, bind

TYPES = [("[House!]!", True), ("[House]", True), ("House", False), ("House!", False)]


@pytest.mark.parametrize(("type_", "many"), TYPES)
def test_an_edge_to_many_is_a_list_and_no_other_is(type_, many):
    schema = build_schema(f"type Query {{ house: House }} type House {{ next: {type_} }}")
    house: Any = schema.type_map["House"]
    bind(schema, lambda field: Edge("houses", "next_id", many) if field is house.fields["next"] else None)
    with pytest.raises(TypeError, match=r"House\.next"):
        bind(schema, lambda field: Edge("houses", "next_id", not many) if field is house.fields["next"] else None)
