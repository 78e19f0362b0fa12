"""The column type of an employee's metadata."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.shared.metadata import MetadataEntry


class Properties(Json):
    """The metadata of an employee from an HR system, in its order."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return tuple(MetadataEntry(*kept) for kept in json.loads(stored))
