"""Employees from BambooHR (https://documentation.bamboohr.com/reference): reads who changed since the last sync, then
each person's record.

A record that cannot be read is reported and does not stop the others. The sync as a whole fails only if the list of
changes cannot be read; after many consecutive failures the remaining records are left for the next sync.
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

EARLIEST = "2000-01-01T00:00:00Z"
# BambooHR's name of each of our fields.
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
METADATA_FIELDS = ("location", "division", "supervisor", "employeeNumber")
MAX_CONCURRENT = 4
# Seconds before each further attempt of a request.
RETRY_DELAYS = (1.0, 5.0, 20.0)
# Statuses of a rejected key: a retry gets the same answer.
UNAUTHORIZED = (401, 403)
# After this many consecutive failures the remaining records are left for the next sync.
MAX_CONSECUTIVE_FAILURES = 20
# A change is about 100 bytes: enough for the first sync of a company of 100,000 people.
MOST_BYTES = 16 * MIB
# What BambooHR sends for a missing date.
NO_DATE = "0000-00-00"


class BambooDirectory:
    """Implements the `Directory` port. `base_url` includes the version: `https://{company}.bamboohr.com/api/v1`."""

    provider = "bamboohr"

    def __init__(
        self,
        base_url: str,
        key: str,
        session: aiohttp.ClientSession,
        timeout: float = 10.0,
        delays: Sequence[float] = RETRY_DELAYS,
    ) -> None:
        self._delays = delays
        # The key is the user name of HTTP Basic authentication; the password is ignored.
        basic = base64.b64encode(f"{key}:x".encode()).decode()
        self._api = JsonApi("BambooHR", base_url, key, session, timeout, {"Authorization": f"Basic {basic}"})

    async def read(self, since: SyncedUntil | None) -> Reading:
        """Returns the current records of the people who changed since then. Raises: Unavailable, Uncertain or Refused,
        if the list of changes cannot be read."""
        answer = await self._call("/employees/changed", {"since": since.cursor if since else EARLIEST})
        changed = answer.get("employees") if isinstance(answer, dict) else None
        # PHP writes an empty object as an empty list.
        entries = {} if changed == [] else changed
        if not isinstance(entries, dict):
            raise self._api.unreadable_answer("GET", "/employees/changed", "employees")
        deleted = {key for key, it in entries.items() if _action(it) == "deleted"}
        listed = dict.fromkeys([*entries, *(since.again if since else ())])
        requested = [key for key in listed if key not in deleted]
        slots, failures = asyncio.Semaphore(MAX_CONCURRENT), Failures()
        found = await asyncio.gather(*(self._person(hris_id, slots, failures) for hris_id in requested))
        previous, latest = since.cursor if since else None, answer.get("latest")
        until = latest if isinstance(latest, str) and latest and not failures.too_many else previous
        unread = [it for it in found if isinstance(it, Unread)]
        records = [it for it in found if not isinstance(it, Unread)]
        people = [_draft(hris_id, record) for hris_id, record in records]
        return Reading(
            people, sorted(deleted), until, unread=unread, notes=_missing_fields([record for _, record in records])
        )

    async def _call(self, path: str, query: dict[str, str]) -> Any:
        """Reads are safe to repeat, and BambooHR limits the rate of requests (429, 503)."""
        for delay in self._delays:
            try:
                return await self._api.call("GET", path, query=query, limit=MOST_BYTES)
            except (Unavailable, Uncertain) as failure:
                if failure.status in UNAUTHORIZED:
                    raise
                await asyncio.sleep(delay)
        return await self._api.call("GET", path, query=query, limit=MOST_BYTES)

    async def _person(
        self, hris_id: str, slots: asyncio.Semaphore, failures: "Failures"
    ) -> tuple[str, dict[str, Any]] | Unread:
        async with slots:
            if failures.too_many:
                return Unread(
                    hris_id, "This record was not requested, because too many records before it could not be read."
                )
            try:
                record = await self._record(hris_id)
            except OutboundFailure as failure:
                # A person who does not exist or whom this key may not see is not a failure of BambooHR.
                failures.add_result(failure.status in (*UNAUTHORIZED, 404) or isinstance(failure, Refused))
                return Unread(hris_id, f"{failure}.")
            failures.add_result(True)
            return hris_id, record

    async def _record(self, hris_id: str) -> dict[str, Any]:
        path = f"/employees/{quote(hris_id, safe='')}"
        # With `onlyCurrent` (the default), values that take effect on a future first day are left out.
        query = {"fields": ",".join((*FIELDS.values(), *METADATA_FIELDS)), "onlyCurrent": "false"}
        record = await self._call(path, query)
        if not isinstance(record, dict) or str(record.get("id")) != hris_id:
            raise self._api.unreadable_answer("GET", path, "person")
        return record


class Failures:
    """Counts consecutive records that could not be read because of BambooHR."""

    def __init__(self) -> None:
        self._consecutive = 0

    @property
    def too_many(self) -> bool:
        return self._consecutive >= MAX_CONSECUTIVE_FAILURES

    def add_result(self, success: bool) -> None:
        if not self.too_many:
            self._consecutive = 0 if success else self._consecutive + 1


def _action(entry: Any) -> str:
    return str(entry.get("action", "")).lower() if isinstance(entry, dict) else ""


def _draft(hris_id: str, record: Mapping[str, Any]) -> PersonDraft:
    known = {ours: _text(record[theirs]) for ours, theirs in FIELDS.items() if _has_value(record, theirs)}
    return PersonDraft(
        hris_id, **known, metadata={name: _text(record[name]) for name in METADATA_FIELDS if _has_value(record, name)}
    )


def _missing_fields(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Names the fields that some records lack, in one line."""
    missing = Counter(name for record in records for name in _all_fields() if not _has_value(record, name))
    if not missing:
        return []
    names = ", ".join(
        name if count == len(records) else f"{name} (for {count:,} of {len(records):,} people)"
        for name, count in missing.items()
    )
    return [f"BambooHR does not return {names}, which its key may not read; these fields stay unchanged."]


def _all_fields() -> Iterable[str]:
    return (*FIELDS.values(), *METADATA_FIELDS)


def _has_value(record: Mapping[str, Any], name: str) -> bool:
    """Whether the record has the field, possibly null. A list or an object is not a valid value."""
    return name in record and isinstance(record[name], str | int | Decimal | None)


def _text(value: Any) -> str:
    return "" if value is None or value == NO_DATE else str(value)
