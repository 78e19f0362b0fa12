"""Who asks: keys good and bad, scopes, companies, environments and the platform (docs/domain.md#tenancy)."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import update

from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.tables import api_keys
from app.server.credentials import lookups
from domain.shared.access import CUSTOMER_SCOPES, Environment, Scope, key_hash
from domain.shared.ids import global_id
from tests.api.support.makers import QUOTE, Made, a_draft, a_quote
from tests.api.support.one_of_each import one_of_each
from tests.api.support.running import Running, company_id, on_both_databases, uuid_of
from tests.api.support.world import COMPANY_IDS, NOBODY
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment scopes company { code } } }"


# ---- keys


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer qk_live_nobody",
        "Bearer qk_live_" + "x" * 5000,
        "Basic dXNlcjpwYXNz",
        "qk_live_demo",
        "Bearer a b c",
        "Bearer é",
        "Bearer \udcff",
    ],
)
async def test_without_a_good_key_the_answer_is_401_and_unauthorized(api, authorization):
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization
    answer = await api.post(b'{"query": "{ viewer { environment } }"}', headers)
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.body.get("data") is None


async def test_an_expired_key_is_unauthorized(api):
    expired = await api.key(*CUSTOMER_SCOPES, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    answer = await api.run(VIEWER, key=expired)
    assert (answer.status, answer.codes) == (401, ["UNAUTHORIZED"])
    assert "expired" in answer.error["message"]
    assert answer.error["extensions"]["reason"] == "CREDENTIAL_EXPIRED"
    good_for_now = await api.key(*CUSTOMER_SCOPES, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert (await api.run(VIEWER, key=good_for_now)).status == 200


async def test_a_revoked_key_is_unauthorized_within_a_second(api, monkeypatch):
    key = await api.key(*CUSTOMER_SCOPES)
    assert (await api.run(VIEWER, key=key)).status == 200
    await api.revoke(key)
    wait(monkeypatch, 1)
    answer = await api.run(VIEWER, key=key)
    assert answer.status == 401
    assert answer.codes == ["UNAUTHORIZED"]
    assert "revoked" in answer.error["message"]


async def test_a_key_that_is_almost_right_is_unknown(api):
    for wrong in (api.customer[:-1], api.customer + "a", api.customer.upper(), key_hash(api.customer)):
        assert (await api.run(VIEWER, key=wrong)).codes == ["UNAUTHORIZED"]


async def test_of_a_key_only_its_hash_and_a_prefix_are_kept(api):
    [stored] = [it for it in await api.rows("api_keys") if it.hash == key_hash(api.customer)]
    assert all(api.customer not in str(value) for value in stored)
    assert api.customer.startswith(stored.prefix)


async def test_a_company_that_is_switched_off_is_forbidden_and_comes_back(api, monkeypatch):
    assert (await api.run(VIEWER)).status == 200
    await api.switch_api(on=False)
    wait(monkeypatch, 1)
    answer = await api.run(VIEWER)
    assert answer.status == 403
    assert answer.codes == ["FORBIDDEN"]
    assert (await api.run(VIEWER, key=api.operator)).status == 200
    await api.switch_api(on=True)
    wait(monkeypatch, 2)
    assert (await api.run(VIEWER)).status == 200


def wait(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """As if so many seconds had gone by since the test began, for what is remembered of keys."""
    monkeypatch.setattr(lookups, "monotonic", lambda: monotonic() + seconds)


async def test_the_viewer_is_the_key(api):
    tester = await api.key("quotes:read", "products:read", environment=Environment.TEST)
    assert (await api.data(VIEWER, key=tester))["viewer"] == {
        "environment": "TEST",
        "scopes": ["products:read", "quotes:read"],
        "company": {"code": "AUSTRAL"},
    }
    platform = (await api.data(VIEWER, key=api.operator))["viewer"]
    assert (platform["company"], platform["scopes"]) == (None, sorted(Scope))


async def test_the_last_use_of_a_key_is_written_at_most_once_a_minute(api, monkeypatch):
    written: list[str] = []
    touch = SqlApiKeys.touch

    async def noted(self: SqlApiKeys, key_id: str, at: datetime) -> None:
        written.append(key_id)
        await touch(self, key_id, at)

    monkeypatch.setattr(SqlApiKeys, "touch", noted)
    key = await api.key("quotes:read")
    for _ in range(5):
        await api.run(VIEWER, key=key)
    await api.parts.authenticator.close()
    assert len(written) == 1
    used = await last_use(api, key)
    assert used is not None
    assert abs(used - datetime.now(UTC)) < timedelta(minutes=1)

    # Another process knows nothing of this one's notes; the row tells it.
    forget(api)
    await api.run(VIEWER, key=key)
    assert len(written) == 1

    long_ago = datetime.now(UTC) - timedelta(seconds=61)
    forget(api)
    async with api.parts.database.write.begin() as connection:
        await connection.execute(update(api_keys).values(last_used_at=long_ago))
    await api.run(VIEWER, key=key)
    async with asyncio.timeout(PATIENCE):
        while await last_use(api, key) == long_ago:
            await api.parts.authenticator.close()
    assert len(written) == 2


def forget(api: Running) -> None:
    """As if the process had just started."""
    api.parts.authenticator.keys.last_uses.forget()
    api.parts.authenticator.keys.lookups.forget()


async def last_use(api: Running, key: str) -> datetime | None:
    [stored] = [it for it in await api.rows("api_keys") if it.hash == key_hash(key)]
    found: datetime | None = stored.last_used_at
    return found


# ---- other companies and the other environment


async def neighbours(api: Running) -> tuple[Made, str]:
    """A quote of another company, and that company's key."""
    key = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    return await a_quote(api, key=key, alternatives=1), key


