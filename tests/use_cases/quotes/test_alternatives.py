"""Proposing alternatives: what is written, what is recorded, and what is refused."""

from domain.catalogue.products import Specification
from domain.quotes.alternatives import AlternativeDraft
from domain.quotes.statuses import OfferStatus
from domain.shared.errors import ErrorCode
from domain.shared.events import StatusChange
from domain.shared.money import Money, MoneyDraft
from domain.use_cases.quotes.alternatives import ProposeAlternative, propose_alternative
from tests.builders import a_quote, item_of, line, priced
from tests.fakes.storage import World
from tests.use_cases.quotes.support import PLATFORM, item_ref, refused

PRICE = MoneyDraft("1450.00", "USD")
PROPOSAL = AlternativeDraft(Specification(brand="Lenovo"))


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
