"""Making stream tickets."""

import pytest

from domain.shared.access import Unauthorized
from domain.stream_tickets.tickets import LIFETIME, StreamTicket, holder, may_be_ticket, ticket_hash
from domain.use_cases.stream_tickets.creation import CreateStreamTicket, create_stream_ticket
from tests.builders import NOW, a_caller
from tests.fakes.storage import World

CALLER = a_caller()


async def test_a_ticket_is_shown_once_and_stored_as_its_hash():
    world = World()
    outcome = await create_stream_ticket(world.deps, CALLER, CreateStreamTicket())
    [stored] = world.memory.stream_tickets
    assert outcome.secret is not None
    assert may_be_ticket(outcome.secret)
    assert stored == StreamTicket(ticket_hash(outcome.secret), CALLER, NOW + LIFETIME)
    assert outcome.details == {"expires_at": stored.expires_at.isoformat()}


async def test_a_dry_run_stores_and_shows_no_ticket():
    world = World()
    outcome = await create_stream_ticket(world.deps, CALLER, CreateStreamTicket(dry_run=True))
    assert (outcome.secret, world.memory.stream_tickets) == (None, [])


async def test_a_ticket_stands_for_its_key_until_it_expires():
    world = World()
    await create_stream_ticket(world.deps, CALLER, CreateStreamTicket())
    [stored] = world.memory.stream_tickets
    assert holder(stored, stored.expires_at - LIFETIME / 30) == CALLER
    for ticket, at in ((stored, stored.expires_at), (None, NOW)):
        with pytest.raises(Unauthorized, match="unknown, used or expired"):
            holder(ticket, at)


@pytest.mark.parametrize("given", ["", "qk_live_x", "qt_" + "x" * 100, "qt_é"])
def test_what_has_not_the_form_of_a_ticket_is_none(given):
    assert not may_be_ticket(given)
