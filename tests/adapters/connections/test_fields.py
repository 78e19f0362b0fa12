"""Received values are converted if they have one meaning; everything else is a flaw, never an exception."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.connections.exact_json import read_json
from adapters.connections.fields import Unusable, record, unread
from domain.connections.records import Flaw

WORDS = {"in progress": 1, "pending": 2}
ANYTHING = [None, True, 0, -1, 10**30, "", " ", "x", "\ud800\x00", [], [1], {}, {"a": 1}, Decimal("1e300")]
READERS = ["text", "amount", "whole", "flag", "time", "day", "texts", "part"]


def fields_of(json):
    return record(read_json(json.encode()))


@pytest.mark.parametrize(
    ("reader", "json", "value"),
    [
        ("text", '" a\\r\\nb\\u0000 "', "a\nb"),
        ("text", '"  "', None),
        ("text", "12", "12"),
        ("amount", "1450.10", Decimal("1450.10")),
        ("amount", "1450", Decimal(1450)),
        ("amount", '"1450.10"', Decimal("1450.10")),
        ("whole", "3", 3),
        ("whole", "3.0", 3),
        ("flag", "1", True),
        ("flag", '"False"', False),
        ("time", '"2026-03-09T01:08:45.225Z"', datetime(2026, 3, 9, 1, 8, 45, 225_000, UTC)),
        ("time", '"2026-03-09T01:08:45+03:00"', datetime(2026, 3, 8, 22, 8, 45, tzinfo=UTC)),
        ("time", '"2026-03-09T01:08:45"', datetime(2026, 3, 9, 1, 8, 45, tzinfo=UTC)),
        ("day", '"2026-03-09"', date(2026, 3, 9)),
        ("day", '"2026-03-09T01:08:45Z"', date(2026, 3, 9)),
        ("texts", '["a", " b "]', ("a", "b")),
        ("texts", '"a, b"', ("a", "b")),
    ],
)
def test_a_value_is_read(reader, json, value):
    fields = fields_of(f'{{"it": {json}}}')
    assert (getattr(fields, reader)("it"), fields.flaws) == (value, [])


@pytest.mark.parametrize(
    ("reader", "json", "path", "shown"),
    [
        ("text", "[1.50]", "it", "[1.50]"),
        ("amount", '"a lot"', "it", "a lot"),
        ("amount", "-1", "it", "-1"),
        ("amount", "true", "it", "true"),
        ("amount", "1e400", "it", "1E+400"),
        ("whole", "1.5", "it", "1.5"),
        ("flag", '"perhaps"', "it", "perhaps"),
        ("time", "1773018508225", "it", "1773018508225"),
        ("time", '"0001-01-01T00:00:00+14:00"', "it", "0001-01-01T00:00:00+14:00"),
        ("day", '"2026-02-30"', "it", "2026-02-30"),
        ("part", "[1]", "it", "[1]"),
        ("texts", "{}", "it", "{}"),
    ],
)
def test_a_value_that_cannot_be_used_is_a_flaw_with_what_was_received(reader, json, path, shown):
    fields = fields_of(f'{{"it": {json}}}')
    getattr(fields, reader)("it")
    assert [(it.path, it.value) for it in fields.flaws] == [(path, shown)]


@pytest.mark.parametrize("value", ANYTHING, ids=repr)
@pytest.mark.parametrize("reader", READERS)
def test_no_value_is_an_exception(reader, value):
    fields = record({"it": value})
    getattr(fields, reader)("it")
    fields.word("it", WORDS)
    fields.times("it", {"pending": "PENDING"})
    list(fields.parts("it"))


def test_words_are_known_in_each_spelling_and_others_are_flaws():
    assert [record({"it": it}).word("it", WORDS) for it in ("In Progress", "in_progress", "IN-PROGRESS")] == [1, 1, 1]
    fields = record({"it": "On Hold"})
    assert fields.word("it", WORDS) is None
    assert fields.flaws == [Flaw("it", "On Hold", "This value is not known.")]


def test_flaws_have_the_path_within_the_record():
    fields = record({"items": [{"price": 1}, {"price": "x"}, 7]})
    for item in fields.parts("items"):
        item.amount("price")
    assert [it.path for it in fields.flaws] == ["items.1.price", "items.2"]


def test_an_entry_that_is_no_text_is_a_flaw_once_however_often_the_list_is_read():
    fields = record({"tags": ["a", 1, {}, " b "]})
    assert [fields.texts("tags"), fields.texts("tags")] == [("a", "b")] * 2
    assert [(it.path, it.value) for it in fields.flaws] == [("tags.1", "1"), ("tags.2", "{}")]


def test_an_address_that_is_needed_is_a_flaw_if_it_is_missing():
    fields = record({"url": "https://a.example/1", "pdf": "", "other": 7})
    assert [fields.needed_link(it) for it in ("url", "pdf", "none", "other")] == [
        "https://a.example/1",
        None,
        None,
        None,
    ]
    missing = "This field is missing."
    assert {it.path: it.reason for it in fields.flaws} == {
        "pdf": missing,
        "none": missing,
        "other": "This is not an address.",
    }


def test_what_was_not_asked_for_is_the_rest():
    fields = fields_of('{"a": 1, "b": "x", "c": 1.50, "d": {"e": [true]}, "f": null}')
    fields.text("a")
    assert fields.rest() == {"b": "x", "c": "1.50", "d": '{"e": [true]}'}


def test_a_record_that_cannot_be_used_is_kept_as_it_was_received():
    with pytest.raises(Unusable, match="not an object"):
        record([1])
    with pytest.raises(Unusable, match="id is missing"):
        record({}).needed("id")
    kept = unread(read_json(b'{"id": 7, "price": 1.50}'), "No.", "order_id", "id")
    assert (kept.external_id, kept.reason, kept.raw) == ("7", "No.", '{"id": 7, "price": 1.50}')


@pytest.mark.parametrize(
    ("received", "meant"),
    [
        ("0.30000000000000004", "0.3"),
        ("269.90000000000003", "269.9"),
        ("12345678901234.56", "12345678901234.56"),
        ("100000000000000000.0", "100000000000000000"),
        ("1450.125", "1450.125"),
    ],
)
def test_an_amount_that_was_a_float_is_the_one_that_was_meant(received, meant):
    fields = record({"price": Decimal(received)})

    assert fields.amount("price") == Decimal(meant)
    assert fields.flaws == []


def test_an_empty_list_is_an_empty_object_as_in_php():
    fields = record({"links": []})

    assert fields.part("links").names() == []
    assert fields.flaws == []


def test_the_rest_of_all_objects_is_named_by_their_paths():
    fields = record({"id": "1", "new": 2, "author": {"name": "Ana", "login": "a", "mood": "fine"}, "rows": [{"x": 1}]})
    fields.skip("id")
    author = fields.part("author")
    author.skip("lo*")
    author.text("name")
    list(fields.parts("rows"))

    assert fields.all_rest() == {"new": "2", "author.mood": "fine", "rows.0.x": "1"}
    assert fields.all_rest() == {}


@pytest.mark.parametrize("value", [7, ["https://a.example"], "ftp://a.example", "a b"])
def test_what_is_no_address_is_a_flaw(value):
    fields = record({"url": value})

    assert fields.link("url") is None
    assert [it.reason for it in fields.flaws] == ["This is not an address."]
