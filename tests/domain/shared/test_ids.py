"""Identifiers: made in order, read leniently, refused by name."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.ids import global_id, new_id, parse_id

ID = "0190a5b0-0000-7000-8000-00000000a0a0"


def test_a_new_id_is_a_uuid_of_version_7():
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_ids_made_in_a_later_millisecond_sort_later(monkeypatch):
    times = iter([1_000_000_000, 1_001_000_000, 2**60])
    monkeypatch.setattr("domain.shared.ids.time.time_ns", lambda: next(times))
    made = [new_id() for _ in range(3)]
    assert made == sorted(made)


@given(type_name=st.sampled_from(["Quote", "QuoteItem", "VendorOrder"]), value=st.uuids())
def test_a_global_id_comes_back_as_type_and_row(type_name, value):
    assert parse_id(global_id(type_name, str(value)), type_name) == (type_name, str(value))


def test_a_bare_uuid_has_no_type():
    assert parse_id(ID, "Quote") == (None, ID)


def test_a_row_id_is_read_in_any_case():
    assert parse_id(f"Quote_{ID.upper()}", "Quote") == ("Quote", ID)


@pytest.mark.parametrize(
    "given", ["", "Quote", "Quote_", "Quote_x", "_", "1", ID[:-1], ID + "0", f"Quote_{ID} ", "x" * 10**6]
)
def test_what_is_no_id_is_refused(given):
    with pytest.raises(Invalid, match="Send the id of Quote") as refusal:
        parse_id(given, "Quote")
    assert refusal.value.code == ErrorCode.INVALID_ID


def test_the_id_of_another_type_is_refused_by_its_name():
    with pytest.raises(Invalid, match=r"id of Quote\. Send the id of QuoteItem or Alternative"):
        parse_id(global_id("Quote", ID), "QuoteItem", "Alternative")


@given(given=st.text(max_size=80))
def test_any_text_is_an_id_or_refused(given):
    try:
        _, row_id = parse_id(given)
    except Invalid:
        return
    assert row_id == str(uuid.UUID(row_id))
