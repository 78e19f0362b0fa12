"""Quotes that connected systems are asked to create: there once, whatever happens, and one quote here."""

from dataclasses import replace

import pytest

from domain.catalogue.device_selection import CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.connections.changes import ChangePending, OriginChangeStatus, OriginChangeType, RefusedByOrigin
from domain.connections.connections import ConnectionStatus, Disconnected
from domain.connections.records import ForeignQuote
from domain.connections.systems import Collection, System
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.statuses import QuoteOfferStatus
from domain.shared.errors import ErrorCode
from domain.shared.ids import global_id, new_id
from domain.shared.jobs import JobResult
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from domain.use_cases.connections.creating import ask_creation
from domain.use_cases.connections.saving import save_records
from domain.use_cases.quotes.closings import Close, decline_quote, delete_quote
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from tests.builders import NOW, TENANT, a_quote, line, priced
from tests.fakes.connected_systems import Call, connect, origins_there
from tests.fakes.storage import World
from tests.use_cases.connections.support import retrying, run_after, run_due, the_change, the_job
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, refused

LAPTOP = CustomDevice(ProductType.LAPTOP, Specification("Dell", "XPS"))
DRAFT = QuoteDraft(
    "it@austral.example",
    (
        ItemDraft(LAPTOP, (RecipientDraft("Ana", "UY"), RecipientDraft("Bo", "UY")), comments="Soon"),
        ItemDraft(LAPTOP, (RecipientDraft("Cem", "UY"),)),
    ),
    "IT",
    "PO-7",
)


def a_world(system: System = System.QUIPTEAMS, **given):
    world = World(retry_policy=retrying())
    return world, connect(world, system, **given)


def creating(connection, **given) -> CreateQuote:
    return CreateQuote(**{"draft": DRAFT, "connection_id": global_id("Connection", connection.id), **given})


async def a_creation(**given):
    """A world in which a quote was asked to be created, and nothing was sent yet."""
    world, connection = a_world()
    await create_quote(world.deps, CUSTOMER, creating(connection, **given))
    return world


def the_quote(world):
    [quote] = world.memory.quotes.values()
    return quote


async def read(world):
    """Read all quotes of the system."""
    [connection] = world.memory.connections.values()
    page = await world.systems.system.page(Collection.QUOTES, None, None)
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        saved = await save_records(work, world.deps, connection, Collection.QUOTES, page.records, world.clock())
        await work.commit()
    return saved


async def test_the_quote_is_recorded_as_requested_and_nothing_of_ours_follows():
    world = await a_creation()
    change, quote = the_change(world), the_quote(world)
    assert (change.type, change.status, change.quote_id) == (
        OriginChangeType.CREATE,
        OriginChangeStatus.REQUESTED,
        quote.quote.id,
    )
    assert (quote.quote.connection_id, world.memory.origins) == (change.connection_id, {})
    assert world.memory.event_types == ["QUOTE_CREATED", "QUOTE_CHANGE_REQUESTED"]
    assert (world.memory.job_keys, world.memory.public_keys) == ([f"origin-change:{change.id}"], [])
    assert world.systems.system.asked == []


async def test_the_answer_confirms_it_and_the_quote_is_the_one_there():
    world = await a_creation()
    before = the_quote(world)
    assert await run_due(world) == JobResult.DONE
    [asked] = world.systems.system.asked
    assert (asked.reference, asked.requester.email, asked.po_number) == (
        the_change(world).id,
        "it@austral.example",
        "PO-7",
    )
    after = the_quote(world)
    assert (the_change(world).status, after.quote.order_id) == (OriginChangeStatus.CONFIRMED, "THERE-1")
    assert [it.item.id for it in after.lines] == [it.item.id for it in before.lines]
    assert [[it.id for it in one.recipients] for one in after.lines] == [
        [it.id for it in one.recipients] for one in before.lines
    ]
    assert world.memory.origins[after.quote.id].external_id == "there-1"
    assert world.memory.event_types.count("QUOTE_CREATED") == 1
    assert not await run_after(world, 1_000)


async def test_the_next_reading_finds_the_same_quote():
    world = await a_creation()
    await run_due(world)
    events = len(world.memory.events)
    saved = await read(world)
    assert (saved.changed, len(world.memory.quotes), len(world.memory.events)) == (0, 1, events)


@pytest.mark.parametrize("does", [True, False])
async def test_a_worker_that_dies_between_the_call_and_its_record_creates_one_quote(does):
    world = await a_creation()
    world.systems.system.answers = [Call(does=does, failure=Killed())]
    with pytest.raises(Killed):
        await run_due(world)
    for _ in range(3):
        await run_after(world, 100)
    assert (the_change(world).status, world.systems.system.done) == (OriginChangeStatus.CONFIRMED, 1)
    assert len(world.systems.system.asked) == (1 if does else 2)
    await read(world)
    assert the_quote(world).quote.order_id == "THERE-1"


