"""How many connections there may be, for how long each may keep the server waiting, and how many files are allowed."""

import logging
import resource
from contextlib import suppress
from dataclasses import dataclass

log = logging.getLogger(__name__)

# Files that are no connections of clients: the database, vendors, logs, standard streams.
OTHER_FILES = 128
# As many as we ask for where the system has no limit.
MOST_FILES = 1_048_576


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The defaults are those of the settings."""

    most: int = 16_384
    # How long a request may take to arrive, from the connection or its first byte to the end of its body.
    request_seconds: float = 30.0
    # How long a connection may be without a request.
    keep_alive_seconds: float = 75.0
    # How long an answer may be unread without any progress, and the bytes of all unread answers.
    unread_seconds: float = 30.0
    unread_bytes: int = 128 * 1024 * 1024


def raise_file_limit() -> int:
    """Raises the limit of open files to what the system allows the process to raise it to. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else hard
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS refuses more than its kernel has.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def most_connections(wanted: int, files: int) -> int:
    """The number of connections for which there are files. Beyond it, accepting would fail for all clients alike."""
    possible = max(files - OTHER_FILES, files // 2)
    if possible < wanted:
        log.warning(
            "at most %s connections instead of %s (QUOTEGRAPH_MAX_CONNECTIONS): the limit of open files is %s",
            f"{possible:,}",
            f"{wanted:,}",
            f"{files:,}",
        )
    return min(wanted, possible)
