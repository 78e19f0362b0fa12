"""A client of the REST API for tests, and the operations behind its endpoints."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.rest import documents
from app.rest.endpoints import Page, Sent
from app.rest.fields import Fields, Parameters
from app.rest.routes import ENDPOINTS, as_json
from tests.api.support.running import Answer, Running

# Of each kind of endpoint.
BY_DOCUMENT: Mapping[str, Any] = {it.document: it for it in ENDPOINTS}


@dataclass(frozen=True)
class Rest:
    """Sends requests with a key, by default the first company's own."""

    api: Running
    key: str | None = None

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **parameters: Any,
    ) -> Answer:
        url = self.api.server.make_url(f"/api/v1/{path}").with_query(parameters)
        sent = {"Authorization": f"Bearer {self.key or self.api.customer}", **(headers or {})}
        more = {} if body is None else {"json": body}
        async with self.api.http.request(method, url, headers=sent, **more) as response:
            text = await response.read()
            return Answer(response.status, response.headers, orjson.loads(text) if text else None)

    async def get(self, path: str, **parameters: Any) -> Answer:
        return await self.send("GET", path, **parameters)

    async def data(self, path: str, **parameters: Any) -> Any:
        """The data of an answer that is a 200."""
        answer = await self.get(path, **parameters)
        assert answer.status == 200, answer.body
        return answer.body["data"]

    async def refused(self, method: str, path: str, body: Any = None, **parameters: Any) -> tuple[int, str, list[Any]]:
        """The status, the code, and the fields that the details of an error name."""
        answer = await self.send(method, path, body, **parameters)
        error = answer.body["error"]
        assert set(error) == {"code", "message", "details"}
        assert error["message"]
        details = error["details"] if isinstance(error["details"], list) else []
        return answer.status, error["code"], [it["field"] for it in details]


def sent_as(path: Mapping[str, str], body: Mapping[str, Any] | None = None, **parameters: str) -> Sent:
    return Sent(path, Parameters(parameters), Fields(body or {}))


async def by_the_graph(api: Running, endpoint: Any, sent: Sent, first: int = 10, key: str | None = None) -> Any:
    """What the root field of an endpoint's document gives when it is sent as an operation."""
    variables = endpoint.read(sent)
    if isinstance(endpoint, Page):
        variables["first"] = first
    answer = await api.run(documents.texts()[endpoint.document], variables, key, operationName=endpoint.operation(sent))
    return answer.data[endpoint.root]


def plain(value: Any) -> Any:
    """A value as it arrives at a client."""
    return orjson.loads(as_json(value))
