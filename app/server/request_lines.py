"""Formats the log lines of requests (`app/server/request_log.py`). Imports little: every command sets up logging."""

import logging
import sys
from time import gmtime
from typing import Any

import orjson

REQUESTS = "quotegraph.requests"


class RequestFormatter(logging.Formatter):
    """Writes JSON, like all other log lines, or plain text on a terminal. It is faster than structlog, because there is
    a line for each request."""

    def __init__(self) -> None:
        super().__init__()
        self.converter = gmtime
        self._person = sys.stderr.isatty()

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = record.request  # type: ignore[attr-defined]
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + "Z"
        if self._person:
            more = " ".join(f"{name}={line[name]}" for name in ("key", "operation", "codes") if name in line)
            return f"{at} {line['method']} {line['path']} {line['status']} {line['ms']} ms {more}".rstrip()
        fields = {**line, "event": record.msg, "level": "info", "logger": record.name, "timestamp": at}
        return orjson.dumps(fields).decode()
