"""The documentation in `docs/` as web pages under `/docs`, so that the links in errors work without another server.

A page is rendered when it is first asked for. Links to files outside of `docs/` are left out, as they are not served.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, join, normpath

from aiohttp import web

from app.server.disclosure import Disclosure

DOCS_PATH = "/docs"
REFERENCE = "api/"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
pre, code { font-size: 0.9em; background: #8882 } pre { padding: 0.75rem; overflow-x: auto }
table { border-collapse: collapse; display: block; overflow-x: auto }
td, th { border: 1px solid #8886; padding: 0.25rem 0.5rem; text-align: left; vertical-align: top }
.center { text-align: center } .right { text-align: right }
:target { background: #fd06 } :root { color-scheme: light dark }
"""
# Only this style is applied, which its digest names.
_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
CSP = "; ".join(
    [
        "default-src 'none'",
        "img-src 'self' data:",
        f"style-src 'sha256-{_DIGEST}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {"Content-Security-Policy": CSP, "Cache-Control": "no-cache"}
# Names of files and folders; never a dot in front, so that a path cannot lead out of the folder.
_PATH = re.compile(r"(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]+")
_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · quotegraph</title><link rel="icon" href="data:,">
<style>{style}</style>
<main>{body}</main>
</html>
"""


class Documentation:
    """The request handlers. The reference of the API is only shown with the schema, which it describes."""

    def __init__(self, disclosure: Disclosure = Disclosure()) -> None:
        self._disclosure = disclosure

    def routes(self) -> Iterable[web.RouteDef]:
        return (web.get(DOCS_PATH + "/{path:.+}", self.page),)

    async def page(self, request: web.Request) -> web.Response:
        """Returns a page of the documentation, with or without `.md` in its path. Raises: HTTPNotFound."""
        path = request.match_info["path"].removesuffix(".md")
        page = _rendered(path)
        if page is None or (path.startswith(REFERENCE) and not self._disclosure.is_public):
            raise web.HTTPNotFound
        return web.Response(text=page, content_type="text/html", headers=HEADERS)


def folder() -> Traversable:
    """Returns the folder of the documentation: in the package, or in the repository if this is an editable install."""
    packaged = files("app").joinpath("docs")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "docs"


# Limited, because it keeps the paths that do not exist as well.
@lru_cache(maxsize=100)
def _rendered(path: str) -> str | None:
    if not _PATH.fullmatch(path) or not (source := folder().joinpath(*f"{path}.md".split("/"))).is_file():
        return None
    return render(source.read_text(encoding="utf-8"), path)


def render(text: str, path: str = "") -> str:
    """Returns a page of Markdown as HTML. Headings have the anchors that GitHub gives them."""
    # Imported when the first page is asked for, which most processes never are.
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    title = "Documentation"
    for token, following in pairwise(tokens):
        if (aligned := token.attrs.pop("style", None)) is not None:
            token.attrSet("class", str(aligned).removeprefix("text-align:"))
        if token.type == "heading_open":
            heading = "".join(it.content for it in following.children or () if it.type in ("text", "code_inline"))
            token.attrSet("id", anchor(heading))
            title = heading if token.tag == "h1" else title
        for it in token.children or ():
            if it.type == "link_open" and _leads_out(path, str(it.attrGet("href"))):
                del it.attrs["href"]
    return _PAGE.format(title=escape(title), style=STYLE, body=markdown.renderer.render(tokens, markdown.options, {}))


def _leads_out(path: str, href: str) -> bool:
    """Whether a link of a page leads out of the folder, or to a folder in it."""
    target = normpath(join(dirname(path), href.partition("#")[0]))
    return href.startswith("../") and (target.startswith("..") or not target.endswith(".md"))


def anchor(heading: str) -> str:
    """Returns the anchor of a heading, as on GitHub."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
