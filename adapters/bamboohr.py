"""People from BambooHR (https://documentation.bamboohr.com/reference): what changed since the last time, one by one.

One person's record that cannot be read is told and keeps nobody else; only where the list of changes cannot be read, or
record after record fails, is BambooHR itself taken for the cause.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.http import MIB, JsonApi
from domain.people.hris import Reading, SyncedUntil, Unread
from domain.people.person_drafts import PersonDraft
from domain.shared.outbound_errors import OutboundFailure, Refused, Unavailable, Uncertain

BEGINNING = "2000-01-01T00:00:00Z"
# Our names of what BambooHR calls otherwise.
FIELDS = {
    "name": "displayName",
    "email": "workEmail",
    "status": "status",
    "country": "country",
    "department": "department",
    "job_title": "jobTitle",
    "hire_date": "hireDate",
    "termination_date": "terminationDate",
}
FURTHER = ("location", "division", "supervisor", "employeeNumber")
AT_ONCE = 4
# Seconds between the attempts to read something.
DELAYS = (1.0, 5.0, 20.0)
# Whom BambooHR does not know, or does not let in, need not ask again.
STRANGERS = (401, 403)
# After so many records in a row that could not be read, the others are left for the next time.
PATIENCE = 20
# Each change is about 100 bytes: what a company of 100,000 has changed the first time.
MOST_BYTES = 16 * MIB
# How BambooHR writes a date that there is none of.
NO_DATE = "0000-00-00"


class BambooDirectory:
    """A `Directory`. `base_url` goes up to the version: `https://{company}.bamboohr.com/api/v1`."""

    provider = "bamboohr"

    def __init__(
        self,
        base_url: str,
        key: str,
        session: aiohttp.ClientSession,
        timeout: float = 10.0,
        delays: Sequence[float] = DELAYS,
    ) -> None:
        self._delays = delays
        # The key is the user of HTTP's basic authentication; the password may be anything.
        basic = base64.b64encode(f"{key}:x".encode()).decode()
        self._api = JsonApi("BambooHR", base_url, key, session, timeout, {"Authorization": f"Basic {basic}"})

    async def read(self, since: SyncedUntil | None) -> Reading:
        """Whoever changed since then, as they are now. Raises: Unavailable, Uncertain, Refused, when BambooHR does not
        say who changed."""
        answer = await self._call("/employees/changed", {"since": since.cursor if since else BEGINNING})
        changed = answer.get("employees") if isinstance(answer, dict) else None
        # PHP writes an empty object as an empty list.
        entries = {} if changed == [] else changed
        if not isinstance(entries, dict):
            raise self._api.garbage("GET", "/employees/changed", "employees")
        gone = {key for key, it in entries.items() if _action(it) == "deleted"}
        there = dict.fromkeys([*entries, *(since.again if since else ())])
        asked = [key for key in there if key not in gone]
        slots, failures = asyncio.Semaphore(AT_ONCE), Failures()
        found = await asyncio.gather(*(self._person(hris_id, slots, failures) for hris_id in asked))
        before, latest = since.cursor if since else None, answer.get("latest")
        until = latest if isinstance(latest, str) and latest and not failures.many else before
        unread = [it for it in found if isinstance(it, Unread)]
        records = [it for it in found if not isinstance(it, Unread)]
        people = [_draft(hris_id, record) for hris_id, record in records]
        return Reading(people, sorted(gone), until, unread=unread, notes=_untold([record for _, record in records]))

    async def _call(self, path: str, query: dict[str, str]) -> Any:
        """Reading does no harm twice, and BambooHR turns callers away who ask for much (429, 503)."""
        for delay in self._delays:
            try:
                return await self._api.call("GET", path, query=query, limit=MOST_BYTES)
            except (Unavailable, Uncertain) as failure:
                if failure.status in STRANGERS:
                    raise
                await asyncio.sleep(delay)
        return await self._api.call("GET", path, query=query, limit=MOST_BYTES)

    async def _person(
        self, hris_id: str, slots: asyncio.Semaphore, failures: "Failures"
    ) -> tuple[str, dict[str, Any]] | Unread:
        async with slots:
            if failures.many:
                return Unread(hris_id, "BambooHR was not asked: too many records before could not be read.")
            try:
                record = await self._record(hris_id)
            except OutboundFailure as failure:
                # Of a person who is not there, or whom this key may not see, BambooHR is not the cause.
                failures.note(failure.status in (*STRANGERS, 404) or isinstance(failure, Refused))
                return Unread(hris_id, f"{failure}.")
            failures.note(True)
            return hris_id, record

    async def _record(self, hris_id: str) -> dict[str, Any]:
        path = f"/employees/{quote(hris_id, safe='')}"
        # Without `onlyCurrent`, what begins with a person's first day is not told before it.
        query = {"fields": ",".join((*FIELDS.values(), *FURTHER)), "onlyCurrent": "false"}
        told = await self._call(path, query)
        if not isinstance(told, dict) or str(told.get("id")) != hris_id:
            raise self._api.garbage("GET", path, "person")
        return told


class Failures:
    """How many records in a row could not be read because of BambooHR."""

    def __init__(self) -> None:
        self._in_a_row = 0

    @property
    def many(self) -> bool:
        return self._in_a_row >= PATIENCE

    def note(self, well: bool) -> None:
        if not self.many:
            self._in_a_row = 0 if well else self._in_a_row + 1


def _action(entry: Any) -> str:
    return str(entry.get("action", "")).lower() if isinstance(entry, dict) else ""


def _draft(hris_id: str, told: Mapping[str, Any]) -> PersonDraft:
    known = {ours: _text(told[theirs]) for ours, theirs in FIELDS.items() if _is_told(told, theirs)}
    return PersonDraft(hris_id, **known, metadata={name: _text(told[name]) for name in FURTHER if _is_told(told, name)})


def _untold(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which fields were left out of some records, in one line."""
    left_out = Counter(name for told in records for name in _all_fields() if not _is_told(told, name))
    if not left_out:
        return []
    names = ", ".join(
        name if count == len(records) else f"{name} (of {count:,} of {len(records):,} people)"
        for name, count in left_out.items()
    )
    return [f"BambooHR does not tell {names}, which its key may not read; they are left as they were."]


def _all_fields() -> Iterable[str]:
    return (*FIELDS.values(), *FURTHER)


def _is_told(told: Mapping[str, Any], name: str) -> bool:
    """Whether there is a value, be it none: a list or an object is no value of a field."""
    return name in told and isinstance(told[name], str | int | Decimal | None)


def _text(value: Any) -> str:
    return "" if value is None or value == NO_DATE else str(value)
