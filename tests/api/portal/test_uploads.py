"""What customers hand in with a public key, and how the company reads it."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from io import BytesIO
from urllib.parse import quote as percent_encoded

import pytest
from aiohttp.compression_utils import ZLibDecompressor

from app.server import customer_page
from domain.portal.uploads import LARGEST_FILE
from tests.api.support.customers import seen
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases
from tests.patience import PATIENCE

PDF = b"%PDF-1.7\nThe order form, signed."
OURS = """query($id: ID!) { quote(by: {id: $id}) {
    isAcceptingDocuments customerDocuments { name contentType size sha256 url }
} }"""


async def hand_in(api, key, content=PDF, name="order form.pdf"):
    url = api.server.make_url(f"/q/{key}/documents").with_query(name=name)
    async with api.http.post(url, data=BytesIO(content)) as response:
        return response.status, (await response.text()).strip()


async def ours(api, quote, key=None):
    return (await api.data(OURS, {"id": quote.id}, key))["quote"]


async def read(api, url, key):
    async with api.http.get(url, headers={"Authorization": f"Bearer {key}"} if key else {}) as response:
        return response.status, await response.read(), response.headers


@on_both_databases
async def test_a_document_is_handed_in_by_the_customer_and_read_by_the_company(api):
    quote = await a_quote(api, isAcceptingDocuments=True)
    assert (await seen(api, quote.key, "handedIn { name }")) == {"handedIn": []}
    for _ in range(2):
        assert await hand_in(api, quote.key, name='Bestellung "王".pdf') == (204, "")

    assert (await seen(api, quote.key, "handedIn { name }"))["handedIn"] == [{"name": 'Bestellung "王".pdf'}]
    [document] = (await ours(api, quote))["customerDocuments"]
    assert (document["name"], document["contentType"], document["size"]) == (
        'Bestellung "王".pdf',
        "application/pdf",
        len(PDF),
    )
    status, content, headers = await read(api, document["url"], api.customer)
    assert (status, content, headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    events = [it for it in await api.rows("events") if it.type == "QUOTE_DOCUMENT_HANDED_IN"]
    assert [it.actor_kind for it in events] == ["CUSTOMER"]


async def test_what_was_handed_in_is_read_by_nobody_else(api):
    quote, other = await a_quote(api, isAcceptingDocuments=True), await a_quote(api)
    await hand_in(api, quote.key)
    [document] = (await ours(api, quote))["customerDocuments"]
    foreigner, blind = await api.key("quotes:read", company="NORDLICHT"), await api.key("products:read")
    elsewhere = document["url"].replace(quote.id, other.id)
    for url, key, status in (
        (document["url"], None, 401),
        (document["url"], foreigner, 404),
        (document["url"], blind, 403),
        (elsewhere, api.customer, 404),
        (document["url"][:-1], api.customer, 404),
        (document["url"] + "%00", api.customer, 404),
    ):
        assert (await read(api, url, key))[0] == status


async def test_what_is_not_taken_is_answered_in_words_and_leaves_nothing(api):
    quote, closed = await a_quote(api, isAcceptingDocuments=True), await a_quote(api)
    revoked = await a_quote(api, isAcceptingDocuments=True)
    await api.act("revokePublicKey", {"quoteId": revoked.id})
    before = await api.contents()
    for key, content, answer in (
        (quote.key, b"<html>", (400, "Send a PDF, PNG or JPEG file.")),
        (quote.key, b"", (400, "Send a PDF, PNG or JPEG file.")),
        (quote.key, b"%PDF-".ljust(LARGEST_FILE + 1), (400, "A document has at most 5 MiB.")),
        (closed.key, PDF, (409, "This quote does not accept documents.")),
        (revoked.key, PDF, (404, "There is no such quote.")),
        ("wrong", PDF, (404, "There is no such quote.")),
    ):
        assert await hand_in(api, key, content) == answer
    assert (await hand_in(api, quote.key, name=""))[0] == 400
    assert (await hand_in(api, quote.key, name="a\nb" * 100))[0] == 400
    assert await api.contents() == before


@on_both_databases
async def test_of_many_at_once_no_more_are_taken_than_there_is_room_for(api):
    quote = await a_quote(api, isAcceptingDocuments=True)
    answers = await asyncio.gather(*(hand_in(api, quote.key, PDF + bytes([number])) for number in range(12)))
    assert sorted(status for status, _ in answers) == [204] * 10 + [400] * 2
    assert len((await ours(api, quote))["customerDocuments"]) == 10


@pytest.mark.parametrize(
    ("name", "content", "saved"),
    [
        ("run.bat", PDF, "run.bat.pdf"),
        ("page.HTML", b"\x89PNG\r\n\x1a\n<script>", "page.HTML.png"),
        ("scan.JPEG", b"\xff\xd8\xff", "scan.JPEG"),
        ("form.pdf. .", PDF, "form.pdf"),
        ("../../etc/pass\\wd", PDF, ".._.._etc_pass_wd.pdf"),
        ('a"; filename="b.exe', PDF, 'a"; filename="b.exe.pdf'),
        ("注文書.pdf", PDF, "注文書.pdf"),
    ],
)
async def test_a_document_is_saved_under_a_name_that_runs_nothing(api, name, content, saved):
    quote = await a_quote(api, isAcceptingDocuments=True)
    assert (await hand_in(api, quote.key, content, name))[0] == 204
    [document] = (await ours(api, quote))["customerDocuments"]
    _, _, headers = await read(api, document["url"], api.customer)
    assert document["name"] == name
    assert headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{percent_encoded(saved, safe='')}"


@pytest.mark.parametrize("path", ["/graphql", "/q/none/documents", "/healthz"])
async def test_nothing_that_strangers_have_packed_is_unpacked(api, path, monkeypatch):
    unpacked = []

    def unpack(*_, **__):
        unpacked.append(path)
        raise ValueError

    monkeypatch.setattr(ZLibDecompressor, "decompress_sync", unpack)
    packed = gzip.compress(b"%PDF-".ljust(5 * 1024 * 1024, b"\0"))
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    async with api.http.post(api.server.make_url(path), data=BytesIO(packed), headers=headers) as response:
        assert response.status == 415
        assert "Content-Encoding" in await response.text()
    # A request after it is read when the rest of the first one has been.
    assert await hand_in(api, "wrong") == (404, "There is no such quote.")
    assert unpacked == []


async def _never(arrive: asyncio.Event) -> AsyncIterator[bytes]:
    yield PDF
    await arrive.wait()


async def test_few_documents_are_received_at_once_and_none_for_long(api, monkeypatch):
    quote, closed = await a_quote(api, isAcceptingDocuments=True), await a_quote(api)
    arrive, url = asyncio.Event(), api.server.make_url(f"/q/{quote.key}/documents").with_query(name="slow.pdf")

    async def slow(to=url):
        async with api.http.post(to, data=_never(arrive)) as response:
            return response.status

    assert await slow(api.server.make_url(f"/q/{closed.key}/documents").with_query(name="x")) == 409
    sending = [asyncio.create_task(slow()) for _ in range(customer_page.MAX_UPLOADS_PER_QUOTE)]
    async with asyncio.timeout(PATIENCE):
        while (answer := await hand_in(api, quote.key))[0] == 204:
            await asyncio.sleep(0)
    assert answer == (503, "Too many documents are being uploaded at the moment. Try again in a minute.")
    # Who fills what one quote may take keeps no other customer out.
    neighbour = await a_quote(api, isAcceptingDocuments=True)
    assert (await hand_in(api, neighbour.key))[0] == 204
    arrive.set()
    assert {await it for it in sending} == {204}

    monkeypatch.setattr(customer_page, "UPLOAD_SECONDS", 0.05)
    arrive.clear()
    assert await slow() == 408
    assert (await hand_in(api, quote.key, PDF + b"3"))[0] == 204


async def test_a_company_may_stop_taking_documents(api):
    quote = await a_quote(api, isAcceptingDocuments=True)
    await hand_in(api, quote.key)
    await api.act("updateQuote", {"quoteId": quote.id, "isAcceptingDocuments": None})
    assert (await hand_in(api, quote.key, PDF + b"2"))[0] == 409
    found = await ours(api, quote)
    assert (found["isAcceptingDocuments"], len(found["customerDocuments"])) == (False, 1)
