"""What customers do with a public key: what is written, what follows, and what is refused."""

from dataclasses import replace

import pytest

from domain.portal.drafts import AttachmentDraft, SignDraft
from domain.portal.printed_quote import document_hash
from domain.portal.public_keys import ClientInfo, KeyGrant, UnknownPublicKey
from domain.portal.signatures import AlreadySigned, DocumentChanged, NotSigned, SignaturePurpose
from domain.quotes.lifecycle import Expired, WrongStatus
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus
from domain.quotes.transitions import mark_sent
from domain.shared.access import ActorType, Environment
from domain.shared.errors import InvalidInput
from domain.shared.ids import global_id
from domain.shared.jobs import JobType
from domain.use_cases.portal.signing import (
    AskForProjectApproval,
    AttachDocument,
    DeclineQuote,
    DetachDocument,
    RequireSignatures,
    SignQuote,
    ViewQuote,
    approve_quote_project,
    ask_for_project_approval,
    attach_document,
    decline_quote,
    detach_document,
    set_required_signatures,
    sign_quote,
    view_quote,
)
from tests.builders import ANA, NOW, TENANT, a_caller, a_quote, line, priced
from tests.fakes.portal import FakePdfRenderer
from tests.fakes.storage import World

COMPANY = a_caller()
VISITOR = ClientInfo("192.0.2.1", "A browser")
CARLA = SignDraft("Carla Paz", "carla@customer.example")
DAN = SignDraft("Dan Ruiz", "dan@customer.example")
TERMS = AttachmentDraft("Terms of sale", "https://shop.example/terms.pdf", "a" * 64)


def a_world(*lines, **given):
    """A world with one quote, its id, and whoever has its key."""
    world = World()
    quote = world.memory.keep(a_quote(*(lines or [line(priced)]), **given))
    opened = KeyGrant("key-1", Environment.LIVE, TENANT, quote.quote.id)
    return world, quote.quote.id, opened.caller("Carla Paz")


def head(world, quote_id):
    return world.memory.quotes[quote_id].quote


async def test_opening_a_quote_is_told_once():
    world, quote_id, customer = a_world()
    world.memory.keep(mark_sent(world.memory.quotes[quote_id], ANA, NOW).quote)
    await view_quote(world.deps, customer, ViewQuote(quote_id))
    await view_quote(world.deps, customer, ViewQuote(quote_id))

    assert head(world, quote_id).offer_status == QuoteOfferStatus.VIEWED
    [event] = world.memory.events
    assert (event.type, event.actor.kind, event.actor.id) == ("QUOTE_VIEWED", ActorType.CUSTOMER, "key-1")


async def test_signing_records_who_what_when_and_from_where():
    world, quote_id, customer = a_world()
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))

    [signature] = world.memory.signatures
    assert (signature.name, signature.email) == ("Carla Paz", "carla@customer.example")
    assert (signature.address, signature.user_agent, signature.signed_at) == ("192.0.2.1", "A browser", NOW)
    [kept] = world.memory.signed_documents.values()
    assert signature.document_hash == document_hash(kept)


async def test_the_last_signature_orders_what_was_offered():
    world, quote_id, customer = a_world(line(priced), line(priced), priced_at=NOW)
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))

    assert head(world, quote_id).decision_status == DecisionStatus.APPROVED
    told = ["QUOTE_SIGNED", "QUOTE_ITEM_ACCEPTED", "QUOTE_ITEM_ACCEPTED", "QUOTE_APPROVED"]
    assert world.memory.event_types == told
    assert {it.actor.name for it in world.memory.events} == {"Carla Paz"}
    assert {it.actor.kind for it in world.memory.events} == {ActorType.CUSTOMER}
    assert len(world.memory.orders) == 2
    assert [it.kind for it in world.memory.jobs.values()].count(JobType.PLACE_VENDOR_ORDER) == 1, "to one person"


async def test_with_two_signatures_asked_for_the_first_orders_nothing():
    world, quote_id, customer = a_world()
    await set_required_signatures(world.deps, COMPANY, RequireSignatures(quote_id, 2))
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    assert (world.memory.orders, head(world, quote_id).requires_more_signatures) == ({}, True)

    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, DAN))
    assert len(world.memory.orders) == 1
    assert len({it.document_hash for it in world.memory.signatures}) == 1


async def test_signing_twice_changes_nothing_the_second_time():
    world, quote_id, customer = a_world()
    await set_required_signatures(world.deps, COMPANY, RequireSignatures(quote_id, 2))
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    before = list(world.memory.events)
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))

    assert world.memory.events == before
    assert len(world.memory.signatures) == 1


async def test_a_dry_run_signs_nothing():
    world, quote_id, customer = a_world()
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA, dry_run=True))
    assert (world.memory.commits, world.memory.signatures) == (0, [])


async def test_nobody_signs_another_document_than_the_one_they_saw():
    world, quote_id, customer = a_world()
    with pytest.raises(DocumentChanged):
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, replace(CARLA, document_hash="0" * 64)))
    assert world.memory.commits == 0


async def test_a_quote_changed_while_it_is_printed_is_not_signed():
    world, quote_id, customer = a_world()

    class Meddler(FakePdfRenderer):
        async def print_quote(self, document):
            quote = world.memory.quotes[quote_id]
            world.memory.keep(replace(quote, quote=quote.quote._replace(po_number="PO-8")))
            return await super().print_quote(document)

    world.pdf_renderer = Meddler()
    with pytest.raises(DocumentChanged):
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    assert world.memory.signatures == []


