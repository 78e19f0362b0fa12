"""Letters about quotes: who gets one, how many for one act, and what stands in it."""

from typing import Any

import pytest

from domain.catalogue.products import ProductType
from domain.portal.drafts import SendDraft, SignDraft
from domain.portal.printed_quote import document_hash
from domain.portal.public_keys import ClientInfo, KeyGrant
from domain.quotes.price_options import PriceOptionDraft
from domain.quotes.statuses import Verdict
from domain.shared.access import Environment
from domain.shared.jobs import Job, JobType
from domain.shared.messages import Email, EmailKind
from domain.shared.money import MoneyDraft
from domain.use_cases.portal.sending import SendQuote, send_quote
from domain.use_cases.portal.signing import (
    DeclineQuote,
    RequireSignatures,
    SignQuote,
    decline_quote,
    set_required_signatures,
    sign_quote,
)
from domain.use_cases.quotes import closings
from domain.use_cases.quotes.closings import Close
from domain.use_cases.quotes.decisions import AcceptQuote, DecideItems, OneDecision, accept_quote, decide_items
from domain.use_cases.quotes.price_options import (
    SelectPriceOption,
    SetPriceOptions,
    select_price_option,
    set_price_options,
)
from domain.use_cases.worker import dispatch
from tests.builders import TENANT, a_caller, a_customer, a_quote, cheaper, first, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.storage import World

CALLER = a_caller()
VISITOR = ClientInfo("192.0.2.1", "A browser")
CARLA = SignDraft("Carla Paz", "carla@customer.example")
DAN = SignDraft("Dan Ruiz", "dan@customer.example")
ADDRESSES = ["cfo@austral.example", "it@austral.example", "ops@austral.example"]
MODELS = [f"Apple Model {number}" for number in range(5)]


def a_world(*lines: Any, **given: Any) -> tuple[World, str]:
    """A world with one quote, and its id."""
    world = World()
    return world, world.memory.keep(a_quote(*lines, **given)).quote.id


def five_lines() -> tuple[World, str]:
    """Five lines, of which three addresses hear."""
    lines = [line(priced, model=name.removeprefix("Apple ")) for name in MODELS]
    return a_world(*lines, notification_emails=("cfo@austral.example", "ops@austral.example"))


def jobs_of(world: World, kind: JobType) -> list[Job]:
    return [job for job in world.memory.jobs.values() if job.kind == kind]


async def deliver(world: World, *kinds: JobType) -> list[Email]:
    """Run every job of these kinds; the letters that went out."""
    world.memory.jobs = {job.id: job for kind in kinds for job in jobs_of(world, kind)}
    while (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)
    return world.external.mail.letters


def facts(letter: Email) -> dict[str, str]:
    return {it.label: it.value for it in letter.facts}


# ---- one letter for one act of deciding


async def accept_all(world: World, quote_id: str) -> None:
    await accept_quote(world.deps, CALLER, AcceptQuote(quote_id))


async def decide_each(world: World, quote_id: str) -> None:
    ids = [it.item.id for it in world.memory.quotes[quote_id].lines]
    await decide_items(world.deps, CALLER, DecideItems(quote_id, [OneDecision(it, Verdict.ACCEPT) for it in ids]))


async def sign(world: World, quote_id: str, who: SignDraft = CARLA) -> None:
    customer = KeyGrant("key-1", Environment.LIVE, TENANT, quote_id).caller(who.name)
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, who))


async def take_a_price(world: World, quote_id: str) -> None:
    drafts = [PriceOptionDraft(name, MoneyDraft("5000", "USD")) for name in ("Buy", "Lease")]
    await set_price_options(world.deps, CALLER, SetPriceOptions(quote_id, drafts))
    await select_price_option(world.deps, CALLER, SelectPriceOption(world.memory.quotes[quote_id].options[1].id))


@pytest.mark.parametrize("act", [accept_all, decide_each, sign, take_a_price])
async def test_one_act_of_deciding_is_one_letter_to_each_address_however_many_lines_it_accepts(act):
    world, quote_id = five_lines()
    ids = [it.item.id for it in world.memory.quotes[quote_id].lines]

    await act(world, quote_id)

    told = jobs_of(world, JobType.SEND_ITEM_ACCEPTED)
    assert sorted(job.payload["to"] for job in told) == ADDRESSES
    assert [job.payload["itemIds"] for job in told] == [ids] * 3
    letters = await deliver(world, JobType.SEND_ITEM_ACCEPTED)
    assert sorted(it.to for it in letters) == ADDRESSES
    assert [[it.device for it in letter.lines] for letter in letters] == [MODELS] * 3


