"""People from BambooHR (https://documentation.bamboohr.com/reference): what changed since the last time, one by one."""

import asyncio
import base64
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from adapters.http import MIB, JsonApi
from domain.hris import PersonDraft, Reading, SyncedUntil
from domain.outbound import Refused, Unavailable, Uncertain

BEGINNING = "2000-01-01T00:00:00Z"
FIELDS = ("displayName", "workEmail", "status", "country", "department", "jobTitle", "hireDate", "terminationDate")
FURTHER = ("location", "division", "supervisor", "employeeNumber")
AT_ONCE = 4
# Seconds between the attempts to read something.
DELAYS = (1.0, 5.0, 20.0)
# Whom BambooHR does not know, or does not let in, need not ask again.
STRANGERS = (401, 403)
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
        """Whoever changed since then, as they are now. Raises: Unavailable, Uncertain, Refused."""
        answer = await self._call("/employees/changed", {"since": since.cursor if since else BEGINNING})
        changed = answer.get("employees") if isinstance(answer, dict) else None
        if not isinstance(changed, dict | list):
            raise self._api.garbage("GET", "/employees/changed", "employees")
        # PHP writes an empty object as an empty list.
        entries = list(changed.values()) if isinstance(changed, dict) else []
        gone = [str(it["id"]) for it in entries if str(it.get("action", "")).lower() == "deleted"]
        there = dict.fromkeys([*(str(it["id"]) for it in entries), *(since.again if since else ())])
        asked = [it for it in there if it not in gone]
        slots = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(self._person(hris_id, slots) for hris_id in asked))
        gone += [hris_id for hris_id, person in zip(asked, found, strict=True) if person is None]
        until = answer.get("latest") or (since.cursor if since else None)
        return Reading([person for person in found if person is not None], gone, until)

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

    async def _person(self, hris_id: str, slots: asyncio.Semaphore) -> PersonDraft | None:
        async with slots:
            try:
                query = {"fields": ",".join((*FIELDS, *FURTHER))}
                told = await self._call(f"/employees/{quote(hris_id, safe='')}", query)
            except Refused as refused:
                if refused.status == 404:
                    return None
                raise
        if not isinstance(told, dict):
            raise self._api.garbage("GET", f"/employees/{hris_id}", "person")
        return PersonDraft(
            hris_id=hris_id,
            name=_text(told, "displayName"),
            email=_text(told, "workEmail"),
            status=_text(told, "status"),
            country=_text(told, "country"),
            department=_text(told, "department"),
            job_title=_text(told, "jobTitle"),
            hire_date=_date(told, "hireDate"),
            termination_date=_date(told, "terminationDate"),
            metadata={name: value for name in FURTHER if (value := _text(told, name))},
        )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value)


def _date(told: dict[str, Any], name: str) -> str:
    value = _text(told, name)
    return "" if value == NO_DATE else value
