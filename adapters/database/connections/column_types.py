"""The files of origins as JSON."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.connections.origins import OriginFile


class OriginFiles(Json):
    """A tuple of `OriginFile`."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return tuple(OriginFile(*it) for it in json.loads(stored))