async def test_another_act_of_deciding_is_another_letter_that_tells_of_its_own_lines_only():
    world, quote_id = five_lines()
    ids = [it.item.id for it in world.memory.quotes[quote_id].lines]
    for some in (ids[3:1:-1], ids[:1]):
        decisions = [OneDecision(it, Verdict.ACCEPT) for it in some]
        await decide_items(world.deps, CALLER, DecideItems(quote_id, decisions))
        world.clock.move(seconds=1)

    letters = [it for it in await deliver(world, JobType.SEND_ITEM_ACCEPTED) if it.to == ADDRESSES[0]]
    assert [[it.device for it in letter.lines] for letter in letters] == [MODELS[2:4], MODELS[:1]]


async def test_rejecting_tells_nobody_of_an_acceptance():
    world, quote_id = five_lines()
    await decide_items(world.deps, CALLER, DecideItems(quote_id, [OneDecision(item_of(_quote(world)), Verdict.REJECT)]))
    assert jobs_of(world, JobType.SEND_ITEM_ACCEPTED) == []


async def test_an_address_that_is_named_twice_gets_one_letter():
    world, quote_id = a_world(line(priced), notification_emails=("IT@austral.example", "cfo@austral.example"))
    await accept_all(world, quote_id)
    told = [job.payload["to"] for job in jobs_of(world, JobType.SEND_ITEM_ACCEPTED)]
    assert told == ["it@austral.example", "cfo@austral.example"]


async def test_what_was_accepted_in_place_of_the_line_is_what_the_letter_names():
    world, quote_id = a_world(line(priced, alternatives=1, recipients=3))
    await decide_items(world.deps, CALLER, DecideItems(quote_id, [OneDecision(first(_quote(world)), Verdict.ACCEPT)]))

    [letter] = await deliver(world, JobType.SEND_ITEM_ACCEPTED)
    assert [(it.device, it.quantity, it.price) for it in letter.lines] == [("Lenovo ThinkPad T14", 3, "USD 1,190.00")]


async def test_a_letter_of_acceptance_says_which_lines_are_ordered():
    service = line(priced, recipients=0, quantity=1, product_type=ProductType.SERVICE)
    world, quote_id = a_world(line(priced), line(priced, recipients=0, quantity=1), service)
    await accept_all(world, quote_id)
    letters = await deliver(world, JobType.SEND_ITEM_ACCEPTED)
    ordered = [(it.is_ordered, it.awaits_recipients) for it in letters[0].lines]
    assert ordered == [(True, False), (False, True), (False, False)]


async def test_a_letter_of_acceptance_says_at_which_price_the_whole_was_taken():
    world, quote_id = five_lines()
    await take_a_price(world, quote_id)
    letters = await deliver(world, JobType.SEND_ITEM_ACCEPTED)
    assert [(it.label, it.value, it.strong) for it in letters[0].sums] == [
        ("Total", "USD 7,250.00", False),
        ("Price agreed: Lease", "USD 5,000.00", True),
    ]
    assert letters[0].options == ()


def _quote(world: World) -> Any:
    [quote] = world.memory.quotes.values()
    return quote


# ---- what was signed


async def test_whoever_signs_gets_what_was_signed_byte_for_byte():
    world, quote_id = five_lines()
    await set_required_signatures(world.deps, CALLER, RequireSignatures(quote_id, 2))
    await sign(world, quote_id)
    await sign(world, quote_id, DAN)

    letters = sorted(await deliver(world, JobType.SEND_SIGNED_COPY), key=lambda it: it.to)
    assert [(it.kind, it.to) for it in letters] == [
        (EmailKind.QUOTE_SIGNED, "carla@customer.example"),
        (EmailKind.QUOTE_SIGNED, "dan@customer.example"),
    ]
    for letter, signature in zip(letters, world.memory.signatures, strict=True):
        [copy] = letter.enclosures
        assert copy.content == world.memory.signed_documents[signature.document_hash]
        assert (document_hash(copy.content), copy.content_type) == (signature.document_hash, "application/pdf")
        assert copy.name == f"signed-quote-{letter.number}.pdf"
        assert facts(letter)["SHA-256"] == signature.document_hash
        assert (facts(letter)["Signed by"], facts(letter)["Signed on"]) == (
            signature.name,
            "22 November 2026, 09:30 (UTC)",
        )


async def test_a_signed_copy_is_of_what_was_signed_whatever_became_of_the_quote():
    world, quote_id = five_lines()
    await set_required_signatures(world.deps, CALLER, RequireSignatures(quote_id, 2))
    await sign(world, quote_id)
    [content] = world.memory.signed_documents.values()
    quote = _quote(world)
    world.memory.keep(a_quote(line(priced, brand="Other"), id=quote_id, tenant_id=quote.quote.tenant_id))

    [letter] = await deliver(world, JobType.SEND_SIGNED_COPY)
    assert [it.content for it in letter.enclosures] == [content]