async def test_whoever_signs_signs_all_that_asks_for_it():
    world, quote_id, customer = a_world()
    added = await attach_document(world.deps, COMPANY, AttachDocument(quote_id, TERMS))
    await attach_document(
        world.deps, COMPANY, AttachDocument(quote_id, AttachmentDraft("Leaflet", "https://x.example", None, False))
    )
    with pytest.raises(InvalidInput) as refused:
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    assert [it.path for it in refused.value.problems] == [("documents",)]
    with pytest.raises(InvalidInput) as refused:
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, replace(CARLA, documents=("x", quote_id))))
    assert [it.path for it in refused.value.problems] == [("documents", "0"), ("documents", "1"), ("documents",)]

    signed = replace(CARLA, documents=(global_id("QuoteAttachment", added.ids_of("QuoteAttachment")[0]),))
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, signed))

    [signature] = world.memory.signatures
    assert [(it.name, it.sha256) for it in signature.signed_documents] == [("Terms of sale", "a" * 64)]
    assert world.pdf_renderer.printed[-1].attachments == ("Terms of sale", "Leaflet")


async def test_what_belongs_to_a_quote_is_settled_by_the_first_signature():
    world, quote_id, customer = a_world()
    added = await attach_document(
        world.deps, COMPANY, AttachDocument(quote_id, replace(TERMS, requires_signature=False))
    )
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))

    with pytest.raises(AlreadySigned):
        await attach_document(world.deps, COMPANY, AttachDocument(quote_id, TERMS))
    with pytest.raises(AlreadySigned):
        await detach_document(world.deps, COMPANY, DetachDocument(added.ids_of("QuoteAttachment")[0]))
    assert len(world.memory.attachments) == 1


async def test_a_document_can_be_taken_off_again():
    world, quote_id, _ = a_world()
    added = await attach_document(world.deps, COMPANY, AttachDocument(quote_id, TERMS))
    await detach_document(world.deps, COMPANY, DetachDocument(added.ids_of("QuoteAttachment")[0]))
    assert world.memory.attachments == []
    assert world.memory.event_types == ["QUOTE_SIGNING_CHANGED"] * 2


@pytest.mark.parametrize(
    ("draft", "path"),
    [
        (replace(CARLA, name=" "), ("name",)),
        (replace(CARLA, email="carla"), ("email",)),
        (replace(CARLA, document_hash="short"), ("documentHash",)),
    ],
)
async def test_a_wrong_signature_is_told_where_it_is_wrong(draft, path):
    world, quote_id, customer = a_world()
    with pytest.raises(InvalidInput) as refused:
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, draft))
    assert [it.path for it in refused.value.problems] == [path]


@pytest.mark.parametrize("count", [0, -1, 21])
async def test_a_quote_takes_one_to_twenty_signatures(count):
    world, quote_id, _ = a_world()
    with pytest.raises(InvalidInput):
        await set_required_signatures(world.deps, COMPANY, RequireSignatures(quote_id, count))


async def test_a_quote_whose_time_is_over_is_not_signed_even_if_the_worker_is_late():
    world, quote_id, customer = a_world(expires_at=NOW)
    with pytest.raises(Expired):
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    assert world.memory.signatures == []


async def test_declining_rejects_every_line_and_says_why():
    world, quote_id, customer = a_world(line(priced), line(priced))
    await decline_quote(world.deps, customer, DeclineQuote(quote_id, "Too dear"))
    await decline_quote(world.deps, customer, DeclineQuote(quote_id, "Still too dear"))

    assert head(world, quote_id).decision_status == DecisionStatus.DECLINED
    assert head(world, quote_id).closing_reason == "Too dear"
    assert world.memory.event_types == ["QUOTE_DECLINED", "QUOTE_REJECTED"]
    with pytest.raises(WrongStatus):
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))


async def test_a_project_is_approved_by_the_customer_once_the_company_has_asked():
    world, quote_id, customer = a_world()
    with pytest.raises(NotSigned):
        await ask_for_project_approval(world.deps, COMPANY, AskForProjectApproval(quote_id))
    await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    with pytest.raises(NotSigned):
        await approve_quote_project(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    await ask_for_project_approval(world.deps, COMPANY, AskForProjectApproval(quote_id))
    await approve_quote_project(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    await approve_quote_project(world.deps, customer, SignQuote(quote_id, VISITOR, DAN))

    assert head(world, quote_id).is_project_approval_signed
    assert [it.purpose for it in world.memory.signatures] == [SignaturePurpose.QUOTE, SignaturePurpose.PROJECT]
    assert world.memory.event_types[-2:] == ["QUOTE_PROJECT_APPROVAL_REQUESTED", "QUOTE_PROJECT_APPROVED"]


async def test_a_quote_that_is_gone_is_opened_by_no_key():
    world, quote_id, customer = a_world()
    del world.memory.quotes[quote_id]
    with pytest.raises(UnknownPublicKey):
        await sign_quote(world.deps, customer, SignQuote(quote_id, VISITOR, CARLA))
    with pytest.raises(UnknownPublicKey):
        await decline_quote(world.deps, customer, DeclineQuote(quote_id))
