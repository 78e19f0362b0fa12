"""The documents of automatic persisted queries (APQ): each was sent once with its hash, and is then found by it.

They are kept in the memory of each process. Another process, or this one after a restart, answers that it does not know
the document, and the client sends it again.
"""

from collections import OrderedDict
from collections.abc import Hashable

# How many owners have documents at the same time.
MAX_OWNERS = 64


class AutomaticDocuments:
    """Documents by owner and hash. Each owner has a share of its own, in bytes: it evicts its own least recently used
    documents only. The share of the owner that has been idle for longest is dropped if there are too many."""

    def __init__(self, share: int, max_owners: int = MAX_OWNERS) -> None:
        self._share = share
        self._max_owners = max_owners
        self._owners: OrderedDict[Hashable, _Share] = OrderedDict()

    @property
    def enabled(self) -> bool:
        return self._share > 0

    def find(self, owner: Hashable, sha256: str) -> str | None:
        share = self._owners.get(owner)
        if share is None:
            return None
        self._owners.move_to_end(owner)
        return share.find(sha256)

    def put(self, owner: Hashable, sha256: str, text: str) -> None:
        """Keeps a document, unless it is longer than the whole share."""
        size = len(text.encode())
        if size > self._share:
            return
        self._owners.setdefault(owner, _Share(self._share)).put(sha256, text, size)
        self._owners.move_to_end(owner)
        while len(self._owners) > self._max_owners:
            self._owners.popitem(last=False)


class _Share:
    """The documents of one owner."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bytes = 0
        self._texts: OrderedDict[str, tuple[str, int]] = OrderedDict()

    def find(self, sha256: str) -> str | None:
        if sha256 not in self._texts:
            return None
        self._texts.move_to_end(sha256)
        return self._texts[sha256][0]

    def put(self, sha256: str, text: str, size: int) -> None:
        if sha256 in self._texts:
            return
        self._texts[sha256] = text, size
        self._bytes += size
        while self._bytes > self._most:
            _, (_, dropped) = self._texts.popitem(last=False)
            self._bytes -= dropped
