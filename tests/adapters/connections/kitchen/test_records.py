"""A quote of kitchen.co is read without loss, whatever has changed of its fields."""

import json
from decimal import Decimal

import pytest

from adapters.connections.exact_json import read_json
from adapters.connections.kitchen.records import quote_of
from domain.connections.records import ForeignOption, ForeignPerson, ForeignQuote, Unread
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus
from tests.adapters.support.systems import only, reasons

WORKSPACE = "https://studio.kitchen.co"
SAMPLE = """{
  "id": "31", "name": "Ten laptops", "status": "accepted", "sent_at": "2026-03-02T09:15:09+00:00",
  "expires_at": "2026-03-16T09:15:09+00:00", "voided_at": null, "accepted_at": "2026-03-04T17:40:00+00:00",
  "updated_at": "2026-03-04T17:40:00+00:00", "created_at": "2026-03-02T09:15:00+00:00", "delivery_date": "2026-03-25",
  "author": {"id": "9", "added_on": "2025-01-07T09:00:00+00:00", "name": "Inés Duarte", "email": "ines@studio.example",
    "username": "ines", "phone": "+59899123456", "timezone": null, "group": "team", "role": "admin",
    "avatar_url": null, "avatar_initials": "ID", "color": "#226688", "default_color": "#226688", "is_active": true,
    "last_seen": null},
  "prices": [
    {"id": "311", "quote_id": "31", "name": "Basic", "price": 10000.0, "currency": "USD", "upfront": 2500.5,
     "is_accepted": false, "accepted_by": null, "accepted_at": null},
    {"id": "312", "quote_id": "31", "name": "With warranty", "price": 11250.75, "currency": "USD", "upfront": 0,
     "is_accepted": true, "accepted_by": {"id": "55", "name": "Ana", "email": "ana@client.example", "phone": null},
     "accepted_at": "2026-03-04T17:40:00+00:00"}],
  "currency": "USD", "project_id": "77", "message_id": "801", "body": "<p>Ten laptops.</p>\\n<p>Delivered.</p>"}"""
OF_A_LOGIN = {
    *("added_on", "username", "timezone", "group", "role", "avatar_url", "avatar_initials"),
    *("color", "default_color", "is_active", "last_seen"),
}


def changed(**fields):
    return {**read_json(SAMPLE.encode()), **fields}


def without(*names):
    return {name: value for name, value in changed().items() if name not in names}


def price(**fields):
    return [{**changed()["prices"][0], **fields}]


def as_kitchen(quote: ForeignQuote):
    """The quote in the words of kitchen.co again."""
    rest = dict(quote.metadata)
    times = {f"{name}_at": quote.times.get(name) for name in ("sent", "accepted", "voided")}
    times |= {"expires_at": quote.expires_at, "created_at": quote.created_at, "updated_at": quote.updated_at}
    return {
        "id": quote.external_id,
        "name": quote.title,
        "status": quote.status_word,
        **{name: at.isoformat() if at else None for name, at in times.items()},
        "delivery_date": quote.delivery_date.isoformat() if quote.delivery_date else None,
        "author": as_user(quote.author, "author", rest),
        "prices": [as_price(quote, it, place, rest) for place, it in enumerate(quote.options)],
        "currency": quote.currency,
        "project_id": quote.project_reference,
        "body": quote.body,
        **rest,
    }


def as_user(person: ForeignPerson | None, path: str, rest: dict[str, str]):
    of_rest = {name: rest.pop(f"{path}.{name}", None) for name in ("id", "phone")}
    return person and {"name": person.name, "email": person.email, **of_rest}


def as_price(quote: ForeignQuote, option: ForeignOption, place: int, rest: dict[str, str]):
    return {
        "id": option.external_id,
        "quote_id": quote.external_id,
        "name": option.name,
        "price": option.price,
        "currency": quote.currency,
        "upfront": option.upfront,
        "is_accepted": option.accepted_at is not None,
        "accepted_by": as_user(option.accepted_by, f"prices.{place}.accepted_by", rest),
        "accepted_at": option.accepted_at.isoformat() if option.accepted_at else None,
    }


def test_the_sample_of_a_quote_round_trips_without_loss():
    quote = only(quote_of(read_json(SAMPLE.encode()), WORKSPACE))

    expected = read_json(SAMPLE.encode())
    expected["author"] = {name: it for name, it in expected["author"].items() if name not in OF_A_LOGIN}
    assert as_kitchen(quote) == expected
    assert quote.flaws == ()


def test_an_accepted_quote_says_what_was_accepted_and_where_it_is_shown():
    quote = only(quote_of(changed(), WORKSPACE))

    assert (quote.offer_status, quote.decision_status) == (QuoteOfferStatus.SENT, DecisionStatus.APPROVED)
    assert (quote.total, quote.url) == (Decimal("11250.75"), "https://studio.kitchen.co/quotes/31")


def test_the_phone_and_the_id_of_who_accepted_a_price_are_kept_beside_their_name_and_email():
    accepted_by = {"id": "55", "name": "Ana", "email": "ana@client.example", "phone": "+598 99 765 432"}
    prices = price(is_accepted=True, accepted_at="2026-03-04T17:40:00+00:00", accepted_by=accepted_by)

    quote = only(quote_of(changed(prices=prices), WORKSPACE))

    assert quote.options[0].accepted_by == ForeignPerson("Ana", "ana@client.example")
    kept = {name: it for name, it in quote.metadata.items() if name.startswith("prices.")}
    assert kept == {"prices.0.accepted_by.id": "55", "prices.0.accepted_by.phone": "+598 99 765 432"}


