"""Which of our functions one `acceptItem` enters, from the request to the answer, in the order in which it enters them.

The request is sent over HTTP to a server over SQLite, after one like it, so that nothing is prepared for the first
time.
"""

import asyncio
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from tests.api.support import makers, world
from tests.api.support.running import running

HOME = Path(__file__).resolve().parent.parent
OURS = tuple(f"{HOME / package}/" for package in ("adapters", "app", "domain", "resolvers", "schema"))
SELECTION = """
    quote { id status items { id status decision recipients { id status } alternatives { id status } } }
    item { id decision }
"""


class Walk:
    """Notes each function the first time it is entered, generators and comprehensions included."""

    def __init__(self) -> None:
        self.entered: dict[tuple[str, str], None] = {}

    def __enter__(self) -> "Walk":
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(OURS):
            self.entered.setdefault((code.co_filename.removeprefix(f"{HOME}/"), code.co_qualname))


async def walk() -> Walk:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/quotegraph.db"
        await world.make(url)
        async with running(url) as api:
            first, second = [await makers.a_quote(api, alternatives=1) for _ in range(2)]
            await api.act("acceptItem", {"itemId": first.item}, SELECTION)
            with Walk() as entered:
                await api.act("acceptItem", {"itemId": second.item}, SELECTION)
            return entered


def main() -> None:
    entered = asyncio.run(walk()).entered
    for file, function in entered:
        print(f"{file}  {function}")
    print(f"{len(entered)} functions in {len({file for file, _ in entered})} files")


if __name__ == "__main__":
    main()
