"""What people do to quotes: what is written, what is recorded, what follows, and what is refused."""

from dataclasses import replace

import pytest

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.ports.unit_of_work import IdempotencyClash, Outcome
from domain.quotes.decisions import LineClosed
from domain.quotes.drafts import AlternativeDraft, ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus, Verdict
from domain.shared.access import IdempotencyKey
from domain.shared.errors import ErrorCode, InvalidInput, NotFound
from domain.shared.events import StatusChange, StatusField
from domain.shared.ids import global_id, new_id
from domain.shared.money import Money, MoneyDraft
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.offers import (
    CreateQuote,
    PriceOffer,
    ProposeAlternative,
    create_quote,
    price,
    propose_alternative,
)
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import (
    TENANT,
    a_caller,
    a_configuration,
    a_product,
    a_quote,
    a_recipient,
    first,
    item_of,
    line,
    priced,
    statuses,
    unpriced,
)
from tests.fakes.storage import World

CUSTOMER = a_caller()
STRANGER = a_caller(TENANT + 1)
PLATFORM = a_caller(None)
ANY_LAPTOP = CustomDevice(ProductType.LAPTOP, Specification(brand="Dell"))
PRICE = MoneyDraft("1450.00", "USD")
PROPOSAL = AlternativeDraft(Specification(brand="Lenovo"))


def a_draft(**given) -> QuoteDraft:
    items = (ItemDraft(ANY_LAPTOP, (RecipientDraft("Ana", "UY"),)),)
    return replace(QuoteDraft("it@austral.example", items), **given)


def accepting(offer_id: str, **given) -> Decide:
    return replace(Decide(OfferRef(offer_id, ("id",)), Verdict.ACCEPT), **given)


def rejecting(offer_id: str, **given) -> Decide:
    return accepting(offer_id, verdict=Verdict.REJECT, **given)


def item_ref(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


async def refused(act) -> tuple[ErrorCode, tuple[str, ...]]:
    with pytest.raises(InvalidInput) as refusal:
        await act
    [problem] = refusal.value.problems
    return problem.code, problem.path


# createQuote


async def test_a_created_quote_is_stored_and_recorded_and_tells_everyone_named_once():
    world = World()
    draft = a_draft(notification_emails=("cfo@austral.example", "it@austral.example"))
    outcome = await create_quote(world.deps, CUSTOMER, CreateQuote(draft))
    [quote_id] = outcome.ids_of("Quote")
    assert world.memory.quotes[quote_id].quote.tenant_id == TENANT
    assert world.memory.event_types == ["QUOTE_CREATED"]
    assert world.memory.job_keys == [
        f"quote-created:{quote_id}:it@austral.example",
        f"quote-created:{quote_id}:cfo@austral.example",
        f"task:{quote_id}",
    ]


async def test_a_device_from_the_catalogue_is_looked_up_and_its_specification_kept():
    world, product = World(), a_product()
    configuration = a_configuration(product)
    world.memory.products[product.id] = product
    world.memory.configurations[configuration.id] = configuration
    device = CatalogueDevice(global_id("Product", product.id), configuration.id, Specification(ram="64 GB"))
    draft = a_draft(items=(ItemDraft(device, (RecipientDraft("Ana", "UY"),)),))
    outcome = await create_quote(world.deps, CUSTOMER, CreateQuote(draft))
    [made] = world.memory.quotes[outcome.ids_of("Quote")[0]].lines
    assert (made.item.product_id, made.item.configuration_id) == (product.id, configuration.id)
    assert (made.item.specification.model, made.item.ram, made.item.cpu) == ("MacBook Pro 14", "64 GB", "Apple M5")


async def test_a_refused_draft_writes_nothing():
    world = World()
    assert await refused(create_quote(world.deps, CUSTOMER, CreateQuote(a_draft(items=())))) == (
        ErrorCode.REQUIRED,
        ("items",),
    )
    assert (world.memory.commits, world.memory.quotes, world.memory.jobs) == (0, {}, {})


async def test_a_platform_key_names_the_company_it_asks_for():
    world = World()
    company_id = world.memory.tenants[TENANT + 1].company_id
    outcome = await create_quote(world.deps, PLATFORM, CreateQuote(a_draft(), global_id("Company", company_id)))
    [quote_id] = outcome.ids_of("Quote")
    assert world.memory.quotes[quote_id].quote.tenant_id == TENANT + 1


async def test_a_platform_key_that_names_no_company_is_refused():
    assert await refused(create_quote(World().deps, PLATFORM, CreateQuote(a_draft()))) == (
        ErrorCode.REQUIRED,
        ("companyId",),
    )


@pytest.mark.parametrize("caller", [PLATFORM, CUSTOMER])
async def test_a_company_that_does_not_exist_is_refused(caller):
    assert await refused(create_quote(World().deps, caller, CreateQuote(a_draft(), new_id()))) == (
        ErrorCode.UNKNOWN_REFERENCE,
        ("companyId",),
    )


async def test_another_company_is_refused_to_a_customer_as_one_that_does_not_exist():
    world = World()
    other = world.memory.tenants[TENANT + 1].company_id
    assert await refused(create_quote(world.deps, CUSTOMER, CreateQuote(a_draft(), other))) == (
        ErrorCode.UNKNOWN_REFERENCE,
        ("companyId",),
    )


async def test_a_customer_may_name_its_own_company():
    world = World()
    own = world.memory.tenants[TENANT].company_id
    outcome = await create_quote(world.deps, CUSTOMER, CreateQuote(a_draft(), own))
    assert outcome.id_of("Quote") in world.memory.quotes


# priceItem and proposeAlternative


async def test_pricing_the_last_line_records_that_the_prices_are_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    outcome = await price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), PRICE))
    assert outcome.changes == (StatusChange(quote.lines[0].item.ref, "PENDING", "SOURCED"),)
    assert world.memory.quotes[quote.quote.id].lines[0].item.price == priced
    assert world.memory.event_types == ["QUOTE_ITEM_PRICED", "QUOTE_PENDING"]