@on_both_databases
async def test_another_companys_quote_is_as_one_that_does_not_exist(api):
    foreign, _ = await neighbours(api)
    query = """query($id: ID!, $bare: ID!, $order: String!, $items: [ID!]!) {
        quote(by: {id: $id}) { id } bare: quote(by: {id: $bare}) { id } order: quote(by: {orderId: $order}) { id }
        node(id: $id) { id } nodes(ids: $items) { id } quotes { totalCount nodes { id } }
    }"""
    parts = [*foreign.items, foreign.alternative, *foreign.recipients[0]]
    variables = {"id": foreign.id, "bare": uuid_of(foreign.id), "order": foreign.order_id, "items": parts}
    missing = {
        "id": global_id("Quote", NOBODY),
        "bare": NOBODY,
        "order": "1",
        "items": [f"{it.split('_')[0]}_{NOBODY}" for it in parts],
    }
    found = (await api.run(query, variables)).body
    assert found == (await api.run(query, missing)).body
    assert found["data"]["quote"] is found["data"]["bare"] is found["data"]["order"] is found["data"]["node"] is None
    assert found["data"]["nodes"] == [None] * 3
    assert found["data"]["quotes"] == {"totalCount": 0, "nodes": []}


@on_both_databases
async def test_every_node_is_found_by_its_id(api):
    key = await api.key(*Scope)
    nodes = await one_of_each(api, "AUSTRAL", key)
    types = await api.data('{ __type(name: "Node") { possibleTypes { name } } }')
    assert {it["name"] for it in types["__type"]["possibleTypes"]} == nodes.keys()
    of_operators = {"CatalogueEvent": nodes.pop("CatalogueEvent")}
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }"
    asked = [*nodes.values(), NOBODY, global_id("Quote", NOBODY), *nodes.values()]
    found = (await api.data(query, {"ids": asked}, key))["nodes"]
    expected = [{"id": id_, "__typename": name} for name, id_ in nodes.items()]
    assert found == [*expected, None, None, *expected]
    readers = [(key, nodes), (api.operator, of_operators)]
    for reader, name, id_ in [(reader, *it) for reader, found in readers for it in found.items()]:
        one = await api.data("query($id: ID!) { node(id: $id) { id __typename } }", {"id": id_}, reader)
        assert one == {"node": {"id": id_, "__typename": name}}


