"""Quotes that the emulated systems are asked to create, over real HTTP: once there, and one quote here."""

from dataclasses import replace

import pytest
import pytest_asyncio

from domain.connections.changes import OriginChangeStatus
from domain.connections.systems import System
from domain.quotes.item_details import UNKNOWN_ARTICLE
from domain.quotes.statuses import QuoteOfferStatus
from domain.shared.jobs import JobResult
from tests.adapters.connections.asked_there import a_new_quote, asked_there
from tests.use_cases.connections.support import run_after, run_due


@pytest_asyncio.fixture(params=[System.QUIPTEAMS, System.SALESBYTE, System.QUICK_QUOTE])
async def there(request, tmp_path):
    async with asked_there(request.param, tmp_path) as there:
        yield there


async def test_the_quote_is_created_and_is_the_one_that_is_read_next(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    assert await run_due(there.world) == JobResult.DONE
    assert there.settlement == (OriginChangeStatus.CONFIRMED, None)
    head = there.quote.quote
    assert (head.id, head.requester_email) == (asked.quote.id, "it@austral.example")
    assert there.world.memory.origins[head.id].external_id
    events = len(there.world.memory.events)
    await there.read()
    assert (there.quote.quote.id, len(there.world.memory.events)) == (head.id, events)
    assert len(await there.posts()) == 1


async def test_lines_and_recipients_stay_the_same_objects(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await run_due(there.world)
    lines = there.quote.lines
    assert [(it.item.id, it.item.quantity) for it in lines] == [(it.item.id, it.item.quantity) for it in asked.lines]
    if there.system == System.QUIPTEAMS:
        assert [it.id for it in lines[0].recipients] == [it.id for it in asked.lines[0].recipients]
        assert [it.name for it in lines[0].recipients] == ["Ana", "Bo"]
    assert [it.item.price for it in lines] == [it.item.price for it in asked.lines]
    assert [it.item.specification for it in lines] == [it.item.specification for it in asked.lines]


def sku_of(line):
    return (line.item.article or UNKNOWN_ARTICLE).sku


@pytest.mark.parametrize("there", [System.SALESBYTE], indirect=True)
async def test_lines_that_salesbyte_shows_once_they_are_signed_are_those_with_their_skus(there):
    asked = a_new_quote(there.system)
    noted = [replace(it, item=it.item._replace(internal_notes=f"Of {sku_of(it)}")) for it in asked.lines]
    await there.ask(replace(asked, lines=tuple(noted)))
    await run_due(there.world)
    origin = there.world.memory.origins[asked.quote.id]
    await there.emulated.control(f"quotes/{origin.external_id}/sign", {})
    await there.read()
    found = {sku_of(it): (it.item.id, it.item.internal_notes) for it in there.quote.lines}
    kept = {sku_of(it): (it.item.id, it.item.internal_notes) for it in noted}
    assert found.items() >= kept.items()
    assert found["SETUP"][1] is None
    assert there.quote.quote.title == asked.quote.title


async def test_a_creation_whose_answer_was_lost_is_found_there(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="slow_after", verb="POST", seconds=1)
    assert await run_due(there.world) == JobResult.FAILED
    assert there.settlement[0] == OriginChangeStatus.SENT
    await run_after(there.world, 10)
    assert there.settlement == (OriginChangeStatus.CONFIRMED, None)
    assert len(await there.posts()) == 1
    await there.read()
    assert there.quote.quote.offer_status != QuoteOfferStatus.VOIDED


async def test_a_reading_before_the_answer_finds_the_same_quote(there):
    asked = a_new_quote(there.system)
    await there.ask(asked)
    await there.emulated.go_wrong(mode="slow_after", verb="POST", seconds=1)
    await run_due(there.world)
    await there.read()
    assert (there.quote.quote.id, there.settlement) == (asked.quote.id, (OriginChangeStatus.CONFIRMED, None))
    await run_after(there.world, 1_000)
    assert len(await there.posts()) == 1


async def test_a_creation_that_never_arrived_is_made_once_more(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="drop", verb="POST")
    await run_due(there.world)
    await run_after(there.world, 10)
    await run_after(there.world, 100)
    assert there.settlement == (OriginChangeStatus.CONFIRMED, None)
    await there.read()
    assert there.quote.quote.connection_id is not None


async def test_a_refusal_there_is_the_reason_why_the_quote_is_void(there):
    await there.ask(a_new_quote(there.system))
    await there.emulated.go_wrong(mode="status", status=400, verb="POST")
    await run_due(there.world)
    status, reason = there.settlement
    head = there.quote.quote
    assert (status, head.offer_status, head.connection_id) == (
        OriginChangeStatus.REFUSED,
        QuoteOfferStatus.VOIDED,
        None,
    )
    assert reason == head.void_reason
    assert "/" not in (reason or "/")


@pytest.mark.parametrize("there", [System.SALESBYTE], indirect=True)
async def test_a_template_of_salesbyte_has_the_lines(there):
    await there.ask(replace(a_new_quote(there.system), lines=()), "7")
    await run_due(there.world)
    assert there.settlement == (OriginChangeStatus.CONFIRMED, None)
    [sent] = await there.posts()
    assert (sent["path"], sent["body"]["quote_template_id"]) == ("/integrations/create_quote/template", 7)
