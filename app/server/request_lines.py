"""How the line of a request is written (`app/server/request_log.py`). Quick to import, as all that sets logging up."""

import logging
import sys
from time import gmtime
from typing import Any

import orjson

REQUESTS = "quotegraph.requests"


class RequestFormatter(logging.Formatter):
    """JSON, as all other lines are; to a person, words. Cheaper than the others' way, since there is one a request."""

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
        told = {**line, "event": record.msg, "level": "info", "logger": record.name, "timestamp": at}
        return orjson.dumps(told).decode()
