"""What a key may do in an hour, and what is no longer there after a time."""

from datetime import timedelta

from adapters.database.retention import RetentionPeriods, SqlRetention
from app.wiring import utc_now
from tests.api.server.test_subscriptions import EVENTS, start_of_log
from tests.api.support.makers import a_draft, a_quote
from tests.api.support.running import on_both_databases, running
from tests.api.support.sockets import connected


async def test_a_key_that_would_send_too_many_emails_sends_none_and_does_nothing(new_database):
    async with running(await new_database("sqlite"), max_emails_per_hour=2) as api:
        many = a_draft(notificationEmails=["a@x.example", "b@x.example", "c@x.example"])
        answer = await api.attempt("createQuote", many)
        assert (answer.status, answer.codes) == (429, ["RATE_LIMITED"])
        assert "Send fewer addresses" in answer.error["message"]
        found = answer.error["extensions"]
        assert (found["limitName"], found["limit"], found["setting"]) == (
            "e-mails",
            2,
            "QUOTEGRAPH_MAX_EMAILS_PER_HOUR",
        )
        assert await api.rows("quotes") == []
        assert await api.rows("jobs") == []

        for expected in (200, 200, 429):
            answer = await api.attempt("createQuote", a_draft())
            assert answer.status == expected
        assert answer.error["extensions"]["retryAfter"] == int(answer.headers["Retry-After"]) > 1_000
        assert len(await api.rows("quotes")) == 2


@on_both_databases
async def test_a_subscription_is_not_resumed_where_events_in_between_are_gone(api):
    quote = await a_quote(api)
    async with connected(api) as socket:
        old = await start_of_log(api, socket, quote)
        for _ in range(3):
            await a_quote(api)

        async def go_on():
            return None

        due = utc_now() + timedelta(days=1, seconds=1)
        retention_periods = RetentionPeriods(None, None, timedelta(days=1))
        assert (await SqlRetention(api.parts.database, retention_periods).purge(due, go_on))["events"] > 3

        error = await socket.refusal(await socket.start(EVENTS, {"after": old}))
        [problem] = error["extensions"]["problems"]
        assert (problem["code"], problem["path"]) == ("CURSOR_TOO_OLD", ["after"])
        await socket.start(EVENTS)
        await socket.subscribed(api, listeners=1)
