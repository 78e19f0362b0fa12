"""What we say is English, whatever it is said of."""

import re
from itertools import product

import pytest

from domain.catalogue.products import DEVICES, ProductType
from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.fulfilment.vendor_reports import ask_to_cancel, ask_to_confirm, ask_to_select
from domain.quotes.alternatives import propose
from domain.quotes.decisions import accept, check_decidable, reject
from domain.quotes.lifecycle import apply_transition
from domain.quotes.pricing import price_offer
from domain.quotes.state_machines import MACHINES
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, OfferStatus, QuoteOfferStatus
from domain.shared.errors import Conflict
from domain.shared.parsers import with_full_stop
from domain.shared.wording import cannot_become, counted
from tests.builders import ANA, NOW, a_quote, an_alternative, first, item_of, line, priced, unpriced
from tests.domain.fulfilment.test_vendor_reports import an_order
from tests.domain.quotes.test_lifecycle import at, someone_who_may

NOT_ENGLISH = re.compile(
    r"\.\.|\b1 (devices|prices|items|lines|recipients|people|options)\b|\b(a) [aeiou]|ys\b|\bmouses\b|headphoness"
    r"|\b([A-Z_]+); it cannot become \2\b|\b([A-Z_]+) and cannot become \3\b|  |None"
)


def said(conflict: Conflict) -> None:
    told = conflict.message
    assert NOT_ENGLISH.search(told) is None, told
    assert told.endswith("."), told


@pytest.mark.parametrize("kind", ProductType)
def test_every_kind_of_device_has_its_plural(kind):
    assert DEVICES[kind] != kind.lower() + "s" or kind.lower() + "s" in {
        "laptops",
        "monitors",
        "keyboards",
        "webcams",
        "services",
    }
    assert {DEVICES[ProductType.MOUSE], DEVICES[ProductType.ACCESSORY], DEVICES[ProductType.HEADPHONES]} == {
        "mice",
        "accessories",
        "headphones",
    }


def test_numbers_of_things_agree_with_their_words():
    assert [counted(it, "price") for it in (0, 1, 2_000)] == ["0 prices", "1 price", "2,000 prices"]
    assert counted(2, "person", "people") == "2 people"


def test_a_sentence_ends_with_one_full_stop():
    assert [with_full_stop(it) for it in ("Dell Inc.", "Dell")] == ["Dell Inc.", "Dell."]


def test_what_is_there_already_is_said_to_be():
    assert cannot_become("REJECTED", "REJECTED") == "REJECTED already."
    assert cannot_become("REJECTED", "ACCEPTED") == "REJECTED; it cannot become ACCEPTED."


STATES = list(product(QuoteOfferStatus, DecisionStatus, FulfilmentStatus))


def test_every_move_of_a_quote_is_refused_in_english():
    refusals = 0
    for states, step in product(STATES, (it for machine in MACHINES for it in machine.transitions)):
        try:
            apply_transition(at(*states), step, someone_who_may(step), NOW)
        except Conflict as conflict:
            said(conflict)
            refusals += 1
    assert refusals > 100


def test_every_part_of_a_quote_is_refused_in_english():
    refusals = 0
    for offer, decision, fulfilment in STATES:
        for goal in OfferStatus:
            try:
                check_decidable(at(offer, decision, fulfilment), goal, NOW)
            except Conflict as conflict:
                said(conflict)
                refusals += 1
    assert refusals > 100


STEPS = {
    "accept": lambda quote, offer: accept(quote, offer, ANA, NOW),
    "reject": lambda quote, offer: reject(quote, offer, NOW),
    "price": lambda quote, offer: price_offer(quote, offer, priced, NOW),
    "propose": lambda quote, _offer: propose(quote, an_alternative(item_id=item_of(quote)), NOW),
}


@pytest.mark.parametrize("steps", list(product(STEPS, STEPS, STEPS)), ids="-".join)
def test_whatever_is_decided_after_whatever_is_refused_in_english(steps):
    for offers in product((item_of, first), repeat=3):
        quote = a_quote(line(priced, alternatives=[priced, unpriced]))
        for step, offer in zip(steps, offers, strict=True):
            try:
                quote = STEPS[step](quote, offer(quote)).quote
            except Conflict as conflict:
                said(conflict)


def test_every_wish_about_an_order_is_refused_in_english():
    refusals = 0
    for status in VendorOrderStatus:
        for ask in (lambda it: ask_to_confirm(it, None), ask_to_cancel, lambda it: ask_to_select(it, "g", "c")):
            try:
                ask(an_order(status))
            except Conflict as conflict:
                said(conflict)
                refusals += 1
    assert refusals > 10
