"""People in files and what became of them, for tests of what follows HR systems."""

from pathlib import Path
from typing import Any

from adapters.csv.people import CsvDirectory
from adapters.database.core.engine import Database
from domain.people.hris import Directory
from domain.shared.access import Environment, TenantScope
from domain.use_cases.people.hris import Synced, sync_employees
from tests.databases import a_company, dependencies_on, rows_of

HEADER = "hris_id,name,email,status,country,department,job_title,hire_date,termination_date,desk"
ANA = "1,Ana Rodríguez,ana@austral.example,Active,Uruguay,Engineering,Engineer,2024-02-01,,A1"
BRUNO = "2,Bruno Silva,bruno@austral.example,Active,BR,Design,Designer,,,"


def a_file(directory: Path, *rows: str, header: str = HEADER) -> Path:
    path = directory / "people.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


async def tenant_scope_of(database: Database) -> TenantScope:
    found = await rows_of(database, "SELECT id FROM tenants WHERE environment = 'LIVE'")
    return TenantScope(Environment.LIVE, found[0][0] if found else (await a_company(database)).live)


async def sync(database: Database, directory: Directory, dry_run: bool = False) -> Synced:
    return await sync_employees(dependencies_on(database), await tenant_scope_of(database), directory, dry_run)


async def from_file(database: Database, directory: Path, *rows: str, whole: bool = False) -> dict[str, int]:
    synced = await sync(database, CsvDirectory(a_file(directory, *rows), whole))
    return {str(kind): count for kind, count in synced.happened.items()}


async def people(database: Database, columns: str = "name, status") -> list[tuple[Any, ...]]:
    return await rows_of(database, f"SELECT {columns} FROM employees ORDER BY name")


def rejected(synced: Synced) -> list[tuple[str, str]]:
    """Who was left out, and the field or the line that is to blame."""
    return [(it.hris_id, it.reason.partition(":")[0]) for it in synced.rejected]


def warned(synced: Synced) -> list[tuple[str, str]]:
    """Of whom something was left as it was, and what."""
    return [(it.hris_id, it.reason.partition(":")[0]) for it in synced.warnings]
