"""Events of all companies, for platform keys: one subscription, with a cursor that resumes in each company."""

from datetime import UTC, datetime

from sqlalchemy import delete

from adapters.database.companies.company import add_company
from adapters.database.history.tables import events as events_table
from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope
from domain.shared.ids import new_id
from resolvers import events
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import Running, company_id, on_both_databases
from tests.api.support.streams import streamed

EVENTS = """subscription($companyId: ID, $after: String, $types: [EventType!], $current: Boolean! = false) {
    events(companyId: $companyId, after: $after, types: $types, includeCurrent: $current) {
        type cursor node { __typename id }
    }
}"""


def following(api: Running, key: str | None = None, headers: dict[str, str] | None = None, **variables):
    return streamed(api, EVENTS, key or api.operator, headers, **variables)


async def told(stream):
    """The next event."""
    name, payload = await stream.next()
    assert (name, payload.get("errors")) == ("next", None)
    return payload["data"]["events"]


async def problem(stream):
    _, payload = await stream.next()
    return payload["errors"][0]["extensions"]["problems"][0]


async def created(api: Running, company: str = "AUSTRAL") -> str:
    """The id of a new quote of a company."""
    given = a_draft() | {"companyId": company_id(company)}
    found: str = (await api.act("createQuote", given, "quote { id }", key=api.operator))["quote"]["id"]
    return found


@on_both_databases
async def test_a_platform_key_follows_all_companies_and_resumes_in_each(api):
    async with following(api, current=True) as stream:
        states = [await told(stream) for _ in range(2)]
        assert {it["node"]["id"] for it in states} == {company_id("AUSTRAL"), company_id("NORDLICHT")}
        assert {it["type"] for it in states} == {"CURRENT_STATE"}
        quotes = [await created(api, it) for it in ("AUSTRAL", "NORDLICHT", "AUSTRAL")]
        received = [await told(stream) for _ in quotes]
        assert [it["node"]["id"] for it in received] == quotes
        assert stream.last_id == received[-1]["cursor"]
    quotes += [await created(api, it) for it in ("NORDLICHT", "AUSTRAL")]
    for number, headers, variables in (
        (0, {}, {"after": states[0]["cursor"], "current": True}),
        (1, {}, {"after": received[0]["cursor"]}),
        (3, {"Last-Event-ID": received[2]["cursor"]}, {"after": states[0]["cursor"]}),
    ):
        async with following(api, headers=headers, **variables) as stream:
            missed = [(await told(stream))["node"]["id"] for _ in quotes[number:]]
            assert sorted(missed) == sorted(quotes[number:])
            new = await created(api)
            assert (await told(stream))["node"]["id"] == new
        quotes.append(new)


async def test_a_company_that_is_added_later_joins(api):
    async with following(api, current=True) as stream:
        cursor = (await told(stream))["cursor"]
        await told(stream)
        company = new_id()
        async with api.parts.database.write.begin() as connection:
            await add_company(connection, company, "LATER", "Later", datetime.now(UTC))
        given = a_draft() | {"companyId": f"Company_{company}"}
        quote = (await api.act("createQuote", given, "quote { id }", key=api.operator))["quote"]["id"]
        assert (await told(stream))["node"]["id"] == quote
    async with following(api, after=cursor) as stream:
        assert (await told(stream))["node"]["id"] == quote


async def test_the_other_environment_and_what_the_key_may_not_read_stay_away(api):
    tester = await api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)
    blind = await api.key(*(set(Scope) - {Scope.QUOTES_READ}), company=None)
    async with following(api, current=True) as stream, following(api, blind, current=True) as nothing:
        for it in (stream, nothing):
            assert [(await told(it))["type"] for _ in range(2)] == ["CURRENT_STATE"] * 2
        await api.act("createQuote", a_draft(), key=tester)
        quote = await created(api)
        assert (await told(stream))["node"]["id"] == quote
        customer = await api.act("createCustomer", {"name": "Ana"}, "customer { id }")
        found = [await told(it) for it in (stream, nothing)]
        assert [it["node"]["id"] for it in found] == [customer["customer"]["id"]] * 2


async def test_only_the_types_that_are_asked_for_are_told(api):
    async with following(api, current=True, types=["QUOTE_CREATED"]) as stream:
        for _ in range(2):
            await told(stream)
        quotes = [(await a_quote(api)).id for _ in range(2)]
        assert [(await told(stream))["node"]["id"] for _ in quotes] == quotes


async def test_a_cursor_of_other_events_is_refused(api):
    tests_operator = await api.key(*Scope, company=None, environment=Environment.TEST)
    await created(api)
    async with following(api, current=True) as stream:
        of_all = (await told(stream))["cursor"]
    async with following(api, api.customer, current=True) as stream:
        of_one = (await told(stream))["cursor"]
    for key, after in ((api.operator, of_one), (api.customer, of_all), (tests_operator, of_all), (None, "all_")):
        async with following(api, key, after=after) as stream:
            assert await problem(stream) | {"message": ""} == {
                "path": ["after"],
                "code": "INVALID_CURSOR",
                "message": "",
            }


async def test_a_cursor_that_is_too_old_in_one_company_is_refused(api):
    async with following(api, current=True) as stream:
        cursor = (await told(stream))["cursor"]
    for company in ("AUSTRAL", "NORDLICHT", "NORDLICHT"):
        await created(api, company)
    async with api.parts.database.write.begin() as connection:
        columns = events_table.c
        await connection.execute(delete(events_table).where(columns.tenant_id == 3, columns.number == 1))
    async with following(api, after=cursor) as stream:
        assert (await problem(stream))["code"] == "CURSOR_TOO_OLD"


async def test_more_companies_than_fit_into_a_cursor_are_to_be_named(api, monkeypatch):
    monkeypatch.setattr(events, "MOST_TENANTS", 1)
    async with following(api) as stream:
        assert await problem(stream) == {
            "path": ["companyId"],
            "code": "TOO_MANY",
            "message": "There are more than 1 companies. Name one of them.",
        }


async def test_a_thousand_companies_are_followed_by_one_subscription(api):
    async with api.parts.database.write.begin() as connection:
        companies = [new_id() for _ in range(1_000)]
        for number, company in enumerate(companies):
            await add_company(connection, company, f"C{number}", f"Company {number}", datetime.now(UTC))
    async with following(api, types=["QUOTE_CREATED"], current=True) as stream:
        states = [await told(stream) for _ in range(1_002)]
        assert len({it["node"]["id"] for it in states}) == 1_002
        given = a_draft() | {"companyId": f"Company_{companies[-1]}"}
        quote = (await api.act("createQuote", given, "quote { id }", key=api.operator))["quote"]["id"]
        event = await told(stream)
        assert event["node"]["id"] == quote
        assert len(event["cursor"]) < 1_000
        other = await created(api)
    async with following(api, headers={"Last-Event-ID": event["cursor"]}) as stream:
        assert (await told(stream))["node"]["id"] == other
