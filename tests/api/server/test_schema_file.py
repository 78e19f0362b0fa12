"""The schema at its address: readable by anybody, and sent once to who keeps it."""

from graphql import build_schema

from schema.build import sdl
from tests.api.support.running import running


async def test_the_schema_is_served_to_anybody(api):
    async with api.http.get(api.server.make_url("/schema.graphql")) as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        assert await response.text() == sdl()
    async with api.http.head(api.server.make_url("/schema.graphql")) as response:
        assert (response.status, await response.text()) == (200, "")


async def test_the_schema_is_not_sent_again_to_who_has_it(api):
    url = api.server.make_url("/schema.graphql")
    async with api.http.get(url) as response:
        tag = response.headers["ETag"]
    for known, status in ((tag, 304), (f'"other", {tag}', 304), ("*", 304), ('"other"', 200)):
        async with api.http.get(url, headers={"If-None-Match": known}) as response:
            assert (response.status, response.headers["ETag"]) == (status, tag)


async def test_the_schema_is_only_read(api):
    async with api.http.post(api.server.make_url("/schema.graphql"), data="type Query { a: Int }") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")
        assert (await response.json())["errors"][0]["extensions"]["code"] == "VALIDATION_ERROR"


async def test_a_page_of_an_origin_that_is_allowed_can_read_the_schema(new_database):
    async with (
        running(await new_database("sqlite"), cors_origins="https://app.example") as api,
        api.http.get(api.server.make_url("/schema.graphql"), headers={"Origin": "https://app.example"}) as response,
    ):
        assert response.headers["Access-Control-Allow-Origin"] == "https://app.example"
        assert build_schema(await response.text()).query_type is not None
