"""Selects the media type of an answer from the `Accept` header (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache

from aiohttp import web

JSON = "application/json"
RESPONSE_JSON = "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
HTML = "text/html"

_RANGE = re.compile(r"\s*([\w.+*-]+/[\w.+*-]+)\s*((?:;[^,]*)?)")
_QUALITY = re.compile(r";\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*(?:;|$)", re.IGNORECASE)


class Accepted:
    """What a client accepts. Without the header, and with one that cannot be read, that is anything.

    Clients send few different headers, so that what was read from them is kept.
    """

    def __init__(self, header: str) -> None:
        self._named = bool(header.strip())
        self._qualities = _qualities(header) if self._named else {"*/*": 1.0}

    @staticmethod
    def of(request: web.BaseRequest) -> "Accepted":
        """What a request accepts, in one header or in several."""
        return _accepted(",".join(request.headers.getall("Accept", [])))

    def quality(self, media_type: str) -> float:
        """Returns the quality of a media type, from 0 (not acceptable) to 1, by the most specific range."""
        general = media_type.partition("/")[0] + "/*"
        ranges: Sequence[str] = (media_type, general, "*/*")
        return next((self._qualities[it] for it in ranges if it in self._qualities), 0.0)

    def names(self, media_type: str) -> bool:
        """Whether the header names a media type itself."""
        return self._qualities.get(media_type, 0.0) > 0

    @cached_property
    def json(self) -> str:
        """The media type of a JSON answer. Clients that do not name GraphQL's own type get `application/json`, even if
        they accept neither: an answer of the wrong type is more useful than none."""
        if not self.names(RESPONSE_JSON):
            # Clients that name only an event stream are new enough for GraphQL's own type.
            return RESPONSE_JSON if self.names(EVENT_STREAM) and not self.quality(JSON) else JSON
        return RESPONSE_JSON if self.quality(RESPONSE_JSON) >= self.quality(JSON) else JSON

    @cached_property
    def stream(self) -> bool:
        """Whether an event stream is accepted."""
        return self.names(EVENT_STREAM)

    @cached_property
    def prefers_stream(self) -> bool:
        """Whether an event stream is preferred to JSON, even for a single answer."""
        json = max(self.quality(JSON), self.quality(RESPONSE_JSON))
        return self.stream and self.quality(EVENT_STREAM) > json

    @cached_property
    def prefers_page(self) -> bool:
        """Whether an HTML page is preferred to data, as by browsers."""
        data = max(self._qualities.get(it, 0.0) for it in (JSON, RESPONSE_JSON, EVENT_STREAM))
        return self.names(HTML) and self.quality(HTML) >= data


@lru_cache(maxsize=64)
def _accepted(header: str) -> Accepted:
    return Accepted(header)


def _qualities(header: str) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for part in _RANGE.finditer(header):
        quality = _QUALITY.search(part[2])
        name = part[1].lower()
        found[name] = max(found.get(name, 0.0), min(float(quality[1]), 1.0) if quality else 1.0)
    return found
