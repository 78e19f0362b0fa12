"""The checks of graphql-cop, with a live key: none has anything to report.

Its check of queries by GET is left out: they are part of GraphQL over HTTP, and need a key in a header, which no page
of another origin can send.
"""

import json
from typing import Any

import pytest

DENIAL_OF_SERVICE = {
    "alias overloading": "query cop { " + " ".join(f"alias{it}:__typename" for it in range(101)) + " }",
    "directive overloading": "query cop { __typename " + "@aa" * 10 + " }",
    "field duplication": "query cop { " + "__typename " * 500 + "}",
    "circular introspection": (
        "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } "
        "} } } } } } } }"
    ),
}
JSON = {"Content-Type": "application/json"}


def _reports(name: str, body: Any) -> bool:
    """Whether graphql-cop would report this answer."""
    if name == "directive overloading":
        return len(body.get("errors", ())) == 10
    if name == "circular introspection":
        return len(((body.get("data") or {}).get("__schema") or {}).get("types") or ()) > 25
    return bool((body.get("data") or {}).get("__typename") or (body.get("data") or {}).get("alias100"))


@pytest.mark.parametrize("name", DENIAL_OF_SERVICE)
async def test_what_would_cost_a_server_much_is_refused(api, name):
    for key in (api.customer, ""):
        answer = await api.run(DENIAL_OF_SERVICE[name], key=key)
        assert not _reports(name, answer.body), answer.body


async def test_a_batch_is_refused(api):
    body = json.dumps([{"query": "query cop { __typename }"}] * 10).encode()
    answer = await api.post(body, {**JSON, "Authorization": f"Bearer {api.customer}"})
    assert not isinstance(answer.body, list)


@pytest.mark.parametrize("text", ["query cop { __typename }", "mutation cop { __typename }"])
async def test_a_form_runs_nothing(api, text):
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer {api.customer}"}
    answer = await api.post(f"query={text}".encode(), headers)
    assert "data" not in answer.body


async def test_a_mutation_by_get_runs_nothing(api):
    async with api.http.get(
        api.url, params={"query": "mutation cop { __typename }"}, headers={"Authorization": f"Bearer {api.customer}"}
    ) as response:
        assert response.status == 405
        assert "data" not in await response.json()


@pytest.mark.parametrize("text", ["qwerty cop { abc }", "query cop { abc }"])
async def test_an_error_tells_nothing_of_the_inside_and_no_answer_is_traced(api, text):
    answer = await api.run(text)
    written = json.dumps(answer.body).lower()
    assert not any(it in written for it in ("exception", "traceback", "stacktrace", "tracing"))