@pytest.mark.parametrize(
    ("word", "offer", "decision"),
    [
        ("draft", QuoteOfferStatus.DRAFT, DecisionStatus.PENDING),
        ("sent", QuoteOfferStatus.SENT, DecisionStatus.PENDING),
        ("Expired", QuoteOfferStatus.EXPIRED, DecisionStatus.PENDING),
        ("voided", QuoteOfferStatus.VOIDED, DecisionStatus.PENDING),
    ],
)
def test_each_status_has_ours(word, offer, decision):
    quote = only(quote_of(changed(status=word, accepted_at=None), WORKSPACE))

    assert (quote.offer_status, quote.decision_status, quote.flaws) == (offer, decision, ())


@pytest.mark.parametrize(
    ("record", "flaws"),
    [
        (changed(status="paused"), {"status": "This value is not known."}),
        (without("status"), {"status": "This field is missing."}),
        (changed(status=7), {"status": "This value is not known."}),
    ],
)
def test_a_status_that_is_not_known_is_a_flaw_and_the_times_say_where_a_new_quote_is(record, flaws):
    quote = quote_of(record, WORKSPACE)

    assert reasons(quote) == flaws
    assert (only(quote).decision_status, only(quote).is_status_known) == (DecisionStatus.APPROVED, False)


@pytest.mark.parametrize(
    ("record", "flaws"),
    [
        (changed(prices="none"), {"prices": "This is not a list."}),
        (changed(prices=["10"]), {"prices.0": "This is not an object."}),
        (changed(prices=price(price=None)), {"prices.0.price": "This field is missing."}),
        (changed(prices=price(price="a lot")), {"prices.0.price": "This is not an amount."}),
        (changed(prices=price(price=True)), {"prices.0.price": "This is not an amount."}),
        (changed(prices=price(currency="EUR")), {"prices.0.currency": "The currency is not that of the quote."}),
        (
            changed(prices=price(is_accepted=True)),
            {"prices.0.accepted_at": "The option is accepted, but does not say when."},
        ),
        (changed(expires_at="soon"), {"expires_at": "This is not a time in ISO 8601."}),
        (changed(delivery_date=[]), {"delivery_date": "This is not a date."}),
        (changed(author=["Inés"]), {"author": "This is not an object."}),
        (changed(body={"html": "x"}), {"body": "This is not a text."}),
    ],
)
def test_a_field_of_another_type_is_a_flaw_and_the_rest_is_read(record, flaws):
    quote = quote_of(record, WORKSPACE)

    assert reasons(quote) == flaws
    assert only(quote).title == "Ten laptops"


def test_values_whose_meaning_is_plain_are_read_in_another_type():
    record = changed(id=31, project_id=77, delivery_date="2026-03-25T00:00:00+00:00", prices=price(price="10000.50"))
    quote = only(quote_of(record, WORKSPACE))

    assert (quote.external_id, quote.project_reference, quote.options[0].price) == ("31", "77", Decimal("10000.50"))
    assert (str(quote.delivery_date), quote.flaws) == ("2026-03-25", ())


def test_missing_optional_fields_are_empty():
    quote = only(quote_of({"id": "1", "status": "draft", "created_at": "2026-03-02T09:15:00Z"}, WORKSPACE))

    assert (quote.title, quote.options, quote.author, quote.flaws) == (None, (), None, ())


def test_additional_fields_are_kept_as_metadata():
    record = changed(discount={"code": "SPRING"}, prices=price(tax_rate=Decimal("22.5")))

    metadata = only(quote_of(record, WORKSPACE)).metadata

    others = {name: it for name, it in metadata.items() if not name.startswith("author.")}
    assert others == {"message_id": "801", "discount": json.dumps({"code": "SPRING"}), "prices.0.tax_rate": "22.5"}


def test_a_quote_has_what_it_was_read_from():
    given = changed(title=7, more={"amount": Decimal("1450.10")})
    assert read_json(only(quote_of(given, WORKSPACE)).raw.encode()) == given


def test_attachments_are_files_that_stay_where_they_are():
    files = [{"name": "Plan.pdf", "url": "https://files.example/plan.pdf"}, {"name": "Bad", "url": "ftp"}]
    quote = only(quote_of(changed(attachments=files), WORKSPACE))

    assert [(it.name, it.url) for it in quote.files] == [("Plan.pdf", "https://files.example/plan.pdf")]
    assert reasons(quote) == {"attachments.1.url": "This is not an address."}


@pytest.mark.parametrize(
    ("sent", "meant"), [(269.90000000000003, "269.9"), (0.1 + 0.2, "0.3"), (10000.0, "10000"), (1e3, "1000")]
)
def test_an_amount_that_arrives_as_a_float_leaves_as_it_was_meant(sent, meant):
    record = {"id": "1", "status": "sent", "created_at": "2026-03-02T09:15:00Z", "prices": [{"price": sent}]}

    assert only(quote_of(read_json(json.dumps(record).encode()), WORKSPACE)).options[0].price == Decimal(meant)


@pytest.mark.parametrize(
    ("record", "external_id"),
    [
        ("31", ""),
        (None, ""),
        (without("id"), ""),
        (changed(id=["31"]), ""),
        (without("created_at", "updated_at", "sent_at", "accepted_at"), "31"),
    ],
)
def test_a_record_of_which_nothing_can_be_used_is_kept_as_it_is(record, external_id):
    unread = quote_of(record, WORKSPACE)

    assert isinstance(unread, Unread)
    assert (unread.external_id, read_json(unread.raw.encode())) == (external_id, record)
