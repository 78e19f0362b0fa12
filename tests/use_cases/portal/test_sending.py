"""Sending a quote: to whom, with what, how often; and what becomes of links when the key is changed."""

from datetime import timedelta

import pytest

from domain.portal.drafts import SendDraft
from domain.portal.public_keys import public_key
from domain.ports.external import NoPdfRenderer
from domain.quotes.decisions import accept, reject
from domain.quotes.lifecycle import Expired
from domain.quotes.transitions import cancel
from domain.shared.errors import Conflict, InvalidInput, NotFound
from domain.shared.jobs import JobStatus, JobType
from domain.shared.messages import EmailKind
from domain.shared.outbound_errors import NotConfigured
from domain.use_cases.portal.sending import (
    RevokePublicKey,
    RotatePublicKey,
    SendQuote,
    revoke_public_key,
    rotate_public_key,
    send_quote,
)
from domain.use_cases.worker import dispatch
from tests.builders import ANA, NOW, TENANT, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.storage import World

CALLER = a_caller()


def a_world(**given):
    """A world with one quote that has its key."""
    world = World()
    quote = world.memory.keep(a_quote(line(priced), **given))
    world.memory.public_keys.append(public_key(quote.quote, "key-1", NOW))
    return world, quote


async def deliver(world: World) -> None:
    """Run every job that is due."""
    while (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)


async def test_a_quote_goes_to_its_requester_with_link_and_document():
    world, quote = a_world(expires_at=NOW + timedelta(days=14))
    outcome = await send_quote(
        world.deps, CALLER, SendQuote(quote.quote.id, SendDraft(message="Hello,\n\nas discussed."))
    )
    await deliver(world)

    assert ("DRAFT", "SENT") in [(it.from_status, it.to_status) for it in outcome.changes]
    assert world.memory.event_types == ["QUOTE_SENT"]
    [email] = world.external.mail.letters
    assert (email.kind, email.to) == (EmailKind.QUOTE_SENT, "it@austral.example")
    assert email.link == world.deps.links.page(world.memory.public_keys[0].key)
    assert email.message == ("Hello,", "", "as discussed.")
    assert "6 December 2026, 09:30 (UTC)" in [it.value for it in email.facts]
    [enclosure] = email.enclosures
    assert (enclosure.name, enclosure.content_type) == (f"quote-{quote.quote.order_id}.pdf", "application/pdf")
    assert enclosure.content.startswith(b"%PDF")


async def test_every_address_gets_a_letter_of_its_own_once():
    world, quote = a_world(assignee_email="sales@quip.example")
    to = ("ana@x.example", "ANA@x.example", "bob@x.example")
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft(to, email_assignee=True)))
    await deliver(world)

    sent = sorted(it.to for it in world.external.mail.letters)
    assert sent == ["ana@x.example", "bob@x.example", "sales@quip.example"]


async def test_the_assignee_alone_can_be_sent_a_quote():
    world, quote = a_world(assignee_email="sales@quip.example")
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft((), email_assignee=True)))
    await deliver(world)

    assert [it.to for it in world.external.mail.letters] == ["sales@quip.example"]


async def test_link_and_document_can_be_left_out():
    world, quote = a_world()
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft(include_link=False, include_pdf=False)))
    await deliver(world)

    [email] = world.external.mail.letters
    assert (email.link, email.enclosures) == (None, ())


async def test_a_quote_is_sent_again_as_often_as_is_wanted():
    world, quote = a_world()
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    again = await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    await deliver(world)

    assert again.changes == ()
    assert len(world.external.mail.letters) == 2
    assert len({it.message_id for it in world.external.mail.letters}) == 2


async def test_a_dry_run_sends_nothing():
    world, quote = a_world()
    outcome = await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft(), dry_run=True))

    assert outcome.changes
    assert (world.memory.commits, world.memory.jobs) == (0, {})


async def test_what_was_approved_is_sent_again_and_stays_as_it_is():
    world, quote = a_world()
    world.memory.keep(accept(quote, item_of(quote), ANA, NOW).quote)
    outcome = await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    await deliver(world)
    assert outcome.changes == ()
    assert [it.state for it in world.external.mail.letters] == ["was accepted"]


async def test_what_is_rejected_called_off_or_over_is_not_sent():
    world, quote = a_world(expires_at=NOW + timedelta(minutes=1))
    for closed in (reject(quote, item_of(quote), NOW).quote, cancel(quote, ANA, NOW).quote):
        world.memory.keep(closed)
        with pytest.raises(Conflict):
            await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    world.memory.keep(quote)
    world.clock.move(minutes=2)
    with pytest.raises(Expired):
        await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    assert world.memory.jobs == {}


async def test_a_quote_called_off_before_its_letter_left_is_not_sent():
    world, quote = a_world()
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    world.memory.keep(cancel(quote, ANA, NOW).quote)
    await deliver(world)

    assert world.external.mail.letters == []
    assert [it.status for it in world.memory.jobs.values()] == [JobStatus.DONE]


@pytest.mark.parametrize(
    ("draft", "path"),
    [
        (SendDraft(("nobody",)), ("to", "0")),
        (SendDraft(()), ("to",)),
        (SendDraft(("a@x.example",) * 21), ("to",)),
        (SendDraft(email_assignee=True), ("emailAssignee",)),
        (SendDraft(message="x" * 5_001), ("message",)),
    ],
)
async def test_a_wrong_sending_is_told_where_it_is_wrong(draft, path):
    world, quote = a_world()
    with pytest.raises(InvalidInput) as refused:
        await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, draft))
    assert [it.path for it in refused.value.problems] == [path]
    assert world.memory.commits == 0


async def test_another_tenants_quote_is_as_one_that_does_not_exist():
    world, quote = a_world()
    stranger = a_caller(TENANT + 1)
    for attempt in (
        send_quote(world.deps, stranger, SendQuote(quote.quote.id, SendDraft())),
        revoke_public_key(world.deps, stranger, RevokePublicKey(quote.quote.id)),
        rotate_public_key(world.deps, stranger, RotatePublicKey(quote.quote.id)),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert world.memory.commits == 0


async def test_a_revoked_key_is_not_sent():
    world, quote = a_world()
    await revoke_public_key(world.deps, CALLER, RevokePublicKey(quote.quote.id))
    await revoke_public_key(world.deps, CALLER, RevokePublicKey(quote.quote.id))

    assert [it.shown for it in world.memory.public_keys] == [None]
    assert world.memory.event_types == ["QUOTE_PUBLIC_KEY_CHANGED"]
    with pytest.raises(InvalidInput) as refused:
        await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    assert [it.path for it in refused.value.problems] == [("includeLink",)]
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft(include_link=False)))


async def test_a_new_key_takes_the_place_of_the_old():
    world, quote = a_world()
    before = world.memory.public_keys[0].key
    await rotate_public_key(world.deps, CALLER, RotatePublicKey(quote.quote.id))
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    await deliver(world)

    old, new = world.memory.public_keys
    assert (old.shown, new.revoked_at) == (None, None)
    assert new.key != before
    assert [it.link for it in world.external.mail.letters] == [world.deps.links.page(new.key)]


async def test_without_a_printer_the_letter_waits_for_an_operator():
    world, quote = a_world()
    world.pdf_renderer = NoPdfRenderer()
    await send_quote(world.deps, CALLER, SendQuote(quote.quote.id, SendDraft()))
    await deliver(world)

    [job] = world.memory.jobs.values()
    assert (job.kind, job.status) == (JobType.SEND_QUOTE, JobStatus.DEAD)
    assert NotConfigured.__name__ in (job.last_error or "")
