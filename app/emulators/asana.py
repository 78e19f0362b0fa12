"""Emulates Asana's task endpoints as its reference describes them, at the root and below `/api/1.0`.

Accepts any token, and any project or workspace with a well-formed gid.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from app.emulators.http import Answer, Call, Emulator, now, phrase

HELP = (
    "For more information on API status codes and how to handle them, read the docs on errors: "
    "https://developers.asana.com/docs/errors"
)
COMPACT = ("name", "resource_type", "resource_subtype")
FIRST_GID = 1200000000000001


class AsanaRefuses(Exception):
    """An error of Asana."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class AsanaEmulator(Emulator):
    """Asana with one user, who has access to everything."""

    prefix = "/api/1.0"

    def answer(self, call: Call) -> Answer:
        try:
            _check_token(call.headers)
            if (call.method, call.path) == ("POST", "/tasks"):
                return self._create(_data(call.body))
            if (call.method, call.path) == ("GET", "/tasks"):
                return self._list(call.query)
            raise AsanaRefuses(404, "No matching route for request")
        except AsanaRefuses as refusal:
            return _error(refusal.status, str(refusal))

    def failure(self, status: int) -> Answer:
        return _error(status, "Not Authorized" if status == 401 else phrase(status))

    def _create(self, data: dict[str, Any]) -> Answer:
        if not data.get("name"):
            raise AsanaRefuses(400, "name: Missing input")
        projects = _gids("projects", data.get("projects"))
        workspace = _gids("workspace", data.get("workspace"))
        if not projects and not workspace:
            raise AsanaRefuses(400, "You should specify one of workspace, parent, projects")
        gid, at = str(FIRST_GID + self.store.count("task")), now()
        task = {
            "gid": gid,
            "resource_type": "task",
            "resource_subtype": "default_task",
            "name": str(data["name"]),
            "notes": str(data.get("notes") or ""),
            "completed": False,
            "created_at": at,
            "modified_at": at,
            "projects": [{"gid": project, "resource_type": "project"} for project in projects],
            "workspace": {"gid": workspace[0] if workspace else "1", "resource_type": "workspace"},
            "permalink_url": f"https://app.asana.com/0/{projects[0] if projects else 0}/{gid}",
        }
        self.store.put("task", gid, task)
        return Answer(201, {"data": task}, {"Location": f"{self.prefix}/tasks/{gid}"})

    def _list(self, query: Mapping[str, str]) -> Answer:
        if "project" not in query:
            raise AsanaRefuses(400, "You should specify one of workspace, project, tag, section, user_task_list")
        [project] = _gids("project", query["project"]) or [""]
        since = _time(query["modified_since"]) if "modified_since" in query else None
        tasks = [
            task
            for task in self.store.all("task")
            if any(it["gid"] == project for it in task["projects"])
            and (since is None or _time(task["modified_at"]) >= since)
        ]
        fields = query["opt_fields"].split(",") if query.get("opt_fields") else COMPACT
        if "limit" not in query:
            return Answer(200, {"data": [_shown(task, fields) for task in tasks]})
        start, limit = _offset(query.get("offset")), _limit(query["limit"])
        page = [_shown(task, fields) for task in tasks[start : start + limit]]
        more = start + limit < len(tasks)
        return Answer(200, {"data": page, "next_page": self._next_page(query, start + limit) if more else None})

    def _next_page(self, query: Mapping[str, str], start: int) -> dict[str, str]:
        offset = base64.urlsafe_b64encode(str(start).encode()).decode()
        path = "/tasks?" + urlencode({**query, "offset": offset})
        return {"offset": offset, "path": path, "uri": f"https://app.asana.com{self.prefix}{path}"}


def _check_token(headers: Mapping[str, str]) -> None:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token.strip():
        raise AsanaRefuses(401, "Not Authorized")


def _data(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise AsanaRefuses(400, "Could not parse request data, invalid JSON")
    data = body.get("data")
    if not isinstance(data, dict):
        raise AsanaRefuses(400, "data: Missing input")
    return data


def _gids(name: str, value: Any) -> list[str]:
    """Parses one gid, several separated by commas, or a list of them."""
    gids = value.split(",") if isinstance(value, str) else value or []
    for gid in gids if isinstance(gids, list) else [gids]:
        if not isinstance(gid, str) or not gid.isdecimal():
            raise AsanaRefuses(400, f"{name}: Not a recognized ID: {gid}")
    return list(gids)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise AsanaRefuses(400, f"modified_since: Not a valid date: {text}") from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise AsanaRefuses(400, "limit: Must be between 1 and 100")
    return int(text)


def _offset(text: str | None) -> int:
    try:
        return int(base64.urlsafe_b64decode(text)) if text else 0
    except (binascii.Error, ValueError) as error:
        raise AsanaRefuses(400, "offset: Your pagination token is invalid.") from error


def _shown(task: dict[str, Any], fields: Any) -> dict[str, Any]:
    return {"gid": task["gid"]} | {name: task[name] for name in fields if name in task}


def _error(status: int, message: str) -> Answer:
    headers = {"Retry-After": "30"} if status == 429 else {}
    return Answer(status, {"errors": [{"message": message, "help": HELP}]}, headers)
