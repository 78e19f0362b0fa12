"""clients/python: typed operations, generated from the schema, and a client that runs them."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from quotegraph_client import OperationFailed, Quotegraph
from quotegraph_client.generate import generate, main

from domain.shared.access import CUSTOMER_SCOPES, Environment
from tests.api.support.makers import a_quote
from tests.clients.conftest import HERE

ROOT = HERE.parents[1]
SCHEMA = (ROOT / "schema.graphql").read_text()
OPERATIONS = """
    fragment Line on Quote { orderId items { id price { amount } } }
    query QuoteList($first: Int!, $withStatus: Boolean! = false) {
        quotes(first: $first) { nodes { id status @include(if: $withStatus) ...Line } }
    }
    query Things($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Quote { class: orderId } } }
    mutation Accept($input: AcceptItemInput!) {
        acceptItem(input: $input) { quote { status } userErrors { message ... on ConflictError { currentStatus } } }
    }
    subscription Changed($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }
"""


def module(path: Path, text: str) -> ModuleType:
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return module(tmp_path_factory.mktemp("operations") / "operations.py", generate(SCHEMA, [OPERATIONS]))


# ---- what is generated

PROGRAM = """
from operations import ACCEPT, CHANGED, QUOTE_LIST, THINGS
from quotegraph_client import Quotegraph


async def right(api: Quotegraph) -> str:
    quotes = (await api.run(QUOTE_LIST({"first": 2})))["quotes"]
    assert quotes is not None
    lines = [f"{it['orderId']} {it.get('status', '')}" for it in quotes["nodes"]]
    for thing in (await api.run(THINGS({"ids": []})))["nodes"]:
        if thing is not None and thing["__typename"] == "Quote":
            lines.append(thing["class"].upper())
    async for event in api.subscribe(CHANGED({"id": "id"})):
        if event["quoteChanged"]["type"] == "QUOTE_ITEM_ACCEPTED":
            lines.append("accepted")
    return " ".join(lines)


async def wrong(api: Quotegraph) -> None:
    await api.run(QUOTE_LIST({"first": "2"}))
    await api.run(QUOTE_LIST({}))
    await api.run(ACCEPT({"input": {"quoteId": "id"}}))
    print((await api.run(QUOTE_LIST({"first": 2})))["quotes"]["nodes"])
    async for event in api.subscribe(CHANGED({"id": "id"})):
        print(event["quoteChanged"]["cursor"])
"""


def test_mypy_finds_mistakes_in_variables_and_data_and_nothing_else(tmp_path):
    (tmp_path / "operations.py").write_text(generate(SCHEMA, [OPERATIONS]))
    (tmp_path / "everything.py").write_text(generate(SCHEMA, examples()))
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--no-error-summary",
            "program.py",
            "everything.py",
        ],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT / "clients" / "python"), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    mistakes = program.read_text().splitlines()
    first = mistakes.index("async def wrong(api: Quotegraph) -> None:") + 2
    found = {int(it[1]) for it in re.finditer(r"^program\.py:(\d+): error", checked.stdout, re.MULTILINE)}
    assert found == {first, first + 1, first + 2, first + 3, first + 5}, checked.stdout
    assert "everything.py" not in checked.stdout


def examples() -> list[str]:
    """The example of every query, mutation and subscription, each operation once."""
    texts: dict[str, str] = {}
    for folder in ("queries", "mutations", "subscriptions"):
        for path in sorted((ROOT / "examples" / folder).glob("*.graphql")):
            text = path.read_text()
            [name, *_] = re.findall(r"^(?:query|mutation|subscription) (\w+)", text, re.MULTILINE)
            texts.setdefault(name, text)
    assert len(texts) > 80
    return list(texts.values())


def test_the_module_of_every_example_can_be_imported(tmp_path):
    everything = module(tmp_path / "everything.py", generate(SCHEMA, examples()))
    assert everything.ACCEPT_ITEM.text.startswith("mutation AcceptItem")


@pytest.mark.parametrize(
    ("document", "part"),
    [("{ viewer { environment } }", "Name every operation"), ("query A { nothing }", "Cannot query field 'nothing'")],
)
def test_a_document_that_cannot_be_typed_is_refused(document, part):
    with pytest.raises(ValueError, match=part):
        generate(SCHEMA, [document])


def test_the_command_writes_a_module_of_the_documents_in_a_folder(tmp_path, monkeypatch):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "all.graphql").write_text(OPERATIONS)
    output = tmp_path / "operations.py"
    words = ["generate", str(ROOT / "schema.graphql"), str(tmp_path / "documents"), "--output", str(output)]
    monkeypatch.setattr(sys, "argv", words)
    main()
    assert output.read_text() == generate(SCHEMA, [OPERATIONS])


# ---- what runs


async def test_operations_are_run(api, operations):
    quote = await a_quote(api, prices="1450.00")
    async with Quotegraph(api.url, api.customer) as client:
        data = await client.run(operations.QUOTE_LIST({"first": 1}))
        assert data["quotes"]["nodes"] == [
            {"id": quote.id, "orderId": quote.order_id, "items": [{"id": quote.item, "price": {"amount": "1450.00"}}]}
        ]
        accepted = await client.run(operations.ACCEPT({"input": {"itemId": quote.item}}))
        assert accepted == {"acceptItem": {"quote": {"status": "APPROVED"}, "userErrors": []}}


async def test_an_operation_that_is_refused_raises_its_errors(api, operations):
    key = await api.key("assets:read")
    async with Quotegraph(api.url, key) as client:
        with pytest.raises(OperationFailed, match="quotes:read") as failed:
            await client.run(operations.QUOTE_LIST({"first": 1}))
        assert failed.value.codes == ["FORBIDDEN"]
        with pytest.raises(OperationFailed, match="quotes:read"):
            await anext(client.subscribe(operations.CHANGED({"id": "id"})))
    async with Quotegraph(api.url, "qk_live_unknown") as client:
        with pytest.raises(OperationFailed, match="unknown"):
            await anext(client.subscribe(operations.CHANGED({"id": "id"})))


async def test_a_subscription_ends_when_its_key_is_revoked(api, operations):
    quote = await a_quote(api)
    key = await api.key(*CUSTOMER_SCOPES, environment=Environment.LIVE)
    async with Quotegraph(api.url, key) as client:
        events = client.subscribe(operations.CHANGED({"id": quote.id}))
        assert (await anext(events))["quoteChanged"]["type"] == "CURRENT_STATE"
        await api.revoke(key)
        with pytest.raises(OperationFailed, match="revoked"):
            await anext(events)
