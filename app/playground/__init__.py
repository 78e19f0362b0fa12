"""The playground: GraphiQL on a page of our own, served entirely from this process.

`page()` returns the HTML of GET on the GraphQL path, `routes()` the routes of its assets, and `CSP` is its content
security policy. `index.html` and `src/` are its source; Vite builds them into `assets/` (`make setup`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files

from aiohttp import web

from app.server.static_files import StaticFiles

ASSET_PATH = "/playground/assets/"
ASSETS = files(__name__).joinpath("assets")
PAGE = "index.html"

# Scripts, workers, sockets and requests are limited to our own origin, so that a key entered here cannot be sent
# elsewhere. The editors write style elements, and GraphiQL's fonts are data: URLs.
CSP = "; ".join(  # noqa: FLY002 - one directive a line
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

FILES_OF_PAGE = StaticFiles(
    ASSET_PATH,
    ASSETS,
    # Vite's names have a hash of the content.
    hashed=re.compile(r"-[\w-]{8}\.\w+$"),
    only=re.compile(r"\.(?:js|css|svg|ttf)$"),
    missing="There is no such file. If the playground is not built, run `make setup`.",
)


def page(graphql_path: str, demo_keys: Mapping[str, str] = {}, sign_in: str = "null") -> str:
    """Returns the playground's HTML, or a page with instructions to build it. `demo_keys` are offered on the page, by
    name; `sign_in` is JSON, what it needs to sign in."""
    if not built():
        return files(__name__).joinpath("unbuilt.html").read_text(encoding="utf-8")
    html = ASSETS.joinpath(PAGE).read_text(encoding="utf-8")
    values = {"graphql_path": graphql_path, "demo_keys": json.dumps(dict(demo_keys)), "sign_in": sign_in}
    for name, value in values.items():
        html = html.replace(f"{{{{{name}}}}}", escape(value))
    return html


def policy_with(origin: str) -> str:
    """Returns the content security policy of a page that also sends requests to this origin, for tokens."""
    return CSP.replace("connect-src 'self'", f"connect-src 'self' {origin}")


def routes() -> Iterable[web.RouteDef]:
    return FILES_OF_PAGE.routes()


def built() -> bool:
    return ASSETS.joinpath(PAGE).is_file()
