"""What tests of quotes share: who acts, worlds with a quote, commands, and how a refusal is read."""

from dataclasses import replace

import pytest

from domain.quotes.statuses import Verdict
from domain.shared.errors import ErrorCode, InvalidInput
from domain.use_cases.quotes.decisions import Decide
from domain.use_cases.quotes.steps import OfferRef
from tests.builders import NOW, a_caller, a_quote
from tests.fakes.storage import World

CUSTOMER = a_caller()
PLATFORM = a_caller(None)


def accepting(offer_id: str, **given) -> Decide:
    return replace(Decide(OfferRef(offer_id, ("offerId",)), Verdict.ACCEPT), **given)


def rejecting(offer_id: str, **given) -> Decide:
    return accepting(offer_id, verdict=Verdict.REJECT, **given)


def item_ref(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


async def refused(act) -> tuple[ErrorCode, tuple[str, ...]]:
    with pytest.raises(InvalidInput) as refusal:
        await act
    [problem] = refusal.value.problems
    return problem.code, problem.path


def a_world(*lines, **given):
    world = World()
    return world, world.memory.keep(a_quote(*lines, **{"priced_at": NOW, **given}))


def now_of(world, quote):
    return world.memory.quotes[quote.quote.id]
