"""Files of pages: compressed beforehand, cached by browsers, and nothing else of the folder."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import brotli
import pytest
import pytest_asyncio
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

from app import playground
from app.server import customer_page
from app.server.compression import compress_answers
from app.server.precompress import precompress
from app.server.static_files import StaticFiles

SCRIPT = b"// a script of some length\n" * 100
FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two scripts, of which one is in a folder of its own, a picture and a short file."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "page.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "editor-Ab12Cd34.js").write_bytes(SCRIPT)
    (tmp_path / "logo.png").write_bytes(bytes(5000))
    (tmp_path / "short.css").write_bytes(b"a {}")
    (tmp_path / ".hidden").write_bytes(b"secret")
    (tmp_path / "notes.txt").write_bytes(b"not served")
    return tmp_path


@pytest.fixture
def static(folder: Path) -> StaticFiles:
    return StaticFiles(
        "/files/", folder, hashed=re.compile(r"-[\w-]{8}\.js$"), only=re.compile(r"\.(?:js|css|png|br|gz)$")
    )


@pytest_asyncio.fixture
async def served(static: StaticFiles) -> AsyncIterator[Any]:
    """Asks the server of these files for one."""
    app = web.Application(middlewares=[compress_answers])
    app.add_routes(static.routes())
    server = TestServer(app)
    await server.start_server()

    async def get(path: str, method: str = "GET", **headers: str) -> tuple[Any, bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(str(server.make_url("/files/")) + path, encoded=True)
        async with (
            ClientSession(auto_decompress=False, skip_auto_headers=["Accept-Encoding"]) as http,
            http.request(method, url, headers=sent) as response,
        ):
            return response, await response.read()

    yield get
    await server.close()


@pytest.mark.parametrize("built", [True, False], ids=["compressed beforehand", "compressed when asked for"])
@pytest.mark.parametrize(("coding", "decoded"), [("br", brotli.decompress), ("gzip", gzip.decompress)])
async def test_a_file_is_sent_in_the_coding_that_is_accepted(served, folder, built, coding, decoded):
    if built:
        precompress(folder)
    response, body = await served("page.js", Accept_Encoding=f"zstd, {coding}")
    assert (response.status, response.content_type, response.charset) == (200, "text/javascript", "utf-8")
    assert (response.headers["Content-Encoding"], response.headers["Vary"]) == (coding, "Accept-Encoding")
    assert decoded(body) == SCRIPT


async def test_variants_are_written_beside_the_files_and_not_listed(folder, static):
    precompress(folder)
    precompress(folder)
    assert brotli.decompress((folder / "page.js.br").read_bytes()) == SCRIPT
    assert not list(folder.glob("*.br.br"))
    assert not (folder / "logo.png.br").exists()
    assert set(static.files) == {"page.js", "assets/editor-Ab12Cd34.js", "logo.png", "short.css"}


async def test_who_accepts_no_coding_gets_the_file_as_it_is(served):
    for accepted in ({}, {"Accept_Encoding": "zstd"}, {"Accept_Encoding": "br;q=0"}):
        response, body = await served("page.js", **accepted)
        assert ("Content-Encoding" in response.headers, body) == (False, SCRIPT)


async def test_pictures_and_short_files_are_not_compressed(served):
    for name in ("logo.png", "short.css"):
        response, _ = await served(name, Accept_Encoding="br")
        assert (response.status, "Content-Encoding" in response.headers) == (200, False)


async def test_each_variant_has_a_strong_etag_of_its_own_and_all_are_recognised(served):
    tags = set()
    for coding in ("br", "gzip", "identity"):
        response, _ = await served("page.js", Accept_Encoding=coding)
        tags.add(response.headers["ETag"])
    assert len(tags) == 3
    assert not any(it.startswith("W/") for it in tags)
    for known in (*tags, f"W/{min(tags)}", f'"other", {max(tags)}', "*"):
        response, body = await served("page.js", Accept_Encoding="br", If_None_Match=known)
        assert (response.status, body, "Vary" in response.headers) == (304, b"", True)
    response, _ = await served("page.js", If_None_Match='"other"')
    assert response.status == 200


async def test_browsers_keep_a_file_only_at_an_address_that_names_its_content(served, static):
    cached = {
        "page.js": "no-cache",
        static.url("page.js").removeprefix("/files/"): FOREVER,
        "page.js?v=0123": "no-cache",
        "assets/editor-Ab12Cd34.js": FOREVER,
    }
    for path, expected in cached.items():
        response, _ = await served(path)
        assert response.headers["Cache-Control"] == expected, path


async def test_a_head_request_gets_the_headers_only(served):
    response, body = await served("page.js", "HEAD", Accept_Encoding="br")
    assert (response.status, body, response.headers["Content-Encoding"]) == (200, b"", "br")
    assert int(response.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "path",
    ["", "none.js", ".hidden", "notes.txt", "..%2f..%2fpyproject.toml", "%2e%2e/page.js", "assets", "page.js.br"],
)
async def test_nothing_else_can_be_had(served, folder, path):
    precompress(folder)
    response, _ = await served(path)
    assert response.status == 404


@pytest.mark.parametrize("files", [playground.FILES_OF_PAGE, customer_page.FILES_OF_PAGE])
def test_no_source_of_ours_is_among_the_files_of_a_page(files):
    assert files.files
    assert {name.rpartition(".")[2] for name in files.files} <= {"js", "css", "svg", "ttf", "graphql"}