async def test_a_customer_cannot_ask_in_the_name_of_another_company(api):
    before = await api.contents()
    for named in ("NORDLICHT", None):
        given = a_draft(companyId=company_id(named) if named else NOBODY)
        refused = await api.act("createQuote", given)
        assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("UNKNOWN_REFERENCE", ["companyId"])]
    assert await api.contents() == before
    assert (await api.act("createQuote", a_draft(companyId=company_id("AUSTRAL")), QUOTE))["userErrors"] == []


async def test_other_peoples_employees_and_companies_stay_unseen(api):
    _, neighbour = await neighbours(api)
    found = await api.data("{ employees { nodes { id company { code } } } }", key=neighbour)
    assert {it["company"]["code"] for it in found["employees"]["nodes"]} == {"NORDLICHT"}
    ids = [it["id"] for it in found["employees"]["nodes"]] + [company_id("NORDLICHT")]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await api.data(query, {"ids": ids}))["nodes"] == [None] * len(ids)


@on_both_databases
async def test_a_test_key_sees_and_makes_test_data_only(api):
    live = await a_quote(api)
    tester = await api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)
    tests_operator = await api.key(*Scope, company=None, environment=Environment.TEST)
    made = await a_quote(api, key=tester, operator=tests_operator)
    query = "{ quotes { nodes { id } } }"
    for key, mine in ((tester, made), (tests_operator, made), (api.customer, live), (api.operator, live)):
        assert [it["id"] for it in (await api.data(query, key=key))["quotes"]["nodes"]] == [mine.id]
    refused = await api.act("acceptItem", {"itemId": live.item}, key=tester)
    assert [it["code"] for it in refused["userErrors"]] == ["NOT_FOUND"]


# ---- the platform


@on_both_databases
async def test_a_platform_key_reaches_both_companies(api):
    mine = await a_quote(api)
    foreign, _ = await neighbours(api)
    found = await api.data("{ quotes { totalCount nodes { id company { code } } } }", key=api.operator)
    assert {it["id"]: it["company"]["code"] for it in found["quotes"]["nodes"]} == {
        mine.id: "AUSTRAL",
        foreign.id: "NORDLICHT",
    }
    assert found["quotes"]["totalCount"] == 2
    accepted = await api.act("acceptItem", {"itemId": foreign.item}, key=api.operator)
    assert accepted["userErrors"] == []


async def test_a_platform_key_names_the_company_it_asks_for(api):
    refused = await api.act("createQuote", a_draft(), key=api.operator)
    assert [(it["code"], it["path"]) for it in refused["userErrors"]] == [("REQUIRED", ["companyId"])]
    for named in (company_id("NORDLICHT"), COMPANY_IDS["NORDLICHT"]):
        made = await api.act("createQuote", a_draft(companyId=named), "quote { company { code } }", key=api.operator)
        assert made["quote"]["company"]["code"] == "NORDLICHT"


@on_both_databases
async def test_a_platform_key_sees_each_companys_own_people_behind_an_address_they_share(api):
    """Both companies have an Ana at one address, in both environments."""
    mine = await a_quote(api)
    foreign, _ = await neighbours(api)
    query = """query($id: ID!) { quote(by: {id: $id}) { company { code } items { recipients {
        employee { company { code } recipients { totalCount nodes { item { quote { id } } } } }
    } } } }"""
    for quote in (mine, foreign):
        found = (await api.data(query, {"id": quote.id}, key=api.operator))["quote"]
        employee = found["items"][0]["recipients"][0]["employee"]
        assert employee["company"] == found["company"]
        assert employee["recipients"] == {"totalCount": 1, "nodes": [{"item": {"quote": {"id": quote.id}}}]}
