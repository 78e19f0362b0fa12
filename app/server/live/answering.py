"""How an event is answered for a subscription: a few at a time, and counted."""

from app.server.live.members import Counts
from app.server.live.pace import Pace
from app.server.live.results import LiveResult
from app.server.live.selections import Selection
from domain.shared.events import Event
from resolvers.events import cursor_of


async def answered(event: Event, selection: Selection, pace: Pace, counts: Counts) -> LiveResult:
    """Returns the result of an event. Raises: what `Selection.answer` does."""
    async with pace.answering.of(selection.payer):
        counts.answers += 1
        return LiveResult(await selection.answer(event), cursor_of(event))