async def test_signing_again_or_only_trying_sends_no_other_copy():
    world, quote_id = five_lines()
    await set_required_signatures(world.deps, CALLER, RequireSignatures(quote_id, 2))
    for _ in range(2):
        await sign(world, quote_id)
    customer = KeyGrant("key-1", Environment.LIVE, TENANT, quote_id).caller("Dan Ruiz")
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, DAN, dry_run=True))
    assert [it.payload["to"] for it in jobs_of(world, JobType.SEND_SIGNED_COPY)] == ["carla@customer.example"]


# ---- what was declined


async def test_the_company_hears_once_that_its_customer_has_declined_and_why():
    world, quote_id = a_world(
        line(priced), assignee_email="sales@quip.example", notification_emails=("Sales@quip.example",)
    )
    customer = KeyGrant("key-1", Environment.LIVE, TENANT, quote_id).caller("Carla Paz")
    for reason in ("Too dear,\nand too late.", "Really"):
        await decline_quote(world.deps, customer, DeclineQuote(quote_id, reason))

    letters = await deliver(world, JobType.SEND_QUOTE_DECLINED)
    assert sorted(it.to for it in letters) == ["Sales@quip.example", "it@austral.example"]
    assert {(it.kind, it.message) for it in letters} == {(EmailKind.QUOTE_DECLINED, ("Too dear,", "and too late."))}


async def test_what_the_company_declines_itself_it_need_not_be_told():
    world, quote_id = a_world(line(priced))
    await closings.decline_quote(world.deps, CALLER, Close(quote_id, "No budget"))
    assert jobs_of(world, JobType.SEND_QUOTE_DECLINED) == []


# ---- to whom a quote goes that is sent to nobody in particular


@pytest.mark.parametrize(
    ("of_customer", "named", "to"),
    [
        ({}, None, "ada@engines.example"),
        ({"email": None}, None, "it@austral.example"),
        (None, None, "it@austral.example"),
        ({}, ("eve@engines.example",), "eve@engines.example"),
    ],
)
async def test_a_quote_goes_to_its_customer_else_to_its_requester_unless_someone_is_named(of_customer, named, to):
    world, quote_id = a_world(line(priced))
    if of_customer is not None:
        customer = a_customer(**of_customer)
        world.memory.customers[customer.id] = customer
        quote = _quote(world)
        world.memory.keep(a_quote(line(priced), id=quote_id, order_id=quote.quote.order_id, customer_id=customer.id))
    await send_quote(world.deps, CALLER, SendQuote(quote_id, SendDraft(named, include_link=False)))

    [letter] = await deliver(world, JobType.SEND_QUOTE)
    assert letter.to == to
    assert facts(letter).get("Prepared for") == ("Ada Lovelace" if of_customer is not None else None)


async def test_a_sent_quote_tells_what_it_adds_up_to_and_at_which_prices_it_can_be_had():
    world, quote_id = a_world(line(priced, alternatives=1, recipients=2), line(cheaper))
    decline = [OneDecision(item_of(_quote(world), 1), Verdict.REJECT)]
    await decide_items(world.deps, CALLER, DecideItems(quote_id, decline))
    options = [PriceOptionDraft("Buy", MoneyDraft("2900", "USD")), PriceOptionDraft("Lease", MoneyDraft("3000", "USD"))]
    await set_price_options(world.deps, CALLER, SetPriceOptions(quote_id, options))
    await send_quote(world.deps, CALLER, SendQuote(quote_id, SendDraft(include_link=False)))

    [letter] = await deliver(world, JobType.SEND_QUOTE)
    assert [(it.device, it.price, it.amount, it.others) for it in letter.lines] == [
        ("Apple MacBook Pro 14", "USD 1,450.00", "USD 2,900.00", ("Lenovo ThinkPad T14, USD 1,190.00",)),
        ("Apple MacBook Pro 14", "declined", None, ()),
    ]
    assert [(it.label, it.value, it.strong) for it in letter.sums] == [("Total of the lines", "USD 2,900.00", False)]
    assert [(it.label, it.value) for it in letter.options] == [("Buy", "USD 2,900.00"), ("Lease", "USD 3,000.00")]


async def test_a_customer_is_told_whom_to_ask_and_their_answer_goes_there():
    world, quote_id = a_world(line(priced), assignee_email="sales@quip.example", assignee_name="Sam Sales")
    await send_quote(world.deps, CALLER, SendQuote(quote_id, SendDraft(include_link=False)))
    await sign(world, quote_id)

    letters = await deliver(world, JobType.SEND_QUOTE, JobType.SEND_SIGNED_COPY)
    assert {it.kind for it in letters} == {EmailKind.QUOTE_SENT, EmailKind.QUOTE_SIGNED}
    for letter in letters:
        assert (facts(letter)["Your contact"], letter.reply_to) == ("Sam Sales", "sales@quip.example")
