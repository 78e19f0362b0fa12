"""Demo data: two companies with their people, a catalogue, and quotes in every state.

The data is written with the normal use cases, except that no jobs are enqueued.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.catalogue.products import write_product
from adapters.database.companies.company import add_company
from adapters.database.companies.tables import companies
from adapters.database.core.columns import MOMENT
from adapters.database.core.engine import Database
from adapters.database.jobs.queue import SqlJobQueue
from adapters.database.people.employees import employee_values
from adapters.database.people.tables import employees
from adapters.database.quotes.tables import quote_items
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.pdf.renderer import TypstRenderer
from app.demo.seed.clock import Clock
from app.demo.seed.fulfilment import fulfil, place_past_orders
from app.demo.seed.inventory import stock
from app.demo.seed.states import States
from app.external import NoExternalServices
from domain.catalogue.device_selection import CatalogueDevice, CustomDevice
from domain.catalogue.kit_drafts import KitDeviceDraft, KitDraft
from domain.catalogue.products import Configuration, Product, ProductType, Specification
from domain.companies.custom_fields import FieldDraft, FieldType, ValueDraft
from domain.companies.customers import CustomerDraft
from domain.inventory.device_action_drafts import DeviceUserDraft
from domain.people.employees import Employee, EmployeeStatus, person_key
from domain.ports.dependencies import Dependencies
from domain.quotes.alternatives import AlternativeDraft
from domain.quotes.details import Details
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.statuses import Verdict
from domain.shared.access import Caller, Environment, Scope
from domain.shared.addresses import AddressDraft
from domain.shared.ids import new_id
from domain.shared.jobs import DEFAULT_RETRY_POLICY
from domain.shared.metadata import MetadataEntry
from domain.shared.money import MoneyDraft
from domain.use_cases.catalogue.kits import CreateKit, create_kit
from domain.use_cases.companies.custom_fields import CreateCustomField, create_custom_field
from domain.use_cases.companies.customers import CreateCustomer, create_customer
from domain.use_cases.quotes.alternatives import ProposeAlternative, propose_alternative
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.pricing import PriceOffer, price
from domain.use_cases.quotes.steps import OfferRef

COMPANIES = (("AUSTRAL", "Austral Robotics"), ("NORDLICHT", "Nordlicht Analytics"))

CATALOGUE: tuple[tuple[ProductType, str, str, tuple[tuple[str, ...], ...]], ...] = (
    (
        ProductType.LAPTOP,
        "Apple",
        "MacBook Pro 14",
        (("macOS", "Apple M5", "16 GB", "512 GB", '14"'), ("macOS", "Apple M5 Pro", "24 GB", "1 TB", '14"')),
    ),
    (ProductType.LAPTOP, "Apple", "MacBook Air 13", (("macOS", "Apple M4", "16 GB", "256 GB", '13"'),)),
    (
        ProductType.LAPTOP,
        "Dell",
        "Latitude 7450",
        (
            ("Windows 11 Pro", "Intel Core Ultra 5", "16 GB", "512 GB", '14"'),
            ("Windows 11 Pro", "Intel Core Ultra 7", "32 GB", "1 TB", '14"'),
        ),
    ),
    (
        ProductType.LAPTOP,
        "Lenovo",
        "ThinkPad X1 Carbon",
        (("Windows 11 Pro", "Intel Core Ultra 7", "32 GB", "1 TB", '14"'),),
    ),
    (ProductType.LAPTOP, "HP", "EliteBook 840", (("Windows 11 Pro", "AMD Ryzen 7 Pro", "16 GB", "512 GB", '14"'),)),
    (ProductType.MONITOR, "LG", "UltraFine 27", (("", "", "", "", '27"'),)),
    (ProductType.MONITOR, "Dell", "UltraSharp 32", (("", "", "", "", '32"'),)),
    (ProductType.KEYBOARD, "Logitech", "MX Keys S", ()),
    (ProductType.MOUSE, "Logitech", "MX Master 3S", ()),
    (ProductType.HEADPHONES, "Jabra", "Evolve2 65", ()),
    (ProductType.WEBCAM, "Logitech", "Brio 500", ()),
)

# Name, region, tags, and the number of each model.
KITS = (
    ("Engineer", "LATAM", ("new starter", "engineering"), (("MacBook Pro 14", 1), ("UltraFine 27", 2))),
    ("Sales, on the road", "EMEA", ("new starter", "remote"), (("MacBook Air 13", 1), ("Evolve2 65", 1))),
    ("Meeting room", None, ("office",), (("UltraSharp 32", 1), ("Brio 500", 1), ("MX Keys S", 1), ("MX Master 3S", 1))),
)

# First and last name, company and country of customers.
CUSTOMERS = (
    ("Valentina", "Ortiz", "Ortiz Logistics", "CL"),
    ("Mateusz", "Zieliński", None, "PL"),
    (None, None, "Harbour Schools", "NZ"),
)

TEAMS = ("Platform", "Field", "Research")
EXTRAS = ("Engraving", "Asset tag", "Gift wrap")

PEOPLE = (
    ("Ana Rodríguez", "UY", "Engineering"), ("Bruno Silva", "BR", "Engineering"), ("Camila Torres", "CO", "Design"),
    ("Daniel Kim", "KR", "Engineering"), ("Elif Yılmaz", "TR", "Sales"), ("Fatima Zahra", "MA", "Support"),
    ("Giulia Rossi", "IT", "Marketing"), ("Hiroshi Tanaka", "JP", "Engineering"), ("Ingrid Larsen", "NO", "Finance"),
    ("João Pereira", "PT", "Engineering"), ("Katarzyna Nowak", "PL", "Support"), ("Liam O'Brien", "IE", "Sales"),
    ("María García", "ES", "People"), ("Nadia Haddad", "AE", "Engineering"), ("Oliver Schmidt", "DE", "Engineering"),
    ("Priya Sharma", "IN", "Engineering"), ("Quentin Dubois", "FR", "Legal"), ("Rosa Méndez", "MX", "Operations"),
    ("Sofía Fernández", "AR", "Engineering"), ("Thomas Müller", "CH", "Finance"),
)  # fmt: skip


class NotEmpty(Exception):
    """The database contains data already."""


async def seed(database: Database, at: datetime | None = None) -> None:
    """Writes the demo data to an empty migrated database. Raises: NotEmpty."""
    clock = Clock((at or datetime.now(UTC)) - timedelta(days=30))
    async with database.write.begin() as connection:
        if (await connection.execute(select(func.count()).select_from(companies))).scalar_one():
            raise NotEmpty("This database contains data. Demo data can only be written to an empty one.")
        await connection.execution_options(**{MOMENT: clock.now})
        products = await _catalogue(connection)
        tenants = {}
        for code, name in COMPANIES:
            company_id = new_id()
            for environment, tenant_id in (await add_company(connection, company_id, code, name, clock.now)).items():
                tenants[(code, environment)] = (company_id, tenant_id)
                await _people(connection, code, tenant_id)
    for number, ((code, environment), (company_id, tenant_id)) in enumerate(tenants.items()):
        writer = _Writer(database, clock, code, environment, company_id, tenant_id, products, random.Random(number))  # noqa: S311 - demo data, the same at every start
        await writer.write(quotes=24 if environment == Environment.LIVE else 6)


async def _catalogue(connection: AsyncConnection) -> list[tuple[Product, list[Configuration]]]:
    found: list[tuple[Product, list[Configuration]]] = []
    for type_, brand, model, ways in CATALOGUE:
        product = Product(new_id(), type_, brand, model, True)
        configurations = [
            Configuration._make(
                (new_id(), product.id, position, True, *(part or None for part in way), *_screen(type_), *(None,) * 3)
            )
            for position, way in enumerate(ways)
        ]
        await write_product(connection, product, configurations)
        found.append((product, configurations))
    return found


def _screen(type_: ProductType) -> tuple[str | None, str | None]:
    """Returns resolution and connection type."""
    return ("3840 x 2160", "USB-C") if type_ == ProductType.MONITOR else (None, None)


def address(name: str, code: str) -> str:
    """Returns the e-mail address of a person of a demo company."""
    plain = name.lower().translate(str.maketrans("áéíóúãõüñı'ç", "aeiouaouni-c")).replace(" ", ".").replace("-", "")
    return f"{plain}@{code.lower()}.example"


async def _people(connection: AsyncConnection, code: str, tenant_id: int) -> None:
    rows = []
    for number, (name, country, department) in enumerate(PEOPLE):
        left = number % 9 == 8
        email = address(name, code)
        employee = Employee(
            id=new_id(),
            tenant_id=tenant_id,
            name=name,
            email=email,
            email_key=person_key(tenant_id, email),
            status=EmployeeStatus.INACTIVE if left else EmployeeStatus.ACTIVE,
            country=country,
            department=department,
            job_title=None,
            hire_date=date(2020 + number % 6, 1 + number % 12, 1),
            termination_date=date(2026, 10, 31) if left else None,
            hris_id=f"{code}-{number:04}",
            hris_provider="bamboohr",
            metadata=(MetadataEntry("Team", f"{department} {1 + number % 3}"),),
        )
        rows.append(employee_values(employee))
    await connection.execute(insert(employees), rows)


class _Writer:
    """Writes the demo data of one tenant."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        code: str,
        environment: Environment,
        company_id: str,
        tenant_id: int,
        products: Sequence[tuple[Product, list[Configuration]]],
        chance: random.Random,
    ) -> None:
        ledger = SqlUnitOfWorkFactory(database, lambda _event: [], clock)
        queue = SqlJobQueue(database, DEFAULT_RETRY_POLICY.lease)
        self._deps = Dependencies(
            ledger.begin, queue, NoExternalServices(), clock, new_id, pdf_renderer=TypstRenderer()
        )
        self._caller = Caller("seed", "Demo data", environment, company_id, tenant_id, frozenset(Scope))
        self._database = database
        self._clock = clock
        self._code = code
        self._products = products
        self._chance = chance
        self._customers: list[str] = []
        self._fields: list[str] = []

    async def write(self, quotes: int) -> None:
        start = self._clock.now
        await self._kits()
        await self._customers_of_company()
        await self._custom_fields()
        if self._caller.environment == Environment.LIVE:
            await States(self._deps, self._caller, self._clock, self._priced).write()
        for number in range(quotes):
            self._clock.now = start + timedelta(days=5 + 23 * number / quotes, hours=2)
            await self._quote(number)
        await place_past_orders(self._deps, self._caller, self._database)
        self._clock.now = start
        people = [DeviceUserDraft(name, address(name, self._code), country) for name, country, _ in PEOPLE]
        await stock(self._deps, self._caller, self._database, self._clock, people)
        self._clock.now = start

    def _details(self, number: int) -> Details:
        """Returns a customer, custom field values and tags; nothing for every fourth quote."""
        if number % 4 == len(CUSTOMERS):
            return {}
        team, due, extras = self._fields
        values = (
            ValueDraft(team, "option", TEAMS[number % len(TEAMS)]),
            ValueDraft(due, "date", f"2027-{1 + number % 12:02}-15"),
            ValueDraft(extras, "options", EXTRAS[: number % len(EXTRAS)]),
        )
        return {"customer_id": self._customers[number % 4], "custom_fields": values, "tags": [TEAMS[number % 2]]}

    async def _custom_fields(self) -> None:
        for name, kind, options in (
            ("Team", FieldType.DROP_DOWN, TEAMS),
            ("Needed by", FieldType.DATE, ()),
            ("Extras", FieldType.CHECKLIST, EXTRAS),
        ):
            draft = FieldDraft({"name": name, "options": options})
            created = await create_custom_field(self._deps, self._caller, CreateCustomField(kind, draft))
            self._fields.extend(created.ids_of("CustomField"))

    async def _customers_of_company(self) -> None:
        for number, (first, last, company, country) in enumerate(CUSTOMERS):
            address = AddressDraft(f"{20 + number} Harbour Road", city="Port", country=country)
            details = {"first_name": first, "last_name": last, "company_name": company, "address": address}
            draft = CustomerDraft({**details, "external_id": f"SHOP-{100 + number}"})
            created = await create_customer(self._deps, self._caller, CreateCustomer(draft))
            self._customers.extend(created.ids_of("Customer"))

    async def _kits(self) -> None:
        for name, region, tags, wanted in KITS:
            devices = tuple(KitDeviceDraft(self._device(model), quantity) for model, quantity in wanted)
            self._clock.now += timedelta(minutes=1)
            await create_kit(self._deps, self._caller, CreateKit(KitDraft(name, devices, region, tags)))

    def _device(self, model: str) -> CatalogueDevice:
        product, configurations = next(it for it in self._products if it[0].model == model)
        return CatalogueDevice(product.id, configurations[-1].id if configurations else None)

    async def _quote(self, number: int) -> None:
        lines = 1 + number % 3
        items = tuple(self._item(number + line, laptop=line == 0) for line in range(lines))
        requester = PEOPLE[number % len(PEOPLE)][0]
        draft = QuoteDraft(
            address(requester, self._code),
            items,
            requester,
            f"PO-{1000 + number}",
            details=self._details(number),
        )
        created = await create_quote(self._deps, self._caller, CreateQuote(draft))
        [quote_id] = created.ids_of("Quote")
        item_ids = await self._items_of(quote_id)
        # Some quotes stay unpriced and some undecided, so that the demo has something to do.
        stage = number % 6
        if stage == 0:
            return
        for item_id in item_ids:
            # The emulated vendor's prices of laptops are lower, so that orders are confirmed automatically.
            await self._price(item_id, minimum=1500 if item_id == item_ids[0] else 80)
        if stage in (2, 4):
            await self._alternative(item_ids[0])
        if stage < 3:
            return
        for item_id in item_ids:
            verdict = Verdict.REJECT if stage == 5 else Verdict.ACCEPT
            self._clock.now += timedelta(hours=5)
            await decide(self._deps, self._caller, Decide(self._item_ref(item_id), verdict))
        if stage != 5:
            await fulfil(self._deps, self._caller, self._database, self._clock, quote_id, number // 6)

    def _item(self, number: int, laptop: bool) -> ItemDraft:
        choices = [it for it in self._products if (it[0].product_type == ProductType.LAPTOP) == laptop]
        product, configurations = choices[number % len(choices)]
        people = self._chance.sample(PEOPLE, 1 + number % 2)
        recipients = tuple(
            RecipientDraft(name, country, address(name, self._code), address=f"{10 + number} Main Street")
            for name, country, _ in people
        )
        if number % 11 == 10:
            custom = CustomDevice(ProductType.ACCESSORY, Specification(brand="Kensington", model="Laptop lock"))
            return ItemDraft(custom, recipients)
        configuration = configurations[number % len(configurations)].id if configurations else None
        device = CatalogueDevice(
            product.id, configuration, Specification(keyboard_layout="ES") if laptop else Specification()
        )
        return ItemDraft(device, recipients, comments="For a new employee" if number % 4 == 0 else None)

    async def _price(self, item_id: str, minimum: int) -> None:
        amount = f"{self._chance.randrange(minimum, 2400)}.{self._chance.choice(['00', '50', '90'])}"
        await price(self._deps, self._caller, PriceOffer(self._item_ref(item_id), MoneyDraft(amount, "USD")))

    async def _alternative(self, item_id: str) -> None:
        draft = AlternativeDraft(
            Specification(brand="Lenovo", model="ThinkPad T14", cpu="AMD Ryzen 5 Pro", ram="16 GB", storage="512 GB"),
            "In stock, ships this week.",
        )
        await propose_alternative(
            self._deps, self._caller, ProposeAlternative(self._item_ref(item_id), draft, MoneyDraft("1190.00", "USD"))
        )

    async def _items_of(self, quote_id: str) -> list[str]:
        of = quote_items.c
        async with self._database.read.connect() as connection:
            found = await connection.execute(select(of.id).where(of.quote_id == quote_id).order_by(of.position))
            return list(found.scalars())

    async def _priced(self) -> str:
        """Creates a priced quote for one person and returns its row id."""
        number = self._chance.randrange(10)
        item = replace(self._item(number, laptop=True), quantity=1)
        draft = QuoteDraft(
            address(PEOPLE[number][0], self._code),
            (replace(item, recipients=item.recipients[:1]),),
            PEOPLE[number][0],
            details=self._details(number),
        )
        created = await create_quote(self._deps, self._caller, CreateQuote(draft))
        [quote_id] = created.ids_of("Quote")
        for item_id in await self._items_of(quote_id):
            await self._price(item_id, 900)
        return quote_id

    @staticmethod
    def _item_ref(item_id: str) -> OfferRef:
        return OfferRef(item_id, ("itemId",))
