"""Selects the media type of an answer from the `Accept` header (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Mapping
from functools import lru_cache

from aiohttp import web

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"
# Apollo's multipart answers, with the parameter that tells subscriptions from other uses of the type.
MULTIPART = "multipart/mixed;subscriptionspec=1.0"

# Multipart answers of which parts come later, by the parameter that names their form.
INCREMENTAL = {"incrementalspec=v0.2": "incrementalSpec=v0.2", "deferspec=20220824": "deferSpec=20220824"}

_RANGE = re.compile(r"\s*([\w.+*-]+/[\w.+*-]+)\s*((?:;[^,]*)?)")
_SUBSCRIPTIONS = re.compile(r';\s*subscriptionspec\s*=\s*"?1\.0"?\s*(?:;|$)', re.IGNORECASE)
_INCREMENTAL = re.compile(r';\s*(incrementalspec|deferspec)\s*=\s*"?(v0\.2|20220824)"?\s*(?:;|$)', re.IGNORECASE)
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


class Accepted:
    """What a client accepts. Without the header, and with one that cannot be read, that is anything.

    - `json` is the media type of a JSON answer. Clients that do not name GraphQL's own type get `application/json`,
      even if they accept neither: an answer of the wrong type is more useful than none. Clients that name only an event
      stream are new enough for GraphQL's own type.
    - `stream` says whether an event stream is accepted, `prefers_stream` whether it is preferred to JSON, even for a
      single answer. `multipart` says whether subscriptions are accepted as Apollo's multipart answers, and rather than
      as event streams.
    - `incremental` is the form of multipart answers in which parts may come later, None if none is accepted.
    - `prefers_page` says whether an HTML page is preferred to data, as by browsers.
    """

    def __init__(self, header: str) -> None:
        self._qualities = _qualities(header) if header.strip() else {"*/*": 1.0}
        named = {it: self._qualities.get(it, 0.0) for it in (JSON, RESPONSE_JSON, EVENT_STREAM, HTML, MULTIPART)}
        json, response_json = self.quality(JSON), self.quality(RESPONSE_JSON)
        self.stream = named[EVENT_STREAM] > 0
        self.multipart = named[MULTIPART] > named[EVENT_STREAM]
        self.incremental = next((form for it, form in INCREMENTAL.items() if self._qualities.get(it, 0.0) > 0), None)
        wants_newer = response_json >= json if named[RESPONSE_JSON] else self.stream and not json
        self.json = RESPONSE_JSON if wants_newer else JSON
        self.prefers_stream = self.stream and named[EVENT_STREAM] > max(json, response_json)
        self.prefers_page = named[HTML] > 0 and named[HTML] >= max(
            named[it] for it in (JSON, RESPONSE_JSON, EVENT_STREAM)
        )

    @staticmethod
    def of(request: web.BaseRequest) -> "Accepted":
        """What a request accepts, in one header or in several."""
        return _accepted(",".join(request.headers.getall("Accept", [])))

    @staticmethod
    def by_header(header: str) -> "Accepted":
        """What a header accepts."""
        return _accepted(header)

    def quality(self, media_type: str) -> float:
        """Returns the quality of a media type, from 0 (not acceptable) to 1, by the most specific range."""
        ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
        return next((self._qualities[it] for it in ranges if it in self._qualities), 0.0)


# Clients send few different headers.
@lru_cache(maxsize=64)
def _accepted(header: str) -> Accepted:
    return Accepted(header)


def _qualities(header: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for part in _RANGE.finditer(header):
        quality = _QUALITY.search(part[2])
        name = part[1].lower()
        if name == "multipart/mixed" and _SUBSCRIPTIONS.search(part[2]):
            name = MULTIPART
        elif name == "multipart/mixed" and (form := _INCREMENTAL.search(part[2])):
            name = f"{form[1]}={form[2]}".lower()
        found[name] = max(found.get(name, 0.0), min(float(quality[1]), 1.0) if quality else 1.0)
    return found
