"""The routes behind the links that we send to people: the customer's page, PDFs, and customer documents.

The page is static and the same for every public key; its script calls the API as any other front end does.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import quote as percent_encoded

from aiohttp import web
from graphql import GraphQLError

from app.server.auth import Authenticator
from app.server.client_info import client_info_of
from app.server.payers import payer_of
from app.server.rate_limits import RateLimited, RateLimits, Taken, rate_limited
from app.server.refusals import Refusal
from app.server.request_log import REQUEST_INFO
from app.server.static_files import StaticFiles
from domain.portal.links import PAGE_PATH, QUOTE_PATH
from domain.portal.printed_quote import document_hash
from domain.portal.public_keys import KeyGrant
from domain.portal.public_quote import PublicQuote
from domain.portal.uploads import LARGEST_FILE, check_accepted
from domain.ports.stores import SignedDocuments
from domain.shared.access import NOBODY, Caller, Forbidden, Scope, TenantScope, Unauthorized
from domain.shared.countries import all_countries
from domain.shared.errors import Conflict, Invalid, InvalidInput, NotFound
from domain.shared.ids import parse_id
from domain.shared.outbound_errors import OutboundFailure
from domain.use_cases.portal.uploads import HandIn, hand_in
from resolvers.budgets import BudgetType
from resolvers.context import Context, Services
from resolvers.portal import public_quote
from resolvers.portal.printed_quote import FullQuote, full_quote

ASSET_PATH = f"{PAGE_PATH}/page/"
FILES_OF_PAGE = StaticFiles(ASSET_PATH, files(__name__), only=re.compile(r"\.(?:js|css)$"))
CSP = "; ".join(  # noqa: FLY002 - one directive a line
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        # Companies host the pictures of alternatives anywhere.
        "img-src data: https:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
# An upload is held in memory, so their number (in all and for each quote) and duration are limited.
MAX_UPLOADS = 16
MAX_UPLOADS_PER_QUOTE = 4
UPLOAD_SECONDS = 60.0
# What is paid, in points: for a PDF, which is computed, or not; for a document as it is stored; and for storing one.
PRINTED, NOT_PRINTED, STORED, HANDED_IN = 50, 1, 10, 50
# The URL contains the key, so it must not be indexed by search engines.
PRIVATE_HEADERS = {"X-Robots-Tag": "noindex, nofollow"}
# Browsers show PDFs by scripts and styles of their own.
POLICY_OF_PDFS = "frame-ancestors 'none'"


class Customers:
    """The request handlers."""

    def __init__(
        self,
        services: Services,
        authenticator: Authenticator,
        signed: SignedDocuments,
        rate_limits: RateLimits,
        trusted_proxies: int,
    ) -> None:
        self._services = services
        self._authenticator = authenticator
        self._signed = signed
        self._rate_limits = rate_limits
        self._trusted_proxies = trusted_proxies
        self._uploads: Counter[str] = Counter()

    def routes(self) -> Collection[web.RouteDef]:
        return (
            *FILES_OF_PAGE.routes(),
            web.get(PAGE_PATH + "/{key}", self.page),
            web.get(PAGE_PATH + "/{key}/quote.pdf", self.public_pdf),
            web.get(PAGE_PATH + "/{key}/signed/{sha256}.pdf", self.public_signed_pdf),
            web.post(PAGE_PATH + "/{key}/documents", self.hand_in),
            web.get(QUOTE_PATH + "/{id}/quote.pdf", self.pdf),
            web.get(QUOTE_PATH + "/{id}/signed/{sha256}.pdf", self.signed_pdf),
            web.get(QUOTE_PATH + "/{id}/documents/{document}", self.handed_in),
        )

    async def page(self, _request: web.Request) -> web.Response:
        """Returns the customer's page, whatever the key."""
        headers = {"Content-Security-Policy": CSP, **PRIVATE_HEADERS}
        return web.Response(text=_page(), content_type="text/html", headers=headers)

    async def public_pdf(self, request: web.Request) -> web.Response:
        """Returns a quote as PDF, by its public key."""
        taken = await self._take(request, PRINTED)
        _, quote = await self._grant(request)
        try:
            chosen = request.query.getall("alternative", None)
            shown = None if quote is None else public_quote.shown(quote, request.match_info["key"], chosen)
        except InvalidInput as refused:
            taken.settle(NOT_PRINTED)
            return _refusal(400, " ".join(it.message for it in refused.problems))
        return await self._printed(shown, taken)

    async def public_signed_pdf(self, request: web.Request) -> web.Response:
        """Returns a signed document unchanged, by the public key of its quote."""
        await self._take(request, STORED)
        found, quote = await self._grant(request)
        if found is None or quote is None:
            return _missing()
        return await self._signed_document(found.quote_id, request, found.caller().tenant_scope)

    async def hand_in(self, request: web.Request) -> web.Response:
        """Stores a document that a customer uploads, by the public key of the quote."""
        await self._take(request, HANDED_IN)
        found, quote = await self._grant(request)
        if found is None or quote is None:
            return _missing()
        self._spend(request, found)
        if self._uploads.total() >= MAX_UPLOADS or self._uploads[found.quote_id] >= MAX_UPLOADS_PER_QUOTE:
            return _refusal(503, "Too many documents are being uploaded at the moment. Try again in a minute.")
        try:
            # Checked before the upload is received, and again when the document is stored.
            check_accepted(quote.aggregate.quote)
            with self._counted_upload(found.quote_id):
                async with asyncio.timeout(UPLOAD_SECONDS):
                    content = await _body(request)
            name = request.query.get("name", "")
            await hand_in(self._services.deps, found.caller(), HandIn(found.quote_id, name, content))
        except TimeoutError:
            return _refusal(408, "The upload took too long.")
        except NotFound:
            return _missing()
        except InvalidInput as refused:
            return _refusal(400, " ".join(it.message for it in refused.problems))
        except Conflict as refused:
            return _refusal(409, refused.message)
        return web.Response(status=204, headers=PRIVATE_HEADERS)

    @contextmanager
    def _counted_upload(self, quote_id: str) -> Iterator[None]:
        self._uploads[quote_id] += 1
        try:
            yield
        finally:
            self._uploads -= Counter([quote_id])

    async def handed_in(self, request: web.Request) -> web.Response:
        """Returns a customer document, by an API key. Browsers save it and never display it: its content is not
        trusted."""
        context = await self._context(request)
        await self._take(request, STORED, context.caller)
        document_id = _parsed(request.match_info["document"], "CustomerDocument")
        found = await self._signed.handed_in(_quote_id(request), document_id, context.caller.tenant_scope)
        if found is None:
            return _missing()
        document, content = found
        # Browsers differ on a quoted name that is not ASCII; all of them decode this form correctly.
        disposition = f"attachment; filename*=UTF-8''{percent_encoded(document.file_name, safe='')}"
        headers = {**PRIVATE_HEADERS, "Content-Disposition": disposition}
        return web.Response(body=content, content_type=document.content_type, headers=headers)

    async def pdf(self, request: web.Request) -> web.Response:
        """Returns a quote as PDF, by an API key."""
        context = await self._context(request)
        taken = await self._take(request, PRINTED, context.caller)
        quote = await full_quote(context, _quote_id(request))
        return await self._printed(quote, taken)

    async def signed_pdf(self, request: web.Request) -> web.Response:
        """Returns a signed document unchanged, by an API key."""
        context = await self._context(request)
        await self._take(request, STORED, context.caller)
        return await self._signed_document(_quote_id(request), request, context.caller.tenant_scope)

    async def _grant(self, request: web.Request) -> tuple[KeyGrant | None, FullQuote | None]:
        """Returns the grant of a public key and its quote, while the customer may see it. Raises:
        HTTPTooManyRequests."""
        try:
            found = await public_quote.opened(self._visit(request), request.match_info["key"])
        except GraphQLError as limited:
            raise _too_many(limited) from None
        return found, await public_quote.read(self._services, found) if found is not None else None

    def _visit(self, request: web.Request) -> Context:
        """The context of a request without an API key."""
        return Context(self._services, NOBODY, client_info=client_info_of(request, self._trusted_proxies))

    def _spend(self, request: web.Request, found: KeyGrant) -> None:
        """Raises: HTTPTooManyRequests, if too much was done with the key or from the network."""
        try:
            public_quote.spend(self._visit(request), found, BudgetType.SIGNING)
        except GraphQLError as limited:
            raise _too_many(limited) from None

    async def _take(self, request: web.Request, points: int, caller: Caller = NOBODY) -> Taken:
        """Takes the points of a request, which the headers of its answer tell. Raises: HTTPTooManyRequests."""
        client = client_info_of(request, self._trusted_proxies)
        request[REQUEST_INFO].payer = payer = payer_of(caller, client)
        try:
            return await self._rate_limits.take(payer, points)
        except RateLimited as limited:
            raise _too_many(rate_limited(limited)) from None

    async def _signed_document(self, quote_id: str, request: web.Request, tenant_scope: TenantScope) -> web.Response:
        sha256 = request.match_info["sha256"]
        content = await self._signed.find(quote_id, sha256, tenant_scope)
        return _missing() if content is None else _pdf(content, "signed-quote.pdf", sha256)

    async def _context(self, request: web.Request) -> Context:
        try:
            caller = await self._authenticator.admit(request.headers.get("Authorization"), request)
            request[REQUEST_INFO].know(caller)
            if Scope.QUOTES_READ not in caller.scopes:
                raise Forbidden(f"This key lacks {Scope.QUOTES_READ}.")
        except Unauthorized as error:
            raise web.HTTPUnauthorized(text=f"{error}\n", headers={"WWW-Authenticate": "Bearer"}) from None
        except Forbidden as error:
            raise web.HTTPForbidden(text=f"{error}\n") from None
        except Refusal as refusal:
            raise _too_many(refusal.errors[0]) from None
        return Context(self._services, caller)

    async def _printed(self, quote: FullQuote | PublicQuote | None, taken: Taken) -> web.Response:
        if quote is None:
            taken.settle(NOT_PRINTED)
            return _missing()
        document = quote.document
        try:
            content = await self._services.deps.pdf_renderer.print_quote(document)
        except OutboundFailure:
            taken.settle(NOT_PRINTED)
            return _refusal(503, "The PDF of the quote cannot be created at the moment.")
        return _pdf(content, document.name, document_hash(content))


