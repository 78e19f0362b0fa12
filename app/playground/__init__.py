"""The playground: GraphiQL on a page of our own, served entirely from this process.

`page()` returns the HTML of GET on the GraphQL path, `routes()` the routes of its assets, and `CSP` is its content
security policy. `static/` contains our files; `assets/` files of pinned npm packages, copied by `make setup`.
"""

import re
from collections.abc import Iterable
from html import escape
from importlib.resources import files
from string import Template

from aiohttp import web

from app.playground.collect import FILES
from app.server.static_files import StaticFiles

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

FILES_OF_PAGE = StaticFiles(
    ASSET_PATH,
    files(__name__).joinpath("static"),
    files(__name__).joinpath("assets"),
    only=re.compile(r"\.(?:js|css|svg|graphql)$"),
    missing="There is no such file. If the playground is not built, run `make setup`.",
)


def page(graphql_path: str) -> str:
    """Returns the playground's HTML, or a page with instructions to build it."""
    own = files(__name__).joinpath("static")
    if not built():
        return own.joinpath("unbuilt.html").read_text(encoding="utf-8")
    # The digest in each URL allows browsers to keep the file.
    addresses = {name.replace(".", "_").replace("-", "_"): FILES_OF_PAGE.url(name) for name in FILES_OF_PAGE.files}
    html = Template(own.joinpath("page.html").read_text(encoding="utf-8"))
    return html.substitute(addresses, graphql_path=escape(graphql_path, quote=True))


def routes() -> Iterable[web.RouteDef]:
    return FILES_OF_PAGE.routes()


def built() -> bool:
    return FILES.keys() <= FILES_OF_PAGE.files.keys()