async def test_correcting_a_price_does_not_say_again_that_prices_are_ready():
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    for _ in range(2):
        await price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), PRICE))
    assert world.memory.event_types == ["QUOTE_ITEM_PRICED", "QUOTE_PENDING", "QUOTE_ITEM_PRICED"]


@pytest.mark.parametrize(
    ("money", "problem"),
    [
        (MoneyDraft("-1", "USD"), (ErrorCode.INVALID_AMOUNT, ("price", "amount"))),
        (MoneyDraft("1.005", "USD"), (ErrorCode.INVALID_AMOUNT, ("price", "amount"))),
        (MoneyDraft("1", "XYZ"), (ErrorCode.INVALID_CURRENCY, ("price", "currencyCode"))),
    ],
)
async def test_an_impossible_price_is_refused_where_it_stands(money, problem):
    world = World()
    quote = world.memory.keep(a_quote(line(unpriced)))
    assert await refused(price(world.deps, PLATFORM, PriceOffer(item_ref(item_of(quote)), money))) == problem
    assert world.memory.commits == 0


async def test_an_alternative_proposed_with_a_price_is_sourced_from_the_start():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    proposed = ProposeAlternative(item_ref(item_of(quote)), PROPOSAL, PRICE)
    outcome = await propose_alternative(world.deps, PLATFORM, proposed)
    [alternative] = world.memory.quotes[quote.quote.id].lines[0].alternatives
    assert (alternative.id, alternative.status, alternative.price) == (
        outcome.id_of("Alternative"),
        OfferStatus.SOURCED,
        Money(1450_00, "USD"),
    )
    assert outcome.changes == (StatusChange(alternative.ref, "PENDING", "SOURCED"),)
    assert world.memory.event_types == ["QUOTE_ALTERNATIVE_PROPOSED"]


async def test_an_alternative_needs_a_brand_or_a_model():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    nameless = AlternativeDraft(Specification(ram="16 GB"))
    proposed = ProposeAlternative(item_ref(item_of(quote)), nameless)
    problem = await refused(propose_alternative(world.deps, PLATFORM, proposed))
    assert problem == (ErrorCode.REQUIRED, ("specification", "model"))
    assert world.memory.commits == 0


