"""The header Accept, as clients send it and as RFC 9110 reads it."""

import pytest

from app.server.media_types import EVENT_STREAM, HTML, JSON, RESPONSE_JSON, Accepted

URQL = f"{RESPONSE_JSON}, application/graphql+json, {JSON}, {EVENT_STREAM}, multipart/mixed"
APOLLO = f"{RESPONSE_JSON}, {JSON};q=0.9"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("header", "json"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE_JSON, RESPONSE_JSON),
        (URQL, RESPONSE_JSON),
        (APOLLO, RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON}", JSON),
        (f"{RESPONSE_JSON};q=0, {JSON}", JSON),
        (f"{RESPONSE_JSON};q=0", JSON),
        (f"{RESPONSE_JSON.upper()};charset=utf-8", RESPONSE_JSON),
        (EVENT_STREAM, RESPONSE_JSON),
        (f"{EVENT_STREAM}, {JSON}", JSON),
        (BROWSER, JSON),
        ("nonsense, ;;q=, /", JSON),
    ],
)
def test_an_answer_is_in_the_json_that_is_wanted_most(header, json):
    assert Accepted(header).json == json


@pytest.mark.parametrize(
    ("header", "stream", "prefers"),
    [
        ("", False, False),
        ("*/*", False, False),
        (EVENT_STREAM, True, True),
        (URQL, True, False),
        (f"{EVENT_STREAM};q=0.5, {JSON};q=0.4", True, True),
        (f"{EVENT_STREAM};q=0.5, {JSON}", True, False),
        (f"{EVENT_STREAM};q=0, {JSON}", False, False),
        (f"{JSON}, {EVENT_STREAM}", True, False),
        (f"{EVENT_STREAM}, */*;q=0.1", True, True),
    ],
)
def test_a_stream_is_sent_for_one_answer_only_to_who_wants_it_more_than_json(header, stream, prefers):
    accepted = Accepted(header)
    assert (accepted.stream, accepted.prefers_stream) == (stream, prefers)


@pytest.mark.parametrize(
    ("header", "page"),
    [
        (BROWSER, True),
        (HTML, True),
        (f"{HTML};q=0.5, {JSON}", False),
        (f"{HTML};q=0", False),
        ("*/*", False),
        ("", False),
        (URQL, False),
    ],
)
def test_the_page_is_for_who_names_it(header, page):
    assert Accepted(header).prefers_page is page


@pytest.mark.parametrize(
    ("header", "quality"),
    [("*/*;q=0.1", 0.1), ("application/*;q=0.4, */*;q=0.1", 0.4), (f"{JSON} ; Q=0.75, application/*;q=0.4", 0.75)],
)
def test_the_most_specific_range_counts(header, quality):
    assert Accepted(header).quality(JSON) == quality
