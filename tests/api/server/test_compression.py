"""Answers in the content coding that a client accepts (RFC 9110, section 12.5.3)."""

import gzip
import json
import sys
import zlib
from collections.abc import Mapping
from typing import Any

import brotli
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request

from app.server import compression
from app.server.content_codings import FILE_CODINGS, accepted_coding, compress
from tests.api.support.running import Running

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LONG = "{ __schema { types { name description } } }"
DECODED = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstd.decompress, None: bytes}


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("gzip; q=0.001", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, *", "zstd"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("*;q=0.5, br;q=0", "zstd"),
        ("zstd;q=0, *;q=0.5", "br"),
        ("identity", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0", None),
        ("deflate, compress", None),
        ("gzip;q=broken", None),
        (";;;,,,", None),
    ],
)
def test_the_coding_that_the_client_likes_best_is_chosen(header, coding):
    request = make_mocked_request("GET", "/", headers={} if header is None else {"Accept-Encoding": header})
    assert accepted_coding(request) == coding


def test_files_are_not_offered_in_every_coding():
    request = make_mocked_request("GET", "/", headers={"Accept-Encoding": "zstd, br;q=0.9, gzip;q=0.9"})
    assert accepted_coding(request, FILE_CODINGS) == "br"


async def sent(
    api: Running, query: str = LONG, headers: Mapping[str, str] | None = None, method: str = "POST"
) -> tuple[Mapping[str, str], bytes]:
    """The headers and the body of an answer, as they are sent."""
    authorized = {"Authorization": f"Bearer {api.customer}", **(headers or {})}
    given: dict[str, Any] = {"json": {"query": query}} if method == "POST" else {"params": {"query": query}}
    async with (
        ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as http,
        http.request(method, api.url, headers=authorized, **given) as response,
    ):
        return response.headers, await response.read()


@pytest.mark.parametrize("coding", DECODED)
@pytest.mark.parametrize("largest", [100, 10_000_000], ids=["in a thread", "at once"])
async def test_a_long_answer_is_compressed_for_who_accepts_it(api, coding, largest, monkeypatch):
    monkeypatch.setattr(compression, "LONGEST_AT_ONCE", largest)
    headers, body = await sent(api, headers={"Accept-Encoding": coding} if coding else {})
    assert headers.get("Content-Encoding") == coding
    assert headers["Vary"] == "Accept, Authorization, Accept-Encoding"
    assert int(headers["Content-Length"]) == len(body)
    assert len(json.loads(DECODED[coding](body))["data"]["__schema"]["types"]) > 100
    if coding is not None:
        assert len(body) < len(DECODED[coding](body)) / 2


async def test_a_short_answer_is_sent_as_it_is(api):
    headers, body = await sent(api, "{ viewer { environment } }", {"Accept-Encoding": "gzip, br, zstd"})
    assert "Content-Encoding" not in headers
    assert json.loads(body)["data"]


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0, text/event-stream"])
async def test_a_stream_is_not_compressed(api, accept):
    headers, body = await sent(api, headers={"Accept-Encoding": "gzip, br, zstd", "Accept": accept})
    assert "Content-Encoding" not in headers
    assert b"event: next" in body


async def test_errors_pages_and_figures_are_compressed_too(api):
    for path, accept in (
        ("/graphql", "text/html"),
        ("/docs/errors", "*/*"),
        ("/metrics", "*/*"),
        ("/schema.graphql", "*/*"),
        ("/q/some-key", "text/html"),
    ):
        headers = {"Accept": accept, "Accept-Encoding": "br"}
        async with api.http.get(api.server.make_url(path), headers=headers) as response:
            assert (response.status, response.headers["Content-Encoding"]) == (200, "br"), path
            assert "Accept-Encoding" in response.headers["Vary"]
            assert len(await response.text()) > 1000


async def test_a_head_request_gets_the_headers_of_the_compressed_answer(api):
    url = api.server.make_url("/docs/errors")
    async with api.http.head(url, headers={"Accept-Encoding": "br"}) as response:
        assert response.headers["Content-Encoding"] == "br"
        assert await response.read() == b""


async def test_a_compressed_answer_has_a_weak_etag_that_is_recognised(api):
    url = api.server.make_url("/schema.graphql")
    async with api.http.get(url, headers={"Accept-Encoding": "zstd"}) as response:
        etag = response.headers["ETag"]
        assert etag.startswith("W/")
    async with api.http.get(url, headers={"If-None-Match": etag}) as response:
        assert (response.status, response.headers["Vary"]) == (304, "Accept-Encoding")


async def test_what_is_compressed_in_itself_is_left_alone():
    async def handler(_: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(5000), content_type="application/pdf")

    request = make_mocked_request("GET", "/", headers={"Accept-Encoding": "gzip"})
    response = await compression.compress_answers(request, handler)
    assert isinstance(response, web.Response)
    assert ("Content-Encoding" in response.headers, response.body) == (False, bytes(5000))


def test_any_client_can_read_what_was_compressed():
    data = json.dumps({"data": list(range(5000))}).encode()
    assert zlib.decompress(compress(data, "gzip"), 31) == data
    assert brotli.decompress(compress(data, "br")) == data
    assert zstd.decompress(compress(data, "zstd")) == data
