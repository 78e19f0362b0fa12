"""Single values as people type them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.inventory.serial_numbers import parse_serial
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.money import Money, parse_amount, parse_currency
from domain.shared.parsers import (
    countries_named,
    country,
    email,
    fold,
    optional_code,
    optional_date,
    optional_email,
    optional_phone,
    optional_text,
    optional_url,
    text,
    with_full_stop,
)
from domain.shared.times import end


def refused(parse, value) -> ErrorCode:
    with pytest.raises(Invalid) as refusal:
        parse(value)
    return refusal.value.code


def refusal_of(parse, value) -> str:
    with pytest.raises(Invalid) as refusal:
        parse(value)
    return refusal.value.message


@given(value=st.text(st.characters(codec=None, exclude_categories=()), max_size=600))
def test_a_text_that_is_accepted_is_trimmed_not_empty_and_can_be_stored(value):
    try:
        clean = text(value)
    except Invalid:
        return
    assert clean == clean.strip() != ""
    assert "\x00" not in clean
    assert clean.encode().decode() == clean


@pytest.mark.parametrize(
    ("value", "code"),
    [(" ", ErrorCode.REQUIRED), ("x" * 501, ErrorCode.TOO_LONG), ("a\rb", ErrorCode.INVALID_TEXT),
     ("a\x7fb", ErrorCode.INVALID_TEXT), ("a\udc00", ErrorCode.INVALID_TEXT), ("x" * 10**6, ErrorCode.TOO_LONG)],
    ids=ascii,
)  # fmt: skip
def test_a_bad_text_is_refused(value, code):
    assert refused(text, value) == code


PRINT_NOTHING = (0x200B, 0x200E, 0x200F, 0xFEFF, 0xAD, 0x2060, 0x61C, 0x180E, 0x3164, 0x2800, 0xE0041)


@pytest.mark.parametrize("mark", [*map(chr, PRINT_NOTHING)], ids=ascii)
def test_marks_that_print_nothing_are_taken_off(mark):
    assert text(f"{mark}Ana{mark} Paz{mark}") == "Ana Paz"
    assert refused(text, f" {mark} ") == ErrorCode.REQUIRED
    assert (optional_text(mark), optional_email(mark), optional_url(mark), optional_phone(mark)) == (None,) * 4
    assert email(f"{mark}ana@x.exam{mark}ple") == "ana@x.example"
    assert parse_serial(f"{mark}C02{mark}X") == "C02X"
    assert optional_date(f"{mark}2026-01-31") == date(2026, 1, 31)
    assert end(f"2026-11-22{mark}T09:30Z").at == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert country(f"UY{mark}") == "UY"
    assert parse_amount(f"{mark}1450.00{mark}", parse_currency(f"US{mark}D")) == Money(145000, "USD")


def test_a_text_is_as_long_as_it_is_without_its_marks():
    assert text("\u200f" * 50 + "x" * 500) == "x" * 500


@pytest.mark.parametrize(
    ("mark", "name"),
    [("\u202a", "U+202A (left-to-right embedding)"), ("\u202b", "U+202B (right-to-left embedding)"),
     ("\u202c", "U+202C (pop directional formatting)"), ("\u202d", "U+202D (left-to-right override)"),
     ("\u202e", "U+202E (right-to-left override)"), ("\u2066", "U+2066 (left-to-right isolate)"),
     ("\u2067", "U+2067 (right-to-left isolate)"), ("\u2068", "U+2068 (first strong isolate)"),
     ("\u2069", "U+2069 (pop directional isolate)")],
    ids=ascii,
)  # fmt: skip
def test_what_turns_text_around_is_refused_by_code_point_and_place(mark, name):
    message = f"Remove {name} at character 5: it changes the direction of the text."
    assert refusal_of(text, f"Ana {mark}Paz") == refusal_of(text, f"\u200fAna{mark} Paz") == message
    assert refusal_of(lambda it: text(it, lines=True), f"Ana\n{mark}Paz") == message


@pytest.mark.parametrize(
    ("opens", "closes"), ["\u202a\u202c", "\u202b\u202c", "\u2066\u2069", "\u2067\u2069", "\u2068\u2069"]
)
def test_an_embedding_or_isolate_around_the_whole_text_is_taken_off(opens, closes):
    assert text(f" {opens}Ana Paz{closes}\u200e") == "Ana Paz"


def test_overrides_are_refused_even_around_the_whole_text():
    assert "U+202D" in refusal_of(text, "\u202dAna\u202c")


@pytest.mark.parametrize(
    ("typed", "what"),
    [("Ana\x07", "U+0007 at character 4: control"),
     ("\n A\nB", "U+000A (a line break) at character 4: this field is a single line"),
     ("A\tB", "U+0009 (a tab) at character 2"), ("A\0", "U+0000 (NUL) at character 2"),
     ("A\x85B", "U+0085 at character 2"),
     ("A\u2028B", "U+2028 (line separator) at character 2"), ("ab\ud800", "U+D800 at character 3: it is half")],
    ids=ascii,
)  # fmt: skip
def test_what_may_not_stand_in_a_text_is_named_with_its_place(typed, what):
    assert f"Remove {what}" in refusal_of(text, typed)


@pytest.mark.parametrize(
    "joined",
    ["می\u200cخواهم", "क\u094d\u200dष", "क\u094d\u200d", "👩\u200d💻", "❤\ufe0f", "葛\U000e0100城", "李雷",
     "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"],
    ids=ascii,
)  # fmt: skip
def test_a_name_may_have_what_scripts_and_emoji_need_to_join_letters(joined):
    assert text(joined) == joined


def test_joiners_stay_inside_words_only():
    assert text("\u200dAna\u200c \u200cPaz\u200d") == "Ana Paz"
    assert (email("an\u200da@x.example"), parse_serial("C\u200c02")) == ("ana@x.example", "C02")


@pytest.mark.parametrize("lines", [False, True])
def test_joiners_alone_are_no_text(lines):
    assert refused(lambda it: text(it, lines=lines), "\u200d \u200c") == ErrorCode.REQUIRED


def test_a_note_may_have_marks_of_direction_but_nothing_that_turns_what_follows_around():
    assert text("שלום\u200f (a)\n\ufeffb", lines=True) == "שלום\u200f (a)\n\ufeffb"
    assert refused(lambda it: text(it, lines=True), "a\u202eb") == ErrorCode.INVALID_TEXT
    assert refused(lambda it: text(it, lines=True), "\u200b\n\ufeff") == ErrorCode.REQUIRED


def test_a_note_may_have_lines_but_no_control_characters():
    assert text(" a\r\n\tb ", lines=True) == "a\r\n\tb"
    assert refused(lambda it: text(it, lines=True), "a\x08b") == ErrorCode.INVALID_TEXT


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("\u202d+598 99 123\u202c", "+598 99 123"), ("＋８１　３", "+81 3"), ("٠١٢٣", "0123"),
     ("\u2068(02)\u2069 9", "(02) 9"),
     ("+1 (555) 010-99 ext. 3", "+1 (555) 010-99 ext. 3")],
)  # fmt: skip
def test_a_telephone_number_is_kept_in_ascii_digits_and_without_marks_of_direction(typed, kept):
    assert optional_phone(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"), [("１００－０００１", "100-0001"), ("ＡＢ１２", "AB12"), ("५६०००१", "560001")]
)
def test_what_is_a_number_of_something_is_kept_in_ascii(typed, kept):
    assert (optional_code(typed, 20), parse_serial(typed)) == (kept, kept)


@pytest.mark.parametrize("blank", [None, "", " \n "])
def test_blanks_are_nothing(blank):
    assert (optional_text(blank), optional_email(blank), optional_url(blank)) == (None, None, None)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ana@X.Example ", "Ana@x.example"),
        ("a+b@x.example", "a+b@x.example"),
        ("aña@x.example", "aña@x.example"),
        ("ＡＮＡ＠Ｘ.example", "ANA@x.example"),
        ("ana@BÜCHER.example", "ana@bücher.example"),
        ("ana@xn--bcher-kva.example", "ana@bücher.example"),
    ],
)
def test_the_domain_of_an_address_is_kept_in_lower_case(typed, kept):
    assert email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["ana", "@x.example", "ana@", "a b@x.example", "ana@x", "Ana <a@x.example>", "a@@x.example"]
)
def test_what_is_no_address_is_refused(typed):
    assert refused(email, typed) == ErrorCode.INVALID_EMAIL


@pytest.mark.parametrize(
    ("typed", "code"),
    [("UY", "UY"), ("uy", "UY"), ("URY", "UY"), ("Uruguay", "UY"), (" Brazil ", "BR"), ("UK", "GB"), ("Turkey", "TR"),
     ("Germany", "DE"), ("United States", "US"), ("USA", "US")],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_its_english_name(typed, code):
    assert country(typed) == code


@pytest.mark.parametrize("typed", ["Atlantis", "ZZ", "EU", "XX", "Uruguaj", "'; DROP TABLE quotes"])
def test_a_country_that_does_not_exist_is_refused(typed):
    assert refused(country, typed) == ErrorCode.INVALID_COUNTRY


@given(value=st.dates())
def test_a_date_is_written_year_month_day(value):
    assert optional_date(value.isoformat()) == value


@pytest.mark.parametrize(
    "typed", ["2026-1-1", "20260101", "2026-W10-1", "2026-02-29", "0000-01-01", "٢٠٢٦-٠١-٠١", "x" * 10]
)
def test_what_is_no_date_is_refused(typed):
    assert refused(optional_date, typed) == ErrorCode.INVALID_DATE


def test_no_date_is_none():
    assert [optional_date(it) for it in (None, "", " ")] == [None] * 3
    assert optional_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "typed",
    ["x.example", "ftp://x.example", "javascript:alert(1)", "http://", "https://[::1", "https://a b.example", "https:///x",
     "data:text/html,x", "//x.example"],
)  # fmt: skip
def test_only_a_full_web_address_is_an_address(typed):
    assert refused(optional_url, typed) == ErrorCode.INVALID_URL


def test_a_web_address_is_kept_as_typed():
    assert optional_url(" https://x.example/A?b=c ") == "https://x.example/A?b=c"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÇAĞLA", "çağla"),
        ("Straße", "STRASSE"),
        (" Ana ", "ANA"),
        ("Jos\u00e9", "JOSE\u0301"),
        ("\u1f82", "\u1f8a"),
    ],
)
def test_texts_are_compared_without_regard_to_case_and_to_how_unicode_writes_them(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("said", "sentence"), [("Tell Acme Inc.", "Tell Acme Inc."), ("Tell Acme", "Tell Acme.")])
def test_a_sentence_has_one_full_stop_whatever_it_ends_in(said, sentence):
    assert with_full_stop(said) == sentence


@given(st.text())
def test_what_was_folded_stays_as_it_is(value):
    assert fold(fold(value)) == fold(value)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("uy", ("UY",)),
        ("URY", ("UY",)),
        ("uruGUAY", ("UY",)),
        ("guay", ("PY", "UY")),
        ("in", ("IN",)),
        ("uk", ("GB",)),
        ("ukra", ("UA",)),
        ("korea", ("KP", "KR")),
        ("españ", ("ES",)),
        ("oman", ("OM",)),
        ("south korea", ("KR",)),
        ("Bolivia", ("BO",)),
    ],
)
def test_countries_are_found_by_code_or_by_a_part_of_their_name(typed, codes):
    assert countries_named(typed) == codes


@pytest.mark.parametrize(("typed", "code"), [("Atlantis", ErrorCode.INVALID_COUNTRY), (" ", ErrorCode.REQUIRED)])
def test_what_is_in_no_country_s_name_is_refused(typed, code):
    assert refused(countries_named, typed) == code
