"""What the programs in Python share. A program is run as `python PROGRAM URL KEY`."""

import json
import sys
from collections.abc import Mapping
from typing import Any

URL, KEY = sys.argv[1:]
# A subscription as docs/guides/resume.md recommends it.
EVENTS = """subscription Events($after: String) {
    events(after: $after, includeCurrent: true) { id type cursor }
}"""


def show(data: Mapping[str, Any]) -> None:
    """Prints an event."""
    print(json.dumps(data["events"]), flush=True)
