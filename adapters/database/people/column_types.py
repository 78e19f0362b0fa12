"""The column type of what an HR system knows of a person beside the columns."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.people.employees import EmployeeProperty


class Properties(Json):
    """What an HR system knows of a person beside the columns, in its order."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return tuple(EmployeeProperty(*kept) for kept in json.loads(stored))
