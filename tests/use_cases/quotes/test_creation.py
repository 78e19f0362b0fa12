"""Creating quotes: what is written, what is recorded, and what is refused; idempotency keys."""

from dataclasses import replace

import pytest

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice
from domain.catalogue.products import ProductType, Specification
from domain.ports.unit_of_work import IdempotencyClash
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.shared.access import IdempotencyKey
from domain.shared.errors import ErrorCode
from domain.shared.ids import global_id, new_id
from domain.use_cases.quotes.creation import CreateQuote, create_quote
from tests.builders import TENANT, a_configuration, a_product
from tests.fakes.storage import World
from tests.use_cases.quotes.support import CUSTOMER, PLATFORM, refused

ANY_LAPTOP = CustomDevice(ProductType.LAPTOP, Specification(brand="Dell"))


def a_draft(**given) -> QuoteDraft:
    items = (ItemDraft(ANY_LAPTOP, (RecipientDraft("Ana", "UY"),)),)
    return replace(QuoteDraft("it@austral.example", items), **given)


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
    assert await refused(create_quote(world.deps, CUSTOMER, CreateQuote(a_draft(requester_email=" ")))) == (
        ErrorCode.REQUIRED,
        ("requesterEmail",),
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
    await refused(create_quote(world.deps, caller, CreateQuote(a_draft(requester_email=" "))))
    assert (await create_quote(world.deps, caller, CreateQuote(a_draft()))).id_of("Quote") in world.memory.quotes
