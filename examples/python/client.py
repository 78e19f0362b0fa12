"""Sends operations to quotegraph with aiohttp; the other programs of this folder use it."""

import os
from collections.abc import Mapping
from typing import Any

import aiohttp

URL = os.environ.get("QUOTEGRAPH_URL", "http://localhost:8000/graphql")
KEY = os.environ["QUOTEGRAPH_KEY"]


class RequestError(Exception):
    """An error outside of the payload: the request was refused, or a field failed."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("\n".join(f"{it['extensions']['code']}: {it['message']}" for it in errors))
        self.errors = errors


def session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"})


async def run(
    http: aiohttp.ClientSession,
    query: str,
    variables: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Any:
    """The data of an operation. Raises: RequestError."""
    async with http.post(URL, json={"query": query, "variables": variables}, headers=headers) as response:
        answer = await response.json()
    if "errors" in answer:
        raise RequestError(answer["errors"])
    return answer["data"]