# The decisions


async def test_an_acceptance_is_saved_recorded_and_ordered():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    outcome = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    after = world.memory.quotes[quote.quote.id]
    [order] = world.memory.orders.values()
    assert after.quote.status == QuoteStatus.APPROVED
    assert after.lines[0].recipients[0].vendor_order_id == order.id
    assert world.memory.event_types == ["QUOTE_ITEM_ACCEPTED", "QUOTE_APPROVED"]
    assert world.memory.events[0].changes == outcome.changes
    moved = (quote.quote.ref, "PENDING", "APPROVED")
    whole = {StatusChange(*moved, StatusField.DECISION_STATUS), StatusChange(*moved)}
    assert whole <= set(world.memory.events[0].changes)
    assert (world.memory.events[1].changes, world.memory.events[1].cause) == ((), world.memory.events[0])
    assert world.memory.events[0].actor == CUSTOMER.actor


async def test_accepting_an_alternative_is_recorded_as_such_and_names_it():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1), line(unpriced)))
    outcome = await decide(world.deps, CUSTOMER, accepting(global_id("Alternative", first(quote))))
    assert (outcome.id_of("QuoteItem"), outcome.id_of("Alternative")) == (item_of(quote), first(quote))
    assert world.memory.event_types == ["QUOTE_ALTERNATIVE_ACCEPTED"]


async def test_a_rejection_orders_nothing_and_writes_no_letter():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    assert world.memory.event_types == ["QUOTE_ITEM_REJECTED", "QUOTE_REJECTED"]
    assert (world.memory.jobs, world.memory.orders) == ({}, {})


async def test_a_line_that_cannot_be_ordered_yet_is_accepted_with_an_order_but_no_job_for_it():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=[a_recipient(email=None)])))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert [order.status for order in world.memory.orders.values()] == ["NEEDS_DATA"]
    assert [key for key in world.memory.job_keys if key.startswith("vendor-order")] == []


async def test_an_acceptance_with_other_recipients_replaces_and_approves_them():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=2)))
    people = (RecipientDraft("Carla", "Uruguay", "carla@x.example"),)
    await decide(world.deps, CUSTOMER, accepting(item_of(quote), recipients=people))
    [carla] = world.memory.quotes[quote.quote.id].lines[0].recipients
    assert (carla.name, carla.country, carla.status) == ("Carla", "UY", RecipientStatus.APPROVED)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"recipients": ()}, (ErrorCode.REQUIRED, ("recipients",))),
        ({"recipients": (RecipientDraft("A", "UY"),) * 2}, (ErrorCode.RECIPIENT_COUNT, ("recipients",))),
        ({"recipients": (RecipientDraft("A", "ZZ"),)}, (ErrorCode.INVALID_COUNTRY, ("recipients", "0", "country"))),
        ({"expected_price": MoneyDraft("x", "USD")}, (ErrorCode.INVALID_AMOUNT, ("expectedPrice", "amount"))),
    ],
)
async def test_an_acceptance_with_bad_details_is_refused_and_changes_nothing(given, problem):
    world = World()
    quote = world.memory.keep(a_quote(line(priced, recipients=3)))
    assert await refused(decide(world.deps, CUSTOMER, accepting(item_of(quote), **given))) == problem
    assert world.memory.quotes[quote.quote.id] == quote
    assert world.memory.commits == 0


@pytest.mark.parametrize("decision", [accepting, rejecting])
async def test_a_dry_run_tells_what_would_change_and_writes_nothing(decision):
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    outcome = await decide(world.deps, CUSTOMER, decision(item_of(quote), dry_run=True))
    assert outcome.changes
    assert world.memory.quotes[quote.quote.id] == quote
    assert (world.memory.events, world.memory.jobs, world.memory.orders, world.memory.commits) == ([], {}, {}, 0)


async def test_a_dry_run_under_an_idempotency_key_does_not_use_the_key_up():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    caller = replace(CUSTOMER, idempotency=IdempotencyKey("once", "acceptItem", "hash"))
    await decide(world.deps, caller, accepting(item_of(quote), dry_run=True))
    await decide(world.deps, caller, accepting(item_of(quote)))
    assert statuses(world.memory.quotes[quote.quote.id])["item"] == OfferStatus.ACCEPTED


