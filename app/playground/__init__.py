"""The playground: GraphiQL on a page of our own, served entirely from this process.

`page()` returns the HTML of GET on the GraphQL path, `routes()` the routes of its assets, and `CSP` is its content
security policy. `static/` contains our files; `assets/` files of pinned npm packages, copied by `make setup`.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from aiohttp import web

from app.playground.collect import FILES

ASSET_PATH = "/playground/assets/"

# Scripts, sockets and requests are limited to our own origin, so that a key entered here cannot be sent elsewhere.
# CodeMirror needs style attributes to position lines; GraphiQL's fonts are data: URLs.
CSP = "; ".join(  # noqa: FLY002 - one directive a line
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

CONTENT_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml", "graphql": "text/plain"}


@dataclass(frozen=True)
class Asset:
    body: bytes
    content_type: str
    digest: str


def page(graphql_path: str) -> str:
    """Returns the playground's HTML, or a page with instructions to build it."""
    own = files(__name__).joinpath("static")
    if not built():
        return own.joinpath("unbuilt.html").read_text(encoding="utf-8")
    # The digest in each URL allows the `immutable` caching below.
    addresses = {
        name.replace(".", "_").replace("-", "_"): f"{ASSET_PATH}{name}?v={asset.digest}"
        for name, asset in assets().items()
    }
    html = Template(own.joinpath("page.html").read_text(encoding="utf-8"))
    return html.substitute(addresses, graphql_path=escape(graphql_path, quote=True))


def routes() -> list[web.RouteDef]:
    return [web.get(ASSET_PATH + "{name}", serve_asset)]


def built() -> bool:
    return FILES.keys() <= assets().keys()


async def serve_asset(request: web.Request) -> web.Response:
    # Names are looked up in a dictionary and never used as a path, which prevents path traversal.
    asset = assets().get(request.match_info["name"])
    if asset is None:
        reason = "There is no such file." if built() else "The playground is not built: run `make setup`."
        return web.Response(status=404, text=reason + "\n", headers={"Cache-Control": "no-store"})
    etag = f'"{asset.digest}"'
    fresh = request.query.get("v") == asset.digest
    headers = {
        "ETag": etag,
        "Cache-Control": "public, max-age=31536000, immutable" if fresh else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers=headers)
    return web.Response(body=asset.body, content_type=asset.content_type, charset="utf-8", headers=headers)


@cache
def assets() -> dict[str, Asset]:
    """Returns all files of the page by name. They have some 1.7 MB and are read once."""
    found = {}
    for folder in ("static", "assets"):
        directory = files(__name__).joinpath(folder)
        if not directory.is_dir():
            continue
        for file in directory.iterdir():
            extension = file.name.rpartition(".")[2]
            if extension in CONTENT_TYPES:
                body = file.read_bytes()
                found[file.name] = Asset(body, CONTENT_TYPES[extension], hashlib.sha256(body).hexdigest()[:16])
    return found
