"""docs/connected-fields.md says of every field that comes from a connected system which fields of the record it is read
from, as the adapters read them."""

import ast
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest
from graphql import GraphQLObjectType

from domain.connections import records
from domain.connections.creation_fields import ARTICLE, ITEM, QUOTE, RECIPIENT, Fate
from domain.connections.systems import System
from domain.quotes.rows import SUMS
from tests.exported import SCHEMA

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "connected-fields.md").read_text(encoding="utf-8")
SYSTEMS = ("quipteams", "kitchen", "salesbyte", "quick_quote")
NOT_SET, DERIVED = "", "derived"
# Those that are asked to create quotes.
CREATING = (System.QUIPTEAMS, System.SALESBYTE, System.QUICK_QUOTE)
# The objects that a record becomes, and where the name of a field is another here.
TYPES = {
    "ForeignQuote": "Quote",
    "ForeignItem": "QuoteItem",
    "ForeignAlternative": "Alternative",
    "ForeignRecipient": "Recipient",
    "ForeignOption": "PriceOption",
    "ForeignAsset": "Asset",
    "ForeignDeviceAction": "DeviceAction",
    "ForeignEmployee": "Employee",
    "ForeignKit": "Kit",
    "ForeignKitDevice": "KitDevice",
}
NAMES = {
    "external_id": "Origin.externalId",
    "url": "Origin.url",
    "status_word": "Origin.externalStatus",
    "metadata": "Origin.metadata",
    "files": "Origin.files",
    "times": "statusTimestamps",
    "number": "orderId",
    "currency": "currencyCode",
    "expires_on": "expiresAt",
    "prices_include_tax": "isTaxIncluded",
    "options": "priceOptions",
    "flaws": "Connection.problems",
    "is_storage": "isForStorage",
    "wipe": "isWipeRequired",
    "wipe_completed": "isWipeCompleted",
}
OF_TYPE = {
    ("ForeignItem", "title"): "Specification.model",
    ("ForeignItem", "sku"): "Article.sku",
    ("ForeignItem", "properties"): "Article.properties",
    ("ForeignAsset", "currency"): "price",
    ("ForeignAsset", "completion_date"): "movedAt",
    ("ForeignDeviceAction", "number"): "actionId",
    ("ForeignKitDevice", "product_id"): "product",
    ("ForeignDeviceAction", "serial_number"): "device",
    ("ForeignDeviceAction", "model"): "device",
    ("ForeignDeviceAction", "device_type"): "device",
    ("ForeignDeviceAction", "country"): "device",
}
# What adapters read and nothing here keeps.
NOT_KEPT = set[tuple[str, str]]()
# What was sent along with what was created for us, and what only says how another attribute is meant.
NO_FIELDS = {"reference", "is_status_known", "are_items_known"}
# What has tables of its own.
PARTS = {"items", "options", "recipients", "alternatives", "devices"}


class Adapter:
    """The source of an adapter, and which names of a record it reads for each attribute of ours."""

    def __init__(self, package: str) -> None:
        folder = ROOT / "adapters" / "connections" / package
        trees = [ast.parse(it.read_text(encoding="utf-8")) for it in sorted(folder.glob("*.py"))]
        nodes = [node for tree in trees for node in ast.walk(tree)]
        self.functions = {it.name: it for it in nodes if isinstance(it, ast.FunctionDef)}
        self.read: dict[tuple[str, str], set[str]] = {}
        for function in self.functions.values():
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in TYPES:
                    for given in (it for it in call.keywords if it.arg):
                        found = self._names(given.value, _assigned(function), {function.name})
                        self.read.setdefault((call.func.id, str(given.arg)), set()).update(found)

    def _names(self, expression: ast.AST, scope: Mapping[str, ast.AST], seen: set[str]) -> set[str]:
        """The names of a record's fields in an expression, in the variables that it uses, and in what it calls."""
        found = set[str]()
        for node in ast.walk(expression):
            if isinstance(node, ast.Call):
                found |= _texts(node)
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                if called in self.functions and called not in seen:
                    function = self.functions[called]
                    found |= self._names(function, _assigned(function), seen | {called})
            elif isinstance(node, ast.Name) and node.id in scope:
                rest = {name: it for name, it in scope.items() if name != node.id}
                found |= self._names(scope[node.id], rest, seen)
        return found


