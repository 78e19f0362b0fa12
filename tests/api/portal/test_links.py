"""What stands behind the links that people are given: quotes as PDF, by either key, and the customer's page."""

import hashlib

import pytest
from aiohttp.test_utils import make_mocked_request

from app.server.client_info import client_info_of
from domain.shared.ids import global_id
from tests.api.support.customers import seen
from tests.api.support.makers import a_quote, two_lines
from tests.api.support.running import on_both_databases
from tests.api.support.world import fixed_id

# ---- documents, by an API key


@on_both_databases
async def test_the_document_is_the_same_by_either_key(api):
    quote = await a_quote(api, *two_lines(), alternatives=2)
    url = (await api.data("query($id: ID!) { quote(by: {id: $id}) { pdfUrl } }", {"id": quote.id}))["quote"]["pdfUrl"]
    shown = await seen(api, quote.key)
    async with api.http.get(url, headers={"Authorization": f"Bearer {api.customer}"}) as response:
        assert response.status == 200
        assert hashlib.sha256(await response.read()).hexdigest() == shown["documentHash"]
        assert response.headers["Content-Disposition"] == f'inline; filename="quote-{quote.order_id}.pdf"'
        assert response.headers["Cache-Control"] == "no-store"


async def test_the_document_takes_a_key_that_may_read_the_quote(api):
    quote = await a_quote(api)
    foreigner = await api.key("quotes:read", company="NORDLICHT")
    blind = await api.key("products:read")
    nothing = global_id("Quote", fixed_id(0xFFF, 1))
    for id_, key, status in (
        (quote.id, None, 401),
        (quote.id, "qk_live_wrong", 401),
        (quote.id, blind, 403),
        (quote.id, foreigner, 404),
        (nothing, api.customer, 404),
        (quote.item, api.customer, 404),
    ):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        for path in (f"/quotes/{id_}/quote.pdf", f"/quotes/{id_}/signed/{'0' * 64}.pdf"):
            async with api.http.get(api.server.make_url(path), headers=headers) as response:
                assert response.status == status


# ---- the page


async def test_the_page_is_the_same_for_every_key_and_loads_nothing_but_pictures_from_elsewhere(api):
    pages = []
    for key in ("one", "another"):
        async with api.http.get(api.server.make_url(f"/q/{key}")) as response:
            assert (response.status, response.content_type) == (200, "text/html")
            allowed = response.headers["Content-Security-Policy"].split("; ")
            assert allowed[:5] == [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "connect-src 'self'",
                "img-src data: https:",
            ]
            assert response.headers["Referrer-Policy"] == "no-referrer"
            pages.append(await response.text())
    assert pages[0] == pages[1]
    assert "http" not in pages[0]
    for name, kind in (
        ("customer.js", "text/javascript"),
        ("fields.js", "text/javascript"),
        ("customer.css", "text/css"),
    ):
        async with api.http.get(api.server.make_url(f"/q/page/{name}")) as response:
            assert (response.status, response.content_type) == (200, kind)
    async with api.http.get(api.server.make_url("/q/page/page.html")) as response:
        assert response.status == 404


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.9", "10.0.0.1"),
        (1, "198.51.100.9", "198.51.100.9"),
        (1, "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        (2, "6.6.6.6, 198.51.100.9, 10.0.0.2", "198.51.100.9"),
        (2, "198.51.100.9", "198.51.100.9"),
        (1, None, "10.0.0.1"),
    ],
)
def test_an_address_is_believed_as_far_as_our_own_proxies_say_it(proxies, forwarded, address):
    headers = {"User-Agent": "A\x07 browser", **({"X-Forwarded-For": forwarded} if forwarded else {})}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote="10.0.0.1")
    client_info = client_info_of(request, proxies)
    assert (client_info.address, client_info.user_agent) == (address, "A browser")
