"""Content codings: which one a client accepts (RFC 9110, section 12.5.3), and how each is made.

Answers are compressed at levels that cost less time than they save on any network; files, which are compressed once,
at the highest level (docs/performance.md#compression).
"""

import gzip
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import brotli
from aiohttp import web

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# In the order in which the server prefers them: zstd is the fastest, brotli the shortest.
ANSWER_CODINGS = ("zstd", "br", "gzip")
FILE_CODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}

_FAST: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda data: zstd.compress(data, 1),
    "br": lambda data: brotli.compress(data, quality=3),
    "gzip": lambda data: gzip.compress(data, 1, mtime=0),
}
_SMALL: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda data: brotli.compress(data, quality=11),
    "gzip": lambda data: gzip.compress(data, 9, mtime=0),
}
_CODING = re.compile(r"\s*([\w*-]+)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?(?:,|$)", re.IGNORECASE)


def compress(data: bytes, coding: str) -> bytes:
    """Compresses an answer, in little time."""
    return _FAST[coding](data)


def compress_once(data: bytes, coding: str) -> bytes:
    """Compresses a file as far as possible."""
    return _SMALL[coding](data)


def accepted_coding(request: web.BaseRequest, offered: Iterable[str] = ANSWER_CODINGS) -> str | None:
    """Returns which of the offered codings the client likes best, None for no coding."""
    headers = request.headers.getall("Accept-Encoding", [])
    return _accepted(",".join(headers), tuple(offered)) if headers else None


# Clients send few different headers.
@lru_cache(maxsize=64)
def _accepted(header: str, offered: Sequence[str]) -> str | None:
    qualities = {
        name.lower().removeprefix("x-"): min(float(quality or 1), 1.0) for name, quality in _CODING.findall(header)
    }
    others = qualities.get("*", 0.0)
    best = max(offered, key=lambda it: qualities.get(it, others))
    quality = qualities.get(best, others)
    # No coding is always acceptable, and is preferred only if the client says so.
    return best if quality > 0 and quality >= qualities.get("identity", 0.0) else None
