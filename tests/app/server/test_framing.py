"""Where requests begin: nothing that is not beyond doubt a whole request is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.server.connections.framing import Framing

HEAD = b"POST /graphql HTTP/1.1\r\nHost: here\r\n"
POST = HEAD + b"Content-Length: 4\r\n\r\n{  }"
GET = b"GET /graphql HTTP/1.1\r\nHost: here\r\n\r\n"


def test_a_whole_request_is_one_and_the_next_one_too():
    framing = Framing()
    assert [framing.is_whole(it) for it in (POST, GET, POST)] == [True, True, True]


def test_nothing_at_all_is_no_request_and_changes_nothing():
    framing = Framing()
    assert [framing.is_whole(it) for it in (POST, b"", POST)] == [True, False, True]


@given(st.integers(len(POST) - 4, len(POST) - 1))
def test_a_request_whose_body_comes_later_is_not_whole_but_the_next_one_is(cut):
    framing = Framing()
    assert [framing.is_whole(it) for it in (POST[:cut], POST[cut:], POST)] == [False, False, True]


@pytest.mark.parametrize(
    "first",
    [
        POST[:30],
        POST + GET,
        POST + b"G",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n{  }",
        HEAD + b"Content-Length : 4\r\n\r\n{  }",
        HEAD + b"Content-Length: +4\r\n\r\n{  }",
        HEAD + b"Content-Length: 4, 4\r\n\r\n{  }",
        HEAD + b"Content-Length: 0x4\r\n\r\n{  }",
        HEAD + b"Content-Length: \xb2\r\n\r\n{  }",
        HEAD + b"Content-Length:\r\n\r\n",
        HEAD + b"Content-Length: 4\n\r\n\r\n{  }",
    ],
    ids=repr,
)
def test_after_anything_unusual_nothing_is_taken_for_a_request_any_more(first):
    framing = Framing()
    assert [framing.is_whole(it) for it in (first, POST, GET)] == [False, False, False]


@given(st.binary(max_size=200))
def test_a_body_is_never_taken_for_a_request(noise):
    body = noise + POST
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
    framing = Framing()
    assert [framing.is_whole(it) for it in (request, body[: len(noise)], POST) if it] == [False] * (2 + bool(noise))
    assert framing.is_whole(GET)