async def test_the_same_decision_again_writes_and_records_nothing():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    stored, events, jobs = world.memory.quotes[quote.quote.id], [*world.memory.events], {*world.memory.jobs}
    again = await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    assert again == Outcome((quote.quote.ref, quote.lines[0].item.ref))
    assert world.memory.quotes[quote.quote.id] is stored
    assert (world.memory.events, {*world.memory.jobs}) == (events, jobs)


async def test_a_conflict_writes_nothing():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, CUSTOMER, accepting(item_of(quote)))
    commits = world.memory.commits
    with pytest.raises(LineClosed):
        await decide(world.deps, CUSTOMER, rejecting(item_of(quote)))
    assert world.memory.commits == commits
    assert world.memory.quotes[quote.quote.id].lines[0].item.decision == LineDecision.ITEM_ACCEPTED


# Who is found, and under which id


async def test_a_line_of_another_company_is_not_found():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    with pytest.raises(NotFound) as refusal:
        await decide(world.deps, STRANGER, accepting(item_of(quote)))
    assert refusal.value.path == ("id",)
    assert world.memory.commits == 0


async def test_a_platform_key_reaches_the_lines_of_every_company():
    world = World()
    quote = world.memory.keep(a_quote(line(priced)))
    assert (await decide(world.deps, PLATFORM, accepting(item_of(quote)))).changes


async def test_a_line_that_never_was_is_not_found():
    with pytest.raises(NotFound, match="quote item"):
        await decide(World().deps, CUSTOMER, accepting(new_id()))


async def test_what_is_no_id_is_invalid_input_rather_than_not_found():
    assert await refused(decide(World().deps, CUSTOMER, accepting("DROP TABLE"))) == (ErrorCode.INVALID_ID, ("id",))


async def test_the_id_of_another_type_is_invalid_input():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    only_items = accepting("", offer=item_ref(global_id("Alternative", first(quote))))
    assert await refused(decide(world.deps, CUSTOMER, only_items)) == (ErrorCode.INVALID_ID, ("itemId",))


async def test_a_bare_uuid_of_an_alternative_is_not_an_item():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1)))
    with pytest.raises(NotFound):
        await decide(world.deps, CUSTOMER, accepting("", offer=item_ref(first(quote))))


async def test_a_bare_uuid_may_be_an_item_or_an_alternative():
    world = World()
    quote = world.memory.keep(a_quote(line(priced, alternatives=1), line(priced)))
    assert (await decide(world.deps, CUSTOMER, accepting(first(quote)))).id_of("Alternative") == first(quote)
    assert (await decide(world.deps, CUSTOMER, accepting(item_of(quote, 1)))).id_of("Alternative") is None


# Idempotency


async def test_a_replay_answers_what_was_answered_and_does_nothing():
    world = World()
    caller = replace(CUSTOMER, idempotency=IdempotencyKey("once", "createQuote", "hash"))
    one = await create_quote(world.deps, caller, CreateQuote(a_draft()))
    other = await create_quote(world.deps, caller, CreateQuote(a_draft()))
    assert one == other
    assert (len(world.memory.quotes), len(world.memory.events)) == (1, 1)


async def test_the_same_idempotency_key_with_other_input_is_a_clash():
    world = World()
    key = IdempotencyKey("once", "createQuote", "hash")
    await create_quote(world.deps, replace(CUSTOMER, idempotency=key), CreateQuote(a_draft()))
    other = replace(CUSTOMER, idempotency=replace(key, input_hash="other"))
    with pytest.raises(IdempotencyClash):
        await create_quote(world.deps, other, CreateQuote(a_draft()))


async def test_a_refused_mutation_leaves_its_idempotency_key_free():
    world = World()
    caller = replace(CUSTOMER, idempotency=IdempotencyKey("once", "createQuote", "hash"))
    await refused(create_quote(world.deps, caller, CreateQuote(a_draft(items=()))))
    assert (await create_quote(world.deps, caller, CreateQuote(a_draft()))).id_of("Quote") in world.memory.quotes
