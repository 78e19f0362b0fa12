"""Tasks in an Asana project for the operators who price quotes (https://developers.asana.com/reference)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from adapters.http import JsonApi
from domain.shared.messages import NewTask
from domain.shared.outbound_errors import Uncertain

PATH = "/tasks"
PAGE = "100"
# Asana dates its tasks by its own clock, which may differ from ours by this much.
CLOCK_SKEW = timedelta(hours=1)


class AsanaClient:
    """A `TaskBoard`. `base_url` goes up to and including the version: `https://app.asana.com/api/1.0`."""

    def __init__(
        self, base_url: str, token: str, project_gid: str, session: aiohttp.ClientSession, timeout: float = 10.0
    ) -> None:
        self._api = JsonApi("Asana", base_url, token, session, timeout, {})
        self._project = project_gid

    async def create_task(self, task: NewTask) -> str:
        """Create the task with our reference as the last line of its notes. Raises: Unavailable, Uncertain, Refused."""
        notes = f"{task.notes}\n\n{_reference_line(task.reference)}"
        body = {"data": {"name": task.title, "notes": notes, "projects": [self._project]}}
        answer = await self._api.call("POST", PATH, body=body)
        return self._gid("POST", answer.get("data") if isinstance(answer, dict) else None)

    async def find_task(self, reference: str, since: datetime) -> str | None:
        """Returns the gid of the project's task with our reference that was created or changed since then, or None.
        Raises: Unavailable, Uncertain, Refused."""
        try:
            # All pages together share the timeout of one call, so that the job's lease outlasts them.
            async with asyncio.timeout(self._api.timeout):
                return await self._search(_reference_line(reference), since)
        except TimeoutError as error:
            raise Uncertain(f"Asana GET {PATH}: no end of the list within {self._api.timeout:g} seconds") from error

    async def _search(self, line: str, since: datetime) -> str | None:
        earliest = (since - CLOCK_SKEW).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = {"project": self._project, "modified_since": earliest, "opt_fields": "name,notes", "limit": PAGE}
        while True:
            answer = await self._api.call("GET", PATH, query=query)
            tasks = answer.get("data") if isinstance(answer, dict) else None
            # An answer without tasks is not an empty list: treating it as one would create the task twice.
            if not isinstance(tasks, list):
                raise self._api.unreadable_answer("GET", PATH, "data")
            for task in tasks:
                if isinstance(task, dict) and line in _lines(task.get("notes")):
                    return self._gid("GET", task)
            next_page = answer.get("next_page")
            if not next_page:
                return None
            if not isinstance(next_page, dict) or not next_page.get("offset"):
                raise self._api.unreadable_answer("GET", PATH, "offset of the next page")
            query["offset"] = str(next_page["offset"])

    def _gid(self, verb: str, task: Any) -> str:
        gid = task.get("gid") if isinstance(task, dict) else None
        if not gid:
            raise self._api.unreadable_answer(verb, PATH, "gid")
        return str(gid)


def _reference_line(reference: str) -> str:
    return f"Reference: {reference}"


def _lines(notes: Any) -> set[str]:
    return {line.strip() for line in notes.splitlines()} if isinstance(notes, str) else set()
