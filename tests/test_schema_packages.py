"""The packages of the schema have the same files, and are named as the packages of the domain."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
# A package has those it needs.
USUAL = {"enums", "types", "inputs", "lists", "payloads", "queries", "mutations", "subscriptions"}


def names(folder: Path) -> set[str]:
    return {it.stem for it in folder.glob("*.py")} - {"__init__"}


def packages() -> list[Path]:
    return sorted(it.parent for it in (ROOT / "schema").glob("*/__init__.py") if it.parent.name != "shared")


def test_a_package_of_the_schema_is_a_concept_of_the_domain():
    concepts = {it.parent.name for it in (ROOT / "domain").glob("**/__init__.py")}
    assert len(packages()) > 5
    assert [it.name for it in packages() if it.name not in concepts] == []


def test_a_file_of_the_schema_has_a_usual_name_or_that_of_a_file_of_the_domain():
    unusual = {
        f"schema/{package.name}/{name}.py"
        for package in packages()
        for name in names(package) - USUAL
        if name not in names(ROOT / "domain" / package.name) | names(ROOT / "domain/use_cases" / package.name)
    }
    assert unusual == set()
