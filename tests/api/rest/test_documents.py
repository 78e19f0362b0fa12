"""The documents behind the REST API fit the schema, and docs/rest.md says which endpoint is which operation."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, build_schema, parse

from app.rest import documents
from app.rest.routes import ENDPOINTS
from app.server.new_documents import completed
from app.server.preparation import Preparation
from app.server.requests import Request
from domain.shared.access import NOBODY
from resolvers.execution.executor import Executor
from schema.build import build_schema as built
from schema.build import core_schema

ROOT = Path(__file__).parents[3]
# Anybody with a key.
SOMEBODY = replace(NOBODY, key_id="key")
PAGE = (ROOT / "docs" / "rest.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `([A-Z]+ [^`]+)` \| `(\w+)` \| `(\w+)` \| (.+) \|$", re.MULTILINE)
SCOPE = re.compile(r"`(\w+:\w+)`")


def operations(document: str) -> list[str]:
    found = (it for it in parse(documents.texts()[document]).definitions if isinstance(it, OperationDefinitionNode))
    return [it.name.value for it in found if it.name is not None]


@pytest.fixture(scope="module")
def preparation() -> Preparation:
    schema = core_schema(built())
    return Preparation(schema, Executor(schema))


def test_there_are_twenty_three_endpoints_each_with_a_document_of_its_own():
    assert len(ENDPOINTS) == 23
    assert {it.document for it in ENDPOINTS} == set(documents.texts())
    assert len({(it.method, it.path) for it in ENDPOINTS}) == 23


def test_all_documents_fit_the_schema():
    assert documents.validated(core_schema(built())) == documents.texts()


def test_a_document_that_does_not_fit_stops_the_server(monkeypatch):
    monkeypatch.setattr(documents, "texts", lambda: {"broken": "{ nothing }"})
    with pytest.raises(ValueError, match=r"broken\.graphql: Cannot query field 'nothing'"):
        documents.validated(build_schema("type Query { something: Int }"))


@pytest.mark.parametrize("document", sorted(documents.texts()))
def test_every_operation_can_be_prepared_within_the_limits_of_clients(preparation, document):
    for name in operations(document):
        prepared = completed(preparation.steps(Request(documents.texts()[document], operation_name=name), SOMEBODY))
        assert prepared.cost.points({"first": 1}) <= 1_000


def test_the_page_lists_every_endpoint_with_its_document_and_operation():
    listed = [(it[1], it[2], it[3]) for it in ROW.finditer(PAGE)]
    assert listed == [(f"{it.method} {it.path}", it.document, it.root) for it in in_order()]


def in_order():
    """The endpoints in the order of the page."""
    position = {it[2]: number for number, it in enumerate(ROW.finditer(PAGE))}
    return sorted(ENDPOINTS, key=lambda it: position.get(it.document, 99))


def test_the_page_names_the_scopes_that_the_documents_need(preparation):
    for row in ROW.finditer(PAGE):
        needed: set[str] = set()
        for name in operations(row[2]):
            request = Request(documents.texts()[row[2]], operation_name=name)
            needed |= {str(it) for it in completed(preparation.steps(request, SOMEBODY)).required_scopes.fields}
        assert set(SCOPE.findall(row[4])) == needed, row[2]