def _texts(call: ast.Call) -> set[str]:
    """The names in a call such as `fields.text("name")` or `quantity_of(fields, "amount")`."""
    if isinstance(call.func, ast.Attribute) and call.func.attr not in {"join", "split", "startswith", "flaw"}:
        wanted = call.args[:1]
    elif isinstance(call.func, ast.Name):
        wanted = call.args[1:2]
    else:
        wanted = []
    return {it.value for it in wanted if isinstance(it, ast.Constant) and isinstance(it.value, str)}


def _assigned(function: ast.FunctionDef) -> dict[str, ast.AST]:
    """The local variables of a function."""
    found: dict[str, ast.AST] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else []
            pairs = zip(node.targets[0].elts, values, strict=False)
            found |= {it.id: value for it, value in pairs if isinstance(it, ast.Name)}
    return found


ADAPTERS = {system: Adapter(system) for system in SYSTEMS}


def here(record: str, attribute: str) -> str:
    """The field of ours that an attribute of a record becomes."""
    camel = re.sub(r"_(\w)", lambda it: it[1].upper(), attribute)
    name = OF_TYPE.get((record, attribute)) or NAMES.get(attribute) or camel
    return name if "." in name else f"{TYPES[record]}.{name}"


def label(record: str, attribute: str) -> str:
    return f"*not kept:* {attribute}" if (record, attribute) in NOT_KEPT else f"`{here(record, attribute)}`"


def cell(system: str, record: str, attribute: str) -> str:
    read = ADAPTERS[system].read.get((record, attribute))
    if read is None:
        return NOT_SET
    return ", ".join(sorted(read)) if read and attribute not in PARTS else DERIVED


def table(record: str) -> list[str]:
    """The rows of the table of a record, one for each attribute that some system has."""
    rows = []
    for attribute in (it.name for it in fields(getattr(records, record)) if it.name not in NO_FIELDS):
        cells = [cell(system, record, attribute) for system in SYSTEMS]
        if any(cells):
            rows.append(" ".join(f"| {it}" if it else "|" for it in (label(record, attribute), *cells)) + " |")
    return rows


@pytest.mark.parametrize("record", TYPES)
def test_the_table_says_what_the_adapters_read(record):
    section = PAGE.split(f"\n## {TYPES[record]}\n")[1].split("\n## ")[0]
    assert [it for it in section.splitlines() if re.match(r"\| [`*]", it)] == table(record)


@pytest.mark.parametrize("record", TYPES)
def test_what_an_adapter_reads_is_used_unless_the_table_says_that_it_is_not_kept(record):
    sources = [*ROOT.glob("domain/connections/incoming*.py"), *ROOT.glob("domain/use_cases/connections/sav*.py")]
    text = "\n".join(it.read_text(encoding="utf-8") for it in sources)
    read = {attribute for system in SYSTEMS for name, attribute in ADAPTERS[system].read if name == record}
    unused = {it for it in read - set(SUMS) - NO_FIELDS if not re.search(rf"\.{it}\b", text)}
    assert {(record, it) for it in unused} <= NOT_KEPT


def test_every_field_that_a_table_names_is_in_the_schema():
    named = re.findall(r"^\| `(\w+)\.(\w+)`", PAGE, re.MULTILINE)
    types = {name: SCHEMA.type_map[name] for name, _ in named}
    wrong = [
        (name, field)
        for name, field in named
        if not (isinstance(type_ := types[name], GraphQLObjectType) and field in type_.fields)
    ]
    assert wrong == []


def test_the_table_of_new_quotes_says_what_becomes_of_each_field():
    rows = []
    parts = {"": QUOTE, "items.": ITEM, "items.article.": ARTICLE, "items.recipients.": RECIPIENT}
    for path, new_fields in parts.items():
        for it in new_fields.values():
            fates = [it.fate(system) for system in CREATING]
            cells = ["" if fate == Fate.REFUSED else fate.lower() for fate in fates]
            rows.append(" ".join(f"| {cell}" if cell else "|" for cell in (f"{path}{it.name}", *cells)) + " |")
    section = PAGE.split("\n## New quotes\n")[1]
    assert re.findall(r"^\| [a-z]+[.A-Za-z]* \|.*\|$", section, re.MULTILINE)[1:] == rows
