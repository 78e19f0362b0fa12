"""The house's habits that no linter checks. The import contracts themselves are run by `make check`."""

import ast
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType

from schema.build import build_schema, core_schema

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_OURS = {"tests", "benchmarks", "examples", "docs"}
PACKAGES = {it.name for it in ROOT.iterdir() if it.is_dir() and (it / "__init__.py").exists()} - NOT_OURS
MOST_LINES = 400

# What executes our plans runs none of these, so a rule that was put there would not be kept.
HOOKS = {"BasePermission", "FieldExtension", "PermissionExtension", "SchemaExtension", "permission_classes"}


def sources(package: str) -> list[Path]:
    return sorted(it for it in (ROOT / package).rglob("*.py") if "node_modules" not in it.parts)


def words(path: Path) -> set[str]:
    """Every name, attribute, argument and import in a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.alias(name=name):
                found.add(name)
    return found


def test_there_are_packages_to_look_at():
    assert {"schema", "resolvers", "domain", "adapters", "app"} <= PACKAGES


def test_every_root_package_is_under_the_import_contracts():
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES


def test_every_root_package_is_in_the_wheel():
    assert set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == PACKAGES


def test_every_root_package_is_type_checked():
    assert set(PROJECT["tool"]["mypy"]["files"]) >= PACKAGES


def test_no_dependency_brings_a_package_of_the_same_name_as_ours():
    installed = packages_distributions()
    others = {name: set(installed.get(name, ())) - {"quotegraph"} for name in PACKAGES | {"tests"}}
    assert {name: found for name, found in others.items() if found} == {}


def test_no_dependency_in_the_lock_is_named_like_a_package_of_ours():
    lock = (ROOT / "requirements.lock").read_text()
    locked = {it.lower().replace("-", "_") for it in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    assert len(locked) > 10
    assert locked & PACKAGES == set()


def test_the_lock_names_no_index():
    assert re.findall(r"index-url|--find-links|https?://", (ROOT / "requirements.lock").read_text()) == []


@pytest.mark.parametrize("path", sources("schema"), ids=lambda it: it.name)
def test_the_schema_hangs_nothing_on_strawberrys_hooks(path):
    assert words(path) & HOOKS == set()


def test_no_field_of_the_built_schema_has_a_permission_or_an_extension():
    fields = [
        (f"{type_.name}.{name}", field.extensions["strawberry-definition"])
        for type_ in core_schema(build_schema()).type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__")
        for name, field in type_.fields.items()
        if "strawberry-definition" in field.extensions
    ]
    assert len(fields) > 50
    assert [name for name, it in fields if it.permission_classes or it.extensions] == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_every_module_opens_with_what_lives_in_it(package):
    silent = [
        str(it.relative_to(ROOT))
        for it in sources(package)
        if it.stat().st_size and not ast.get_docstring(ast.parse(it.read_text()))
    ]
    assert silent == []


@pytest.mark.parametrize("package", [*sorted(PACKAGES), "tests"])
def test_a_file_can_be_read_in_one_go(package):
    written = [it for it in sources(package) if "versions" not in it.parts]
    long = {str(it.relative_to(ROOT)): len(it.read_text().splitlines()) for it in written}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}
