"""Times and days over the API: every paper tells the day that was meant, in the zone it was meant in."""

import asyncio
from datetime import timedelta

from sqlalchemy import update
from typer.testing import CliRunner

from adapters.database.companies.company import SqlCompanies
from adapters.database.quotes.tables import quotes
from app.cli.common import Failure
from app.cli.main import cli
from domain.shared.ids import parse_id
from tests.api.portal.test_printed_quotes import printed
from tests.api.support.customers import seen
from tests.api.support.makers import a_quote, codes
from tests.api.support.running import on_both_databases
from tests.api.test_connections import START

ENDS = "quote { id expiresAt validUntil }"
LAST = "2027-12-31T23:59:59.999999Z"


async def ended(api, given, quote=None):
    quote = quote or await a_quote(api)
    payload = await api.act("updateQuote", {"quoteId": quote.id, "expiresAt": given}, ENDS)
    assert payload["userErrors"] == []
    return quote, payload["quote"]


async def settings(*words):
    return await asyncio.to_thread(CliRunner().invoke, cli, ["companies", "settings", *words])


async def test_company_page_and_paper_tell_a_time_in_the_offset_it_was_given_in(api):
    quote, found = await ended(api, "2027-12-31T23:59:59-03:00")
    shown = "31 December 2027, 23:59:59 (UTC-03:00)"
    assert (found["expiresAt"], found["validUntil"]) == ("2028-01-01T02:59:59Z", shown)
    public = await seen(api, quote.key, "expiresAt validUntil issuedOn")
    assert (public["expiresAt"], public["validUntil"]) == (found["expiresAt"], shown)
    paper = " ".join((await printed(api, quote)).split())
    assert shown in paper
    assert public["issuedOn"] in paper
    assert public["issuedOn"].endswith("(UTC)")
    assert "January" not in paper


@on_both_databases
async def test_a_day_lasts_to_its_end_on_both_databases(api):
    quote, found = await ended(api, "2027-12-31")
    assert (found["expiresAt"], found["validUntil"]) == (LAST, "31 December 2027 (UTC)")
    asked = "query($id: ID!) { quote(by: {id: $id}) { expiresAt validUntil } }"
    stored = await api.data(asked, {"id": quote.id})
    assert stored["quote"] == {"expiresAt": LAST, "validUntil": "31 December 2027 (UTC)"}


@on_both_databases
async def test_a_company_has_its_days_in_its_own_zone(api, monkeypatch):
    monkeypatch.setenv("QUOTEGRAPH_DATABASE_URL", api.parts.database.url.render_as_string(hide_password=False))
    assert isinstance((await settings("AUSTRAL", "--time-zone", "Atlantis")).exception, Failure)
    assert "time-zone: UTC\n" in (await settings("AUSTRAL")).stdout
    assert "time-zone: America/Montevideo\n" in (await settings("AUSTRAL", "--time-zone", "america/montevideo")).stdout

    quote, found = await ended(api, "2027-12-31")
    assert (found["expiresAt"], found["validUntil"]) == (
        "2028-01-01T02:59:59.999999Z",
        "31 December 2027 (America/Montevideo)",
    )
    await api.act("sendQuote", {"quoteId": quote.id}, key=api.operator)
    given = {"key": quote.key, "name": "Ana", "email": "ana@people.example"}
    answer = await api.act("signQuote", given, "quote { issuedOn signatures { signedOn } }")
    assert answer["userErrors"] == []
    assert answer["quote"]["issuedOn"].endswith("(America/Montevideo)")
    assert answer["quote"]["signatures"][0]["signedOn"].endswith("(America/Montevideo)")
    assert await api.data("{ viewer { company { timeZone } } }") == {
        "viewer": {"company": {"timeZone": "America/Montevideo"}}
    }


@on_both_databases
async def test_lists_are_narrowed_by_whole_days_in_the_zone_of_the_key(api):
    # From an hour before the day in UTC to an hour after it.
    for hours in (-1, 0, 23, 24, 25):
        quote, _ = await ended(api, None)
        of = quotes
        moved = update(of).where(of.c.id == parse_id(quote.id, "Quote")[1])
        async with api.parts.database.write.begin() as connection:
            await connection.execute(moved.values(created_at=START + timedelta(hours=hours)))

    async def found(key=None, **given):
        asked = "query($at: DateTimeRange) { quotes(filter: {createdAt: $at}) { nodes { createdAt } } }"
        data = await api.data(asked, {"at": given}, key=key)
        return sorted(it["createdAt"][8:13] for it in data["quotes"]["nodes"])

    assert await found(after="2026-11-01") == ["02T00", "02T01"]
    assert await found(before="2026-11-01") == ["31T23"]
    assert await found(after="2026-10-31", before="2026-11-02") == ["01T00", "01T23"]
    await SqlCompanies(api.parts.database).choose("AUSTRAL", {"time_zone": "Etc/GMT+1"})
    key = await api.key("quotes:read")
    assert await found(key, after="2026-11-01") == ["02T01"]
    assert await found(key, before="2026-11-01") == ["01T00", "31T23"]
    assert await found(key, after="2026-11-01T23:30") == ["02T01"]
    assert await found(api.operator, after="2026-11-01") == ["02T00", "02T01"]


async def test_what_is_neither_a_time_nor_a_day_is_refused_with_its_place(api):
    quote = await a_quote(api)
    for given in ("2027-02-30", "31.12.2027", "2027-W52", "tomorrow", "2027-12-31T25:00"):
        payload = await api.act("updateQuote", {"quoteId": quote.id, "expiresAt": given})
        assert (codes(payload), payload["userErrors"][0]["path"]) == (["INVALID_DATE"], ["expiresAt"])
        answer = await api.run(
            "query($at: DateTime) { quotes(filter: {createdAt: {after: $at}}) { totalCount } }", {"at": given}
        )
        assert answer.codes == ["VALIDATION_ERROR"]
