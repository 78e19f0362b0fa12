"""Every field of the input of a quote that a connected system is asked to create: it arrives there, or it stays on the
quote here, or it is refused where it stands. Nothing is lost on the way."""

import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from domain.connections.connections import Connection
from domain.connections.systems import System
from domain.ports.connections import Connecting
from domain.shared.ids import global_id
from domain.shared.jobs import JobResult
from tests.adapters.connections.asked_there import emulated
from tests.api.connections.test_killed_workers import connect, read, run_at
from tests.api.support.makers import ARTICLE, DISCOUNT, PRICE_OPTION, SHIPPING, a_price
from tests.api.support.running import Running, company_id, running
from tests.api.support.world import MACBOOK, SMALL_MACBOOK
from tests.exported import SCHEMA
from tests.fakes.connected_systems import FakeSystems

# What says where and how the quote is created.
NOT_OF_THE_QUOTE = {"companyId", "connectionId", "templateId", "wait", "dryRun"}
# Inputs that are one value.
VALUES = {"MoneyInput", "DiscountInput", "ShippingInput", "PriceOptionInput", "CustomFieldValueInput"} | {
    "MetadataEntryInput",
    "ItemPropertyInput",
    "AttachmentInput",
}
ENTRY = [{"key": "erp", "value": "{}"}]
CUSTOM, CHOSEN, PERSON = "items.0.device.custom", "items.1.device.catalogue", "items.0.recipients.0"
# A value of each field, and the text by which it is recognized.
SAMPLES: dict[str, tuple[Any, str]] = {
    "requesterEmail": ("ida@asking.example", "ida@asking.example"),
    "requesterName": ("Ida Torres", "torres"),
    "poNumber": ("PO-4711", "po-4711"),
    "notificationEmails": (["boss@asking.example"], "boss@asking.example"),
    "customerId": ("", "never"),
    "title": ("Starters in May", "starters in may"),
    "remarks": ("Before noon", "before noon"),
    "customFields": ([], "team a"),
    "projectReference": ("Project X", "project x"),
    "assigneeEmail": ("luis@asking.example", "luis@asking.example"),
    "assigneeName": ("Luis Vega", "luis vega"),
    "tags": (["starters"], '"starters'),
    "notes": ("Ask twice", "ask twice"),
    "publicNotes": ("Ships in May", "ships in may"),
    "body": ("Dear all", "dear all"),
    "isAcceptingDocuments": (True, "never"),
    "expiresAt": ("2099-01-01T00:00:00Z", "2099-01-01"),
    "clientName": ("Globex", "globex"),
    "abmId": ("ABM-7", "abm-7"),
    "isAutoQuoted": (True, "never"),
    "currencyCode": ("", '"currencycode": "'),
    "isTaxIncluded": (True, "never"),
    "shipping": (SHIPPING, "express"),
    "discount": (DISCOUNT, "volume"),
    "priceOptions": ([PRICE_OPTION], "lease"),
    "attachments": ([{"name": "Terms", "url": "https://shop.example/terms.pdf"}], "terms.pdf"),
    "externalId": ("Q-99", "q-99"),
    "metadata": ([{"key": "erp", "value": "of the quote"}], "of the quote"),
    f"{CUSTOM}.productType": ("MONITOR", '"monitor"'),
    f"{CUSTOM}.specification.brand": ("Dell", "dell"),
    f"{CUSTOM}.specification.model": ("U2724D", "u2724d"),
    f"{CUSTOM}.specification.os": ("Firmware 9", "firmware 9"),
    f"{CUSTOM}.specification.cpu": ("Scaler 3", "scaler 3"),
    f"{CUSTOM}.specification.ram": ("2 GB", "2 gb"),
    f"{CUSTOM}.specification.storage": ("4 TB", "4 tb"),
    f"{CUSTOM}.specification.screenSize": ("27 inch", "27 inch"),
    f"{CUSTOM}.specification.keyboardLayout": ("QWERTZ", "qwertz"),
    f"{CHOSEN}.productId": (MACBOOK, MACBOOK),
    f"{CHOSEN}.configurationId": (SMALL_MACBOOK, SMALL_MACBOOK),
    f"{CHOSEN}.specification": ({"ram": "96 GB"}, "96 gb"),
    f"{PERSON}.name": ("Bruno Silva", "bruno silva"),
    f"{PERSON}.country": ("UY", '"uy"'),
    f"{PERSON}.email": ("bruno@people.example", "bruno@people.example"),
    f"{PERSON}.phoneNumber": ("+598 2 123", "+598 2 123"),
    f"{PERSON}.address": ("10 Main Street", "10 main street"),
    f"{PERSON}.isForStorage": (True, '"storage": true'),
    f"{PERSON}.hireDate": ("2027-02-03", "2027-02-03"),
    f"{PERSON}.destination": ("OFFICE", "never"),
    f"{PERSON}.city": ("Montevideo", "montevideo"),
    f"{PERSON}.postalCode": ("11000", "11000"),
    f"{PERSON}.addressExtra": ("Floor 2", "floor 2"),
    f"{PERSON}.governmentId": ("1.234", "1.234"),
    f"{PERSON}.externalId": ("R-99", "r-99"),
    f"{PERSON}.metadata": ([{"key": "erp", "value": "of the person"}], "of the person"),
    "items.0.quantity": (7, '"quantity": 7'),
    "items.0.comments": ("Soon, please", "soon, please"),
    "items.0.internalNotes": ("Margin 12 %", "margin 12 %"),
    "items.0.externalId": ("L-99", "l-99"),
    "items.0.metadata": ([{"key": "erp", "value": "of the line"}], "of the line"),
    "items.0.price": (a_price("1234.56"), "1234.56"),
    "items.0.discount": (DISCOUNT, "volume"),
    "items.0.isTaxable": (False, "never"),
    "items.0.taxRate": ("21", "never"),
    **{f"items.0.article.{name}": (value, str(value).lower()) for name, value in ARTICLE.items()},
    "items.0.article.url": ("https://pages.example/monitor", "https://pages.example/monitor"),
    "items.0.article.weightUnit": ("KG", '"kg"'),
    "items.0.article.isShippingRequired": (False, '"requires_shipping": false'),
    "items.0.article.properties": ([{"key": "Engraving", "value": "A. R."}], "engraving"),
}
# A kit is entered instead of its devices, which are lines like any others.
KITS = {"items.device.kitId"}
SELECTION = """
    title poNumber remarks notes publicNotes tags projectReference clientName abmId externalId currencyCode
    requester { email name } assignee { email name } notificationEmails metadata { key value }
    customFields { display }
    items {
        quantity comments internalNotes externalId metadata { key value } price { amount } productType
        specification { brand model os cpu ram storage screenSize keyboardLayout }
        product { id } configuration { id } article { sku }
        recipients { name externalId metadata { key value } }
    }
"""
# What somebody changes there afterwards.
CHANGED = {
    System.QUIPTEAMS: {"prices": {"*": 100}},
    System.SALESBYTE: {"quote_value": 99.5},
    System.QUICK_QUOTE: {"remarks": "Changed there"},
}


