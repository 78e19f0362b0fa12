"""The database of these tests: two companies with one person and one namesake each, and a small catalogue.

It is filled once for each dialect, and copied for each test.
"""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from sqlalchemy import insert

from adapters.database.catalogue.products import write_product
from adapters.database.companies.company import add_company
from adapters.database.core.engine import Database, open_database
from adapters.database.metadata import metadata
from adapters.database.migrator import migrate
from adapters.database.people.employees import employee_values
from adapters.database.people.tables import employees
from domain.catalogue.products import Configuration, Product, ProductType
from domain.people.employees import Employee, EmployeeStatus, person_key
from domain.shared.access import Environment
from domain.shared.metadata import MetadataEntry

LONG_AGO = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def fixed_id(kind: int, number: int) -> str:
    return f"01900000-0000-7000-8{kind:03x}-{number:012x}"


# The id of no object.
NOBODY = fixed_id(0xFFF, 1)
COMPANY_IDS = {"AUSTRAL": fixed_id(1, 1), "NORDLICHT": fixed_id(1, 2)}
MACBOOK = fixed_id(2, 1)
LATITUDE = fixed_id(2, 2)
MONITOR = fixed_id(2, 3)
RETIRED = fixed_id(2, 4)
PRODUCTS = (
    Product(MACBOOK, ProductType.LAPTOP, "Apple", "MacBook Pro 14", True),
    Product(LATITUDE, ProductType.LAPTOP, "Dell", "Latitude 7450", True),
    Product(MONITOR, ProductType.MONITOR, "LG", "UltraFine 27", True),
    Product(RETIRED, ProductType.LAPTOP, "Apple", "PowerBook G4", False),
)
SMALL_MACBOOK = fixed_id(3, 1)
BIG_MACBOOK = fixed_id(3, 2)
A_LATITUDE = fixed_id(3, 3)
CONFIGURATIONS = (
    Configuration(SMALL_MACBOOK, MACBOOK, 0, True, "macOS", "Apple M5", "16 GB", "512 GB", '14"', None, None),
    Configuration(BIG_MACBOOK, MACBOOK, 1, True, "macOS", "Apple M5 Pro", "24 GB", "1 TB", '14"', None, None),
    Configuration(A_LATITUDE, LATITUDE, 0, True, "Windows", "Core Ultra 5", "16 GB", "512 GB", '14"', None, None),
)
PEOPLE = (
    ("Ana Rodríguez", EmployeeStatus.ACTIVE),
    ("Bruno Silva", EmployeeStatus.ACTIVE),
    ("Çağla Yılmaz", EmployeeStatus.INACTIVE),
)


async def make(url: str) -> None:
    """Migrate a database and fill it."""
    database = open_database(url)
    await migrate(database)
    await fill(database)
    await database.close()


async def fill(database: Database) -> None:
    async with database.write.begin() as connection:
        for code, company_id in COMPANY_IDS.items():
            tenants = await add_company(connection, company_id, code, code.title(), LONG_AGO)
            for environment, tenant_id in tenants.items():
                people = [_employee(code, environment, tenant_id, number) for number in range(len(PEOPLE))]
                rows = [employee_values(it) for it in people]
                await connection.execute(insert(employees), rows)
        for product in PRODUCTS:
            await write_product(connection, product, [it for it in CONFIGURATIONS if it.product_id == product.id])


def _employee(code: str, environment: Environment, tenant_id: int, number: int) -> Employee:
    name, status = PEOPLE[number]
    # The first two have the same address everywhere: an address tells people apart within a company only.
    email = f"{name.split()[0].lower()}@people.example" if number < 2 else f"cagla@{code.lower()}.example"
    return Employee(
        id=fixed_id(0x100 + tenant_id, number),
        tenant_id=tenant_id,
        name=name,
        email=email,
        email_key=person_key(tenant_id, email),
        status=status,
        country="UY",
        department=f"{code} {environment}",
        job_title="Engineer",
        hire_date=date(2024, 2, 1),
        termination_date=None,
        hris_id=f"HR-{number}",
        hris_provider="bamboo",
        metadata=(MetadataEntry("Cost centre", "Ñ 7"), MetadataEntry("Remote", "yes")),
    )


# A key's last use is noted beside the request, so it says nothing about what the request did.
UNTOLD = {("api_keys", "last_used_at")}


async def contents(database: Database) -> dict[str, list[str]]:
    """Everything in the database, each row as text, to see that nothing changed."""
    found: dict[str, list[str]] = {it.name: [] for it in metadata.sorted_tables}
    async with database.read.connect() as connection:
        rows: Any = await connection.exec_driver_sql(_everything(database.dialect))
        for table, row in rows:
            found[table].append(row)
    return found


@cache
def _everything(dialect: str) -> str:
    """One statement for all tables, as thousands of tests look whether anything changed."""
    selects = []
    for table in metadata.sorted_tables:
        columns = [f'"{it.name}"' for it in table.c if (table.name, it.name) not in UNTOLD]
        quoted = " || ',' || ".join(f"quote({it})" for it in columns)
        row = quoted if dialect == "sqlite" else f"ROW({', '.join(columns)})::text"
        selects.append(f"SELECT '{table.name}', {row} FROM \"{table.name}\"")
    return " UNION ALL ".join(selects) + " ORDER BY 1, 2"
