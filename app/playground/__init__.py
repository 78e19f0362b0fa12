"""The playground: GraphiQL on a page of our own, every byte of it served from this process.

`page()` is what GET on the GraphQL path answers, `routes()` what that page loads, `CSP` the policy to
send with it. `static/` is ours; `assets/` holds pinned npm packages, collected by `make setup`.
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

# Only our own origin, for scripts, sockets and requests alike: a key typed here cannot be sent
# elsewhere. CodeMirror positions its lines by style attributes; GraphiQL's fonts are data: addresses.
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
    """The playground's HTML, or one that says how to build it."""
    own = files(__name__).joinpath("static")
    if not built():
        return own.joinpath("unbuilt.html").read_text(encoding="utf-8")
    # The digest in each address is what allows `immutable` below.
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
    # Names are looked up among those that exist, never turned into a path: nothing to traverse.
    asset = assets().get(request.match_info["name"])
    if asset is None:
        reason = "No such file." if built() else "The playground is not built: run `make setup`."
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
    """Every file the page may load, by name. Some 1.7 MB, read once."""
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