async def test_a_reading_that_comes_before_the_answer_confirms_the_creation_and_it_is_not_sent_again():
    world = await a_creation()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    assert await run_due(world) == JobResult.FAILED
    before = the_quote(world)
    await read(world)
    after = the_quote(world)
    assert (after.quote.id, after.quote.order_id) == (before.quote.id, "THERE-1")
    assert [it.item.id for it in after.lines] == [it.item.id for it in before.lines]
    assert the_change(world).status == OriginChangeStatus.CONFIRMED
    await run_after(world, 1_000)
    assert (len(world.systems.system.asked), world.systems.system.done) == (1, 1)


async def test_an_answer_that_was_lost_is_looked_for_before_the_quote_is_created_again():
    world = await a_creation()
    world.systems.system.answers = [Call(does=False, failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 10)
    assert len(world.systems.system.asked) == 1
    await run_after(world, 100)
    assert (the_change(world).status, len(world.systems.system.asked)) == (OriginChangeStatus.CONFIRMED, 2)
    one, other = world.systems.system.asked
    assert one == other


async def test_a_quote_from_a_template_with_an_unclear_answer_is_not_created_twice():
    world, connection = a_world(System.SALESBYTE)
    without_lines = replace(a_quote(po_number=None), lines=())
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await ask_creation(work, world.deps, CUSTOMER, without_lines, connection, "7")
        await work.commit()
    world.systems.system.answers = [Call(does=False, failure=Uncertain("no answer"))]
    await run_due(world)
    await run_after(world, 100)
    assert (the_change(world).status, len(world.systems.system.asked)) == (OriginChangeStatus.REFUSED, 1)
    assert world.systems.system.asked[0].template == "7"


async def test_a_quote_that_is_refused_there_is_ours_and_void_for_that_reason():
    world = await a_creation()
    world.systems.system.answers = [Call(does=False, failure=Refused("400 No such product.", 400, "No such product."))]
    await run_due(world)
    head = the_quote(world).quote
    assert (head.offer_status, head.void_reason, head.connection_id) == (
        QuoteOfferStatus.VOIDED,
        "No such product.",
        None,
    )
    assert (the_change(world).status, the_change(world).reason) == (OriginChangeStatus.REFUSED, "No such product.")
    assert world.memory.event_types[-2:] == ["QUOTE_CHANGE_REFUSED", "QUOTE_VOIDED"]
    assert len(world.memory.jobs) == 1
    await delete_quote(world.deps, PLATFORM, Close(head.id))


async def test_who_waits_is_told_that_the_system_refused():
    world, connection = a_world()
    world.systems.system.answers = [Call(does=False, failure=Refused("no", 400, "No such product."))]
    world.waiter.during = lambda: run_due(world)
    with pytest.raises(RefusedByOrigin, match="No such product") as told:
        await create_quote(world.deps, CUSTOMER, creating(connection, wait=True))
    assert (told.value.node, told.value.current_status) == (the_quote(world).quote.ref, "CANCELLED")


async def test_a_quote_that_could_not_be_sent_is_void_and_lives_again_if_it_arrived_after_all():
    world = await a_creation()
    world.systems.system.answers = [Call(failure=Uncertain("no answer")), *[Call(failure=Unavailable("down"))] * 9]
    await run_due(world)
    lost, world.systems.system.quotes = dict(world.systems.system.quotes), {}
    world.systems.system.answers = [Call(does=False, failure=Unavailable("down"))] * 9
    for _ in range(5):
        await run_after(world, 100)
    assert (the_change(world).status, the_quote(world).quote.offer_status) == (
        OriginChangeStatus.REFUSED,
        QuoteOfferStatus.VOIDED,
    )
    world.systems.system.quotes = lost
    await read(world)
    head = the_quote(world).quote
    assert (head.offer_status, head.void_reason, head.connection_id) == (
        QuoteOfferStatus.SENT,
        None,
        the_change(world).connection_id,
    )


async def test_a_copy_that_somebody_makes_there_is_a_quote_of_its_own():
    world = await a_creation()
    await run_due(world)
    mine, system = the_quote(world), world.systems.system
    copied = replace(system.quotes["there-1"], external_id="there-2", number="COPY")
    system.quotes["there-2"] = copied
    await read(world)
    assert {it.quote.order_id for it in world.memory.quotes.values()} == {"THERE-1", "COPY"}
    assert world.memory.quotes[mine.quote.id].quote.order_id == "THERE-1"


async def test_of_two_copies_that_are_read_before_the_answer_one_is_the_quote():
    world = await a_creation()
    world.systems.system.answers = [Call(failure=Uncertain("no answer"))]
    await run_due(world)
    system = world.systems.system
    system.quotes["there-2"] = replace(system.quotes["there-1"], external_id="there-2", number="COPY")
    await read(world)
    assert len(world.memory.quotes) == 2
    assert len({it.node_id for it in world.memory.origins.values() if it.node_type == "Quote"}) == 2


async def test_a_reference_of_another_connection_is_a_text_like_any_other():
    world = await a_creation()
    await run_due(world)
    other, system = connect(world, System.QUICK_QUOTE, name="Shop"), world.systems.system
    copied = replace(system.quotes["there-1"], external_id="elsewhere", number="E-1")
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await save_records(work, world.deps, other, Collection.QUOTES, [copied], world.clock())
        await work.commit()
    assert len(world.memory.quotes) == 2


async def test_a_reference_of_another_connection_does_not_keep_its_record_from_being_read():
    world, shop = a_world(System.QUICK_QUOTE)
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await ask_creation(work, world.deps, CUSTOMER, a_quote(line(priced, recipients=0)), shop, None)
        await work.commit()
    other = connect(world, System.QUICK_QUOTE, name="Other shop")
    copied = ForeignQuote("elsewhere", "E-1", NOW, reference=the_change(world).id)
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await save_records(work, world.deps, other, Collection.QUOTES, [copied], world.clock())
        await work.commit()
    assert "E-1" in {it.quote.order_id for it in world.memory.quotes.values()}


async def test_nothing_else_is_asked_of_a_quote_before_it_is_there():
    world = await a_creation()
    with pytest.raises(ChangePending):
        await decline_quote(world.deps, CUSTOMER, Close(the_quote(world).quote.id))


async def test_a_dry_run_asks_nobody():
    world, connection = a_world()
    await create_quote(world.deps, CUSTOMER, creating(connection, dry_run=True, wait=True))
    assert (world.memory.quotes, world.memory.events, world.memory.jobs) == ({}, [], {})
    assert (world.systems.system.asked, world.waiter.waits) == ([], 0)


async def test_a_creation_waits_for_a_paused_connection_and_is_refused_by_one_that_ended():
    world = await a_creation()
    [(id_, connection)] = world.memory.connections.items()
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.PAUSED)
    assert await run_due(world) == JobResult.WAITS
    world.memory.connections[id_] = connection._replace(status=ConnectionStatus.DISCONNECTED)
    await run_after(world, 60)
    assert (the_change(world).status, world.systems.system.asked) == (OriginChangeStatus.REFUSED, [])
    assert the_quote(world).quote.offer_status == QuoteOfferStatus.VOIDED
    assert the_job(world).finished_at is not None