@dataclass
class There:
    """The application, and a system that is asked to create quotes, from a template or not."""

    api: Running
    emulated: Any
    client: Any
    system: System
    connection: Connection
    template: bool
    values: dict[str, Any]

    def draft(self, *paths: str) -> dict[str, Any]:
        """The least that the system takes, with these fields."""
        named = {"companyId": company_id("AUSTRAL"), "connectionId": global_id("Connection", self.connection.id)}
        made: dict[str, Any] = {"requesterEmail": "it@austral.example", **named}
        if self.template:
            made["templateId"] = "7"
        else:
            devices = {"custom": {"productType": "LAPTOP", "specification": {"model": "XPS"}}}
            made["items"] = [
                self.item(device=devices, sku="XPS-1"),
                self.item(device={"catalogue": {"productId": MACBOOK}}, sku="MBP-2"),
            ]
        for path in paths:
            put(made, path.split("."), self.values[path])
        return made

    def item(self, device: Any, sku: str) -> dict[str, Any]:
        needed: dict[System, dict[str, Any]] = {
            System.QUIPTEAMS: {"recipients": [{"name": "Ana", "country": "AR"}]},
            System.SALESBYTE: {"article": {"sku": sku}},
            System.QUICK_QUOTE: {"price": a_price("10.00")},
        }
        return {"device": device, **deepcopy(needed[self.system])}

    async def refusals(self, path: str) -> list[list[str]]:
        """Where a quote with this field is refused, because the system does not take it."""
        draft = self.draft(path)
        payload = await self.api.act("createQuote", {**draft, "dryRun": True}, key=self.api.operator)
        known = {"NOT_SUPPORTED_BY_ORIGIN", *(["NOT_ALLOWED"] if path == "isAutoQuoted" else [])}
        assert {it["code"] for it in payload["userErrors"]} <= known, (path, payload["userErrors"])
        return [it["path"] for it in payload["userErrors"]]

    async def create(self, draft: Any) -> str:
        payload = await self.api.act("createQuote", draft, "quote { id }", key=self.api.operator)
        assert payload["userErrors"] == []
        assert await run_at(self.api.parts.deps, timedelta(0)) == JobResult.DONE
        return str(payload["quote"]["id"])

    async def shown(self, quote_id: str) -> str:
        query = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {SELECTION} }} }}"
        return json.dumps(await self.api.data(query, {"id": quote_id}, key=self.api.operator)).lower()

    async def sent(self) -> str:
        received = [it["body"] for it in await self.emulated.received() if it["method"] == "POST"]
        return json.dumps(received).lower()

    async def change(self) -> None:
        [record] = (await self.client.page("QUOTES", None, None)).records
        await self.emulated.control(f"quotes/{record.external_id}", CHANGED[self.system])
        await read(self.api, self.connection, self.client)