def _quote_id(request: web.Request) -> str:
    return _parsed(request.match_info["id"], "Quote")


async def _body(request: web.Request) -> bytes:
    """Returns the body of a request, cut off after the limit, so that a longer one is never held in memory."""
    body = bytearray()
    async for part in request.content.iter_any():
        body += part
        if len(body) > LARGEST_FILE:
            break
    return bytes(body)


def _parsed(given: str, type_: str) -> str:
    try:
        return parse_id(given, type_)[1]
    except Invalid:
        raise web.HTTPNotFound(text="There is no such quote.\n") from None


def _pdf(content: bytes, name: str, sha256: str) -> web.Response:
    headers = {
        **PRIVATE_HEADERS,
        "Content-Security-Policy": POLICY_OF_PDFS,
        "Content-Disposition": f'inline; filename="{name}"',
        "ETag": f'"{sha256}"',
    }
    return web.Response(body=content, content_type="application/pdf", headers=headers)


def _too_many(limited: GraphQLError) -> web.HTTPTooManyRequests:
    after = (limited.extensions or {}).get("retryAfter")
    headers = PRIVATE_HEADERS if after is None else {**PRIVATE_HEADERS, "Retry-After": str(after)}
    return web.HTTPTooManyRequests(text=f"{limited.message}\n", headers=headers)


def _missing() -> web.Response:
    return _refusal(404, "There is no such quote.")


def _refusal(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text + "\n", headers=PRIVATE_HEADERS)


@cache
def _page() -> str:
    names = ((it.code, it.name) for it in all_countries().values())
    options = "".join(f'<option value="{code}">{escape(name)}</option>' for code, name in names)
    page = files(__name__).joinpath("page.html").read_text(encoding="utf-8")
    return page.replace("<!-- every country by name -->", options)
