"""The column type of metadata."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.shared.metadata import MetadataEntry


class MetadataColumn(Json):
    """A tuple of `MetadataEntry`."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return tuple(MetadataEntry(*it) for it in json.loads(stored))