def put(holder: Any, path: list[str], value: Any) -> None:
    """Set a field of an input; what it is in is made first."""
    for place, step in enumerate(path[:-1]):
        if isinstance(holder, list):
            holder = holder[int(step)]
            continue
        if step == "recipients":
            holder.setdefault(step, [{"name": "Ana", "country": "AR"}])
        holder = holder.setdefault(step, [] if path[place + 1].isdecimal() else {})
    holder[path[-1]] = value


SITUATIONS = [
    (System.QUIPTEAMS, False),
    (System.SALESBYTE, False),
    (System.SALESBYTE, True),
    (System.QUICK_QUOTE, False),
]


@asynccontextmanager
async def a_situation(system: System, template: bool, url: str, directory: Path):
    async with running(url) as api, emulated(system, directory) as (there, client):
        object.__setattr__(api.parts.deps, "connecting", Connecting(FakeSystems(client)))
        connection = await connect(api, system, "https://there.example")
        values = {path: value for path, (value, _) in SAMPLES.items()}
        named = await api.act("createCustomField", {"name": "Team", "type": "TEXT"}, "customField { id }")
        text = {"customFieldId": named["customField"]["id"], "value": {"text": "Team A"}}
        customer = await api.act("createCustomer", {"name": "Carla"}, "customer { id }")
        values |= {"customFields": [text], "customerId": customer["customer"]["id"]}
        values["currencyCode"] = connection.currency
        yield There(api, there, client, system, connection, template, values)


def leaves(type_: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of all fields of an input that are values."""
    for name, field in type_.fields.items():
        inner, here = get_named_type(field.type), (*path, name)
        is_part = isinstance(inner, GraphQLInputObjectType) and inner.name not in VALUES
        if is_part and (inner.name != "SpecificationInput" or "custom" in here):
            yield from leaves(inner, here)
        else:
            yield ".".join(here)


def test_each_field_of_the_input_has_a_sample():
    fields = set(leaves(SCHEMA.type_map["CreateQuoteInput"]))
    assert fields - NOT_OF_THE_QUOTE - KITS == {path.replace(".0", "").replace(".1", "") for path in SAMPLES}


@pytest.mark.parametrize(("system", "template"), SITUATIONS)
async def test_each_field_arrives_or_stays_or_is_refused_where_it_stands(system, template, new_database, tmp_path):
    async with a_situation(system, template, await new_database("sqlite"), tmp_path) as there:
        paths = [it for it in SAMPLES if not (template and it.startswith("items"))]
        refused = {path: places for path in paths if (places := await there.refusals(path))}
        for path, places in refused.items():
            assert all(path.split(".")[: len(place)] == place for place in places), (path, places)

        accepted = [it for it in paths if it not in refused]
        quote_id = await there.create(there.draft(*accepted))
        sent, kept = await there.sent(), await there.shown(quote_id)
        await there.change()
        later = await there.shown(quote_id)
        assert later != kept or system == System.SALESBYTE
        lost = [it for it in accepted if SAMPLES[it][1] not in sent and SAMPLES[it][1] not in kept]
        forgotten = [it for it in accepted if SAMPLES[it][1] not in sent and SAMPLES[it][1] not in later]
        assert (lost, forgotten) == ([], [])
        assert len(accepted) > 5
