"""The API sends every event of the catalogue, and its default payload has the fields that the catalogue says."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from adapters.database.history.events import EVENTS
from adapters.database.quotes.tables import quotes
from adapters.database.webhooks.event_data import SqlWebhookData
from domain.members.access import Membership
from domain.members.members import Identity
from domain.people.hris import Reading, SyncedUntil
from domain.people.person_drafts import PersonDraft
from domain.shared.access import Environment, TenantScope
from domain.shared.events import Event
from domain.shared.outbound_errors import Refused, Unavailable
from domain.use_cases.connections.syncing import note_failure
from domain.use_cases.members.joining import note_sign_in
from domain.use_cases.people.hris import sync_employees
from domain.use_cases.quotes.closings import expire_quotes
from domain.webhooks.data_fields import DataField
from domain.webhooks.endpoints import WebhookFormat
from domain.webhooks.event_types import BY_NAME, NAMES, TEST
from domain.webhooks.payloads import body, envelope_of
from tests.api.support.connected import connected
from tests.api.support.connections import a_connection, read
from tests.api.support.customers import visit
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote, two_lines
from tests.api.support.members import a_member
from tests.api.support.running import Running, company_id, uuid_of
from tests.api.support.shop import Shop, on_both
from tests.api.support.world import COMPANY_IDS
from tests.api.test_example_operations import STORIES, Story
from tests.fakes.connected_systems import Call

ANYWHERE = TenantScope(Environment.LIVE, None)


@dataclass
class People:
    """An HR system."""

    people: Sequence[PersonDraft]
    provider: str = "workday"

    async def read(self, since: SyncedUntil | None) -> Reading:
        return Reading(self.people, whole=True)


async def people_join_move_and_leave(shop: Shop) -> None:
    [tenant] = {it.tenant_id for it in await events_of(shop.api) if it.type == "QUOTE_CREATED"}
    leo = PersonDraft("77", "Leo Paz", "leo@people.example", "ACTIVE", "UY", "Sales", "Agent")
    moved = replace(leo, country="AR")
    for people in (leo, moved, replace(moved, hire_date="2026-01-05"), replace(moved, status="INACTIVE")):
        scope = TenantScope(Environment.LIVE, tenant)
        await sync_employees(shop.api.parts.deps, scope, People([people]), force=True)


async def quotes_end_in_other_ways(shop: Shop) -> None:
    api = shop.api
    late = await a_quote(api, expiresAt="2099-01-01T00:00:00Z")
    past = update(quotes).where(quotes.c.id == uuid_of(late.id)).values(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    async with api.parts.database.write.begin() as connection:
        await connection.execute(past)
    await expire_quotes(api.parts.deps, Environment.LIVE)
    rejected = await a_quote(api)
    await api.act("rejectItem", {"itemId": rejected.item})
    viewed = await a_quote(api)
    await visit(api, "query($key: String!) { publicQuote(key: $key) { documentHash } }", {"key": viewed.key})


async def vendor_orders_are_flagged_and_changed(shop: Shop) -> None:
    dear = await shop.accepted()
    await shop.control(dear, status="QUOTED", price="1499.00")
    order = (await shop.order(dear))["id"]
    await shop.api.act("confirmVendorOrder", {"vendorOrderId": order}, key=shop.api.operator)
    await shop.work()
    device = {"brand": "APPLE", "name": "MacBook Air 13", "ram": "16GB", "quotedUnitPrice": "1099.00"}
    other = await shop.accepted()
    await shop.control(other, alternatives=[device])
    [group] = (await shop.order(other))["alternatives"]
    chosen = {"groupId": group["groupId"], "candidateId": group["candidates"][0]["candidateId"]}
    order = (await shop.order(other))["id"]
    await shop.api.act("selectVendorAlternative", {"vendorOrderId": order, **chosen}, key=shop.api.operator)
    await shop.work()


async def a_device_is_moved_to_its_end(shop: Shop) -> None:
    api = shop.api
    await api.act("addAssets", {"assets": [an_asset("END1")]})
    action = (await api.act("createDeviceAction", an_action("END1"), "deviceAction { id }"))["deviceAction"]["id"]
    for status in ("IN_PROGRESS", "IN_TRANSIT", "COMPLETED"):
        await api.act("advanceDeviceAction", {"deviceActionId": action, "to": status}, key=api.operator)


async def a_serial_number_is_corrected(shop: Shop) -> None:
    quote = await shop.accepted()
    await shop.control(quote, status="DELIVERED", serials=["OLD1"])
    given = {"recipientId": quote.recipient, "serialNumbers": ["NEW1"]}
    await shop.api.act("setRecipientSerialNumbers", given, key=shop.api.operator)


async def an_invited_person_joins(shop: Shop) -> None:
    api = shop.api
    member_id = uuid_of(await a_member(api, api.operator, "zoe@austral.example", companyId=company_id("AUSTRAL")))
    async with api.parts.deps.unit_of_work(ANYWHERE) as work:
        member = await work.members.lock(member_id)
    assert member is not None
    membership = Membership(member, COMPANY_IDS["AUSTRAL"], "AUSTRAL", Environment.LIVE)
    identity = Identity("https://id.example", "zoe-1", "zoe@austral.example", "Zoe")
    await note_sign_in(api.parts.deps, membership, identity)


async def a_connected_system_answers_and_fails(shop: Shop) -> None:
    there = await connected(shop.api)
    there.system.answers = [Call(does=False, failure=Refused("409 Locked.", 409, "Locked."))]
    for _ in range(2):
        await shop.api.act("acceptItem", {"itemId": there.made.item})
        await there.work_soon()
    connection = await a_connection(shop.api)
    await read(shop.api, connection)
    await note_failure(shop.api.parts.deps, there.scope, uuid_of(connection), Unavailable("GET /quotes: 503"))


async def everything_happens(shop: Shop) -> None:
    story = Story(shop)
    for told in STORIES:
        await told(story)
    for more in (
        quotes_end_in_other_ways,
        vendor_orders_are_flagged_and_changed,
        a_device_is_moved_to_its_end,
        a_serial_number_is_corrected,
        people_join_move_and_leave,
        an_invited_person_joins,
        a_connected_system_answers_and_fails,
    ):
        await more(shop)


async def events_of(api: Running) -> list[Event]:
    """All events, of all companies."""
    async with api.parts.database.read.connect() as connection:
        return list(EVENTS.read(await connection.execute(EVENTS.select())))


def fits(value: Any, field: DataField) -> bool:
    if value is None or field.example is None:
        return field.is_nullable and (value is None or isinstance(value, str))
    if isinstance(field.example, list):
        return isinstance(value, list) and all(list(it) == list(field.example[0]) for it in value)
    return type(value) is type(field.example)


@on_both
async def test_every_event_of_the_catalogue_is_sent_with_the_fields_and_types_of_its_sample(shop):
    await everything_happens(shop)
    sent = [event for event in await events_of(shop.api) if event.type in NAMES]

    contents = await SqlWebhookData(shop.api.parts.database).describe(sent, ANYWHERE)

    for event, data in zip(sent, contents, strict=True):
        fields = BY_NAME[NAMES[event.type]].fields
        shown = json.loads(body(envelope_of(event), WebhookFormat.QUIPTEAMS, {"data": data}))["data"]
        assert list(shown) == [field.name for field in fields], event
        assert [field.name for field in fields if not fits(shown[field.name], field)] == [], (event, shown)
    assert {NAMES[event.type] for event in sent} == BY_NAME.keys() - {TEST}


@on_both
async def test_a_batch_of_events_takes_as_many_statements_as_one_of_each(shop):
    for _ in range(3):
        quote = await a_quote(shop.api, *two_lines(), alternatives=1)
        await shop.api.act("acceptAlternative", {"alternativeId": quote.alternative})
        await shop.api.act("rejectItem", {"itemId": quote.items[1]})
    all_of_them = [event for event in await events_of(shop.api) if event.type in NAMES]
    one_each = list({event.type: event for event in all_of_them}.values())
    data, seen = SqlWebhookData(shop.api.parts.database), shop.api.statements.seen

    counts = []
    for events in (one_each, all_of_them):
        seen.clear()
        await data.describe(events, ANYWHERE)
        counts.append(len(seen))

    assert len(all_of_them) > len(one_each)
    assert counts[0] == counts[1] <= 5


async def test_the_data_of_a_deleted_quote_has_its_ids(shop):
    quote = await a_quote(shop.api)
    await shop.api.act("deleteQuote", {"quoteId": quote.id})
    [deleted] = [it for it in await events_of(shop.api) if it.type == "QUOTE_DELETED"]

    [data] = await SqlWebhookData(shop.api.parts.database).describe([deleted], ANYWHERE)

    assert (data["quote_id"], data["order_id"]) == (uuid_of(quote.id), quote.order_id)
    assert (data["offer_status"], data["old_status"], data["new_status"]) == ("DELETED", "PENDING", "CANCELLED")


async def test_a_refused_change_has_its_id_its_type_and_the_reason(shop):
    there = await connected(shop.api)
    there.system.answers = [Call(does=False, failure=Refused("409 Locked.", 409, "Locked."))]
    await shop.api.act("acceptItem", {"itemId": there.made.item})
    await there.work_soon()
    [change] = await shop.api.rows("origin_changes")
    [refused] = [it for it in await events_of(shop.api) if it.type == "QUOTE_CHANGE_REFUSED"]

    [data] = await SqlWebhookData(shop.api.parts.database).describe([refused], ANYWHERE)

    assert data == {
        "quote_id": uuid_of(there.made.id),
        "order_id": there.made.order_id,
        "change_id": change.id,
        "change_type": "DECIDE",
        "reason": "Locked.",
    }


async def test_a_tracking_has_the_ids_of_its_recipient_and_item(shop):
    quote = await shop.accepted()
    given = {"recipientId": quote.recipient, "trackingCode": "T1", "trackingLink": "https://carrier.example/T1"}
    await shop.api.act("setRecipientTracking", given, key=shop.api.operator)
    [tracked] = [it for it in await events_of(shop.api) if it.type == "QUOTE_TRACKING_ADDED"]

    [data] = await SqlWebhookData(shop.api.parts.database).describe([tracked], ANYWHERE)

    assert data == {
        "quote_id": uuid_of(quote.id),
        "order_id": quote.order_id,
        "item_id": uuid_of(quote.item),
        "recipient_id": uuid_of(quote.recipient),
        "tracking_code": "T1",
        "tracking_link": "https://carrier.example/T1",
    }