async def test_a_product_of_the_system_is_named_by_its_id_there():
    world, connection = a_world()
    product_id = new_id()
    quote = a_quote(line(product_id=product_id))
    [origin, *_] = origins_there(connection, quote, "record")
    world.memory.origins[product_id] = origin._replace(node_type="Product", node_id=product_id, external_id="P-1")
    async with world.deps.unit_of_work(CUSTOMER.tenant_scope) as work:
        await ask_creation(work, world.deps, CUSTOMER, quote, connection, None)
        await work.commit()
    await run_due(world)
    [asked] = world.systems.system.asked
    assert asked.items[0].metadata == {"product_id": "P-1"}
    assert the_quote(world).lines[0].item.product_id == product_id


async def test_what_cannot_be_asked_is_refused_before_anything_is_written():
    world, connection = a_world(System.KITCHEN)
    elsewhere = connect(world, tenant_id=TENANT + 1)
    for given, expected in (
        (creating(connection), (ErrorCode.NOT_SUPPORTED_BY_ORIGIN, ("connectionId",))),
        (creating(elsewhere), (ErrorCode.UNKNOWN_REFERENCE, ("connectionId",))),
        (creating(connection, connection_id="x"), (ErrorCode.INVALID_ID, ("connectionId",))),
        (creating(connection, connection_id=new_id()), (ErrorCode.UNKNOWN_REFERENCE, ("connectionId",))),
        (CreateQuote(DRAFT, template_id="7"), (ErrorCode.NOT_ALLOWED, ("templateId",))),
    ):
        assert await refused(create_quote(world.deps, CUSTOMER, given)) == expected
    ended, gone = a_world(status=ConnectionStatus.DISCONNECTED)
    with pytest.raises(Disconnected):
        await create_quote(ended.deps, CUSTOMER, creating(gone))
    assert (world.memory.quotes, world.memory.events, ended.memory.quotes) == ({}, [], {})


class Killed(BaseException):
    """The process ends here."""
