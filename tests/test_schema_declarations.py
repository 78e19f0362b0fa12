"""A field of the graph whose declaration is misspelt keeps the schema from being built."""

from typing import Any

import pytest
import strawberry

from domain.quotes import rows
from domain.shared.access import Scope
from schema import build
from schema.companies.types import Company
from schema.declare import column, edge, identity_of, paged, reference, type_of
from schema.quotes.lists import QUOTES
from schema.quotes.types import QuoteConnection, QuoteItem
from schema.shared.nodes import Node


def pages(loader: str, key: str) -> Any:
    return paged("A page.", loader=loader, key=key, of=QUOTES, scope=Scope.QUOTES_READ)


WRONG = [
    (str, column("Misspelt.", attribute="curency"), "Quote has no attribute 'curency'. Did you mean 'currency'?"),
    (str, column("Named like no attribute."), "Quote has no attribute 'told'"),
    (
        strawberry.ID | None,
        identity_of("Misspelt.", type_name="Quote", attribute="tenant_di"),
        "Quote has no attribute 'tenant_di'. Did you mean 'tenant_id'?",
    ),
    (
        Company,
        edge("Misspelt.", loader="company_by_tenent", key="tenant_id"),
        "there is no loader 'company_by_tenent'.",
    ),
    (
        Company,
        edge("Misspelt.", loader="company_by_tenant", key="tenant"),
        "Quote has no key 'tenant'. Did you mean 'tenant_id'?",
    ),
    (Company, edge("Many.", loader="items_by_quote"), "the loader 'items_by_quote' gives a list of all rows for a key"),
    (list[QuoteItem], edge("One.", loader="item", many=True), "the loader 'item' gives at most one row for a key"),
    (list[QuoteItem], edge("One.", loader="items_by_quote"), "its edge says many=False"),
    (Node, reference("Misspelt.", attribute="nod"), "Quote has no attribute 'nod'"),
    (QuoteConnection, pages("quotes_by_custmer", "id"), "there is no loader 'quotes_by_custmer'."),
    (QuoteConnection, pages("quotes_by_customer", "idd"), "Quote has no key 'idd'. Did you mean 'id'?"),
    (QuoteConnection, pages("items_by_quote", "id"), "the loader 'items_by_quote' gives a list of all rows for a key"),
]


@pytest.mark.parametrize(("annotation", "field", "fault"), WRONG, ids=[fault for _, _, fault in WRONG])
def test_a_misspelt_declaration_stops_the_schema_by_type_and_field(monkeypatch, annotation, field, fault):
    wrong = type_of(rows.Quote)(type("Wrong", (), {"__annotations__": {"told": annotation}, "told": field}))
    members = {"__annotations__": {"wrong": wrong | None}, "wrong": None}
    monkeypatch.setattr(build, "Query", strawberry.type(type("Query", (build.Query,), members)))
    with pytest.raises(TypeError) as refused:
        build.build_schema.__wrapped__()
    assert "Wrong.told" in str(refused.value)
    assert fault in str(refused.value)
