"""A mutation sent twice under one key is done once (docs/domain.md#idempotency-keys)."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from adapters.database.idempotency.tables import idempotency_keys
from adapters.database.jobs.queue import give_up
from domain.shared.access import CUSTOMER_SCOPES
from domain.shared.ids import global_id
from tests.api.support.makers import QUOTE, a_draft, a_price, a_proposal, a_quote
from tests.api.support.running import document, on_both_databases
from tests.api.support.sockets import connected
from tests.claiming import claim_one

ONCE = '@idempotent(key: "once")'
ACCEPT = document("acceptItem", "item { status }", ONCE)


@on_both_databases
async def test_a_mutation_sent_again_with_its_key_is_not_done_again(api):
    first = await api.act("createQuote", a_draft(), QUOTE, directive=ONCE)
    before = await api.contents()
    again = await api.act("createQuote", a_draft(), QUOTE, directive=ONCE)
    assert again == first
    assert await api.contents() == before
    other = await api.act("createQuote", a_draft(), QUOTE, directive='@idempotent(key: "twice")')
    assert other["quote"]["id"] != first["quote"]["id"]


async def test_a_replay_reads_the_present_state_by_its_own_selection(api):
    quote = await a_quote(api, prices=None)
    given = {"itemId": quote.item, "price": a_price("10")}
    first = await api.act("priceItem", given, "item { id }", key=api.operator, directive=ONCE)
    await api.act("priceItem", {**given, "price": a_price("20")}, key=api.operator)
    again = await api.act(
        "priceItem", given, "item { price { amount } quote { orderId } }", key=api.operator, directive=ONCE
    )
    assert again["item"] == {"price": {"amount": "20.00"}, "quote": {"orderId": quote.order_id}}
    assert again["changes"] == first["changes"] != []


@pytest.mark.parametrize("mutation", ["acceptItem", "rejectItem", "proposeAlternative"])
async def test_a_replay_tells_the_changes_of_the_first_time(api, mutation):
    quote = await a_quote(api)
    given = a_proposal(quote.item, price=a_price()) if mutation == "proposeAlternative" else {"itemId": quote.item}
    first = await api.act(mutation, given, key=api.operator, directive=ONCE)
    again = await api.act(mutation, given, key=api.operator, directive=ONCE)
    assert again == first
    assert first["changes"]


@on_both_databases
async def test_the_same_key_with_other_input_is_a_conflict(api):
    quote, other = await a_quote(api), await a_quote(api)
    await api.run(ACCEPT, {"input": {"itemId": quote.item}})
    before = await api.contents()
    for given in ({"itemId": other.item}, {"itemId": quote.item, "dryRun": True}):
        answer = await api.run(ACCEPT, {"input": given})
        assert answer.codes == ["CONFLICT"]
        assert answer.body["data"] == {"acceptItem": None}
    another = await api.attempt("rejectItem", {"itemId": other.item}, directive=ONCE)
    assert another.codes == ["CONFLICT"]
    assert await api.contents() == before


async def test_defaults_and_the_order_of_fields_are_no_other_input(api):
    quote = await a_quote(api)
    await api.run(ACCEPT, {"input": {"itemId": quote.item, "expectedPrice": a_price()}})
    price = {"currencyCode": "USD", "amount": "1450.00"}
    again = await api.run(ACCEPT, {"input": {"dryRun": False, "expectedPrice": price, "itemId": quote.item}})
    assert again.data["acceptItem"]["userErrors"] == []


async def test_a_refused_mutation_is_not_remembered(api):
    quote = await a_quote(api, prices=None)
    refused = await api.run(ACCEPT, {"input": {"itemId": quote.item}})
    assert [it["code"] for it in refused.data["acceptItem"]["userErrors"]] == ["NOT_PRICED"]
    assert await api.rows("idempotency_keys") == []
    await api.act("priceItem", {"itemId": quote.item, "price": a_price()}, key=api.operator)
    accepted = await api.run(ACCEPT, {"input": {"itemId": quote.item}})
    assert accepted.data["acceptItem"]["item"] == {"status": "ACCEPTED"}


async def test_a_dry_run_is_not_remembered(api):
    quote = await a_quote(api)
    await api.run(ACCEPT, {"input": {"itemId": quote.item, "dryRun": True}})
    assert await api.rows("idempotency_keys") == []


async def test_keys_of_one_caller_mean_nothing_to_another(api):
    colleague = await api.key(*CUSTOMER_SCOPES)
    mine = await api.act("createQuote", a_draft(), QUOTE, directive=ONCE)
    theirs = await api.act("createQuote", a_draft(poNumber="2"), QUOTE, key=colleague, directive=ONCE)
    assert mine["quote"]["id"] != theirs["quote"]["id"]


# ---- the header


async def test_a_request_with_one_mutation_may_send_the_key_as_a_header(api):
    headers = {"Idempotency-Key": "from the header"}
    sent = (document("createQuote", QUOTE), {"input": a_draft()})
    first, again = [await api.run(*sent, headers=headers) for _ in range(2)]
    assert first.data == again.data
    clash = await api.run(document("createQuote"), {"input": a_draft(poNumber="other")}, headers=headers)
    assert clash.codes == ["CONFLICT"]


async def test_the_directive_is_stronger_than_the_header(api):
    query = document("createQuote", QUOTE, ONCE)
    for header in ("a", "b"):
        await api.run(query, {"input": a_draft()}, headers={"Idempotency-Key": header})
    assert [it.key for it in await api.rows("idempotency_keys")] == ["once"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("mutation($input: CreateQuoteInput!) { a: createQuote(input: $input) { quote { id } } ...Other }"
         " fragment Other on Mutation { b: createQuote(input: $input) { quote { id } } }", "@idempotent"),
        ("{ viewer { environment } }", "query"),
    ],
)  # fmt: skip
async def test_the_header_is_refused_where_it_is_not_for_one_mutation(api, query, named):
    before = await api.contents()
    answer = await api.run(
        query, {"input": a_draft()} if "$input" in query else {}, headers={"Idempotency-Key": "both"}
    )
    assert (answer.codes, named in answer.error["message"]) == (["VALIDATION_ERROR"], True)
    assert await api.contents() == before


async def test_fragments_and_the_name_of_the_type_do_not_matter_for_the_header(api):
    query = """mutation($input: CreateQuoteInput!) { __typename ...Once }
        fragment Once on Mutation { createQuote(input: $input) { quote { id } } }"""
    first, again = [await api.run(query, {"input": a_draft()}, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert first.data == again.data


async def test_each_mutation_of_a_request_may_have_a_key_of_its_own(api):
    query = """mutation($input: CreateQuoteInput!) {
        a: createQuote(input: $input) @idempotent(key: "a") { quote { id } }
        b: createQuote(input: $input) @idempotent(key: "b") { quote { id } }
    }"""
    first, again = [await api.data(query, {"input": a_draft()}) for _ in range(2)]
    assert first == again
    assert first["a"] != first["b"]


# ---- how an answer says that it is a replay


@on_both_databases
async def test_the_answer_says_that_a_mutation_was_not_executed_again(api):
    query = document("createQuote", QUOTE, ONCE)
    first, again = [await api.run(query, {"input": a_draft()}) for _ in range(2)]
    assert (first.data, "extensions" in first.body) == (again.data, False)
    assert again.body["extensions"] == {"idempotentReplay": True}
    other = await api.run(document("createQuote", QUOTE, '@idempotent(key: "twice")'), {"input": a_draft()})
    assert "extensions" not in other.body


async def test_a_replay_says_so_if_one_of_several_mutations_is_one(api):
    await api.act("createQuote", a_draft(), QUOTE, directive=ONCE)
    query = f"""mutation($input: CreateQuoteInput!) {{
        a: createQuote(input: $input) {ONCE} {{ quote {{ id }} }}
        b: createQuote(input: $input) {{ quote {{ id }} }}
    }}"""
    assert (await api.run(query, {"input": a_draft()})).body["extensions"] == {"idempotentReplay": True}


async def test_a_replay_with_deferred_parts_says_so_at_first(api):
    query = f"""mutation($input: CreateQuoteInput!) {{
        createQuote(input: $input) {ONCE} {{ quote {{ id ... @defer {{ orderId }} }} }}
    }}"""
    headers = {"Authorization": f"Bearer {api.customer}", "Accept": "multipart/mixed;incrementalSpec=v0.2"}
    body = {"query": query, "variables": {"input": a_draft()}}
    texts = []
    for _ in range(2):
        async with api.http.post(api.url, json=body, headers=headers) as response:
            texts.append(await response.text())
    assert ['"idempotentReplay":true' in it.split("--graphql")[1] for it in texts] == [False, True]


async def test_a_replay_over_a_socket_says_so(api):
    async with connected(api) as socket:
        payloads = []
        for _ in range(2):
            operation = await socket.start(document("createQuote", QUOTE, ONCE), {"input": a_draft()})
            payloads.append((await socket.hear(operation))["payload"])
    first, again = payloads
    assert again == {**first, "extensions": {"idempotentReplay": True}}


@on_both_databases
async def test_a_key_that_has_expired_is_a_new_one(api):
    query = document("createQuote", QUOTE, ONCE)
    first = await api.run(query, {"input": a_draft()})
    long_ago = update(idempotency_keys).values(created_at=datetime.now(UTC) - timedelta(hours=24, seconds=1))
    async with api.parts.database.write.begin() as connection:
        await connection.execute(long_ago)
    again = await api.run(query, {"input": a_draft(poNumber="another")})
    assert again.data["createQuote"]["quote"]["id"] != first.data["createQuote"]["quote"]["id"]
    assert "extensions" not in again.body


# ---- bad keys, and two at once


@on_both_databases
@pytest.mark.parametrize("key", ["", "x" * 256, "x" * 1_000_000, "a\0b"], ids=["none", "256", "a megabyte", "a NUL"])
async def test_a_key_that_cannot_be_is_refused(api, key):
    query = """mutation($input: CreateQuoteInput!, $key: String!) {
        createQuote(input: $input) @idempotent(key: $key) { quote { id } }
    }"""
    before = await api.contents()
    answer = await api.run(query, {"input": a_draft(), "key": key})
    assert answer.codes == ["VALIDATION_ERROR"]
    assert await api.contents() == before


@on_both_databases
@pytest.mark.parametrize("header", ["", "x" * 256, "\udcff"], ids=["none", "256", "not UTF-8"])
async def test_a_header_that_cannot_be_is_refused(api, header):
    before = await api.contents()
    answer = await api.run(document("createQuote"), {"input": a_draft()}, headers={"Idempotency-Key": header})
    assert answer.codes == ["VALIDATION_ERROR"]
    assert await api.contents() == before


@on_both_databases
async def test_of_many_sent_at_once_one_is_done_and_all_are_answered_alike(api):
    query = document("createQuote", QUOTE, ONCE)
    answers = await asyncio.gather(*(api.run(query, {"input": a_draft()}) for _ in range(8)))
    assert all(it.data == answers[0].data for it in answers)
    assert answers[0].data["createQuote"]["quote"]["id"]
    assert sorted(it.body.get("extensions") is None for it in answers) == [*[False] * 7, True]
    assert len(await api.rows("quotes")) == 1


async def test_a_dead_job_retried_again_with_its_key_is_not_refused_for_living(api):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    [job] = [it for it in await api.rows("jobs") if it.kind == "PLACE_VENDOR_ORDER"]
    queue = api.parts.worker._deps.jobs
    claimed = await claim_one(queue, "a worker", job.run_at)
    async with api.parts.database.write.begin() as connection:
        await give_up(connection, claimed, "Refused: 400", job.run_at)
    given, selection = {"jobId": global_id("Job", job.id)}, "job { id status }"
    first = await api.act("retryJob", given, selection, key=api.operator, directive=ONCE)
    again = await api.act("retryJob", given, selection, key=api.operator, directive=ONCE)
    assert again == first
    assert first["job"] == {"id": global_id("Job", job.id), "status": "WAITING"}
    assert [it["code"] for it in (await api.act("retryJob", given, key=api.operator))["userErrors"]] == ["NOT_DEAD"]
