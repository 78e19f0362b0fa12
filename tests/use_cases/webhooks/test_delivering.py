"""What is sent to an endpoint, in which order, and what comes of its answers."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.ports.secrets import NoSecretBox
from domain.ports.webhooks import AttemptResult, WebhookAnswer
from domain.shared.events import EventType as E
from domain.shared.jobs import JobStatus, JobType, LeaseLost
from domain.use_cases.webhooks.delivering import BATCH, TURN, deliver_webhooks
from domain.use_cases.webhooks.fan_out import fan_out
from domain.webhooks.deliveries import DISABLED_ERROR, EVENT_DELETED_ERROR, NOT_READABLE_ERROR, DeliveryStatus
from domain.webhooks.endpoints import DisabledReason, EndpointSecrets
from domain.webhooks.retries import DELAYS
from tests.builders import NOW
from tests.delivering import SECRET, deliver, deliveries_of, endpoint_of, happen, with_endpoint
from tests.fakes.storage import World
from tests.fakes.webhook_deliveries import OK, answer
from tests.following import run

SUCCESS, FAILED, PENDING = DeliveryStatus.SUCCESS, DeliveryStatus.FAILED, DeliveryStatus.PENDING


def a_world(*types: E, **given) -> World:
    """A world with one endpoint, and events for it."""
    world = World()
    with_endpoint(world, **given)
    happen(world, *types)
    return world


def sent(world: World) -> list[int]:
    """The sequence numbers of what was sent."""
    return [json.loads(it.body)["sequence"] for it in world.webhook_receiver.sent]


def job_of(world: World):
    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.DELIVER_WEBHOOKS]
    return job


def will_answer(world: World, *answers: WebhookAnswer) -> None:
    world.webhook_receiver.answers[endpoint_of(world).url] = list(answers)


async def test_deliveries_are_sent_in_the_order_of_their_events_and_recorded():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING, E.QUOTE_APPROVED)
    await deliver(world)
    assert sent(world) == [1, 2, 3]
    assert {it.status for it in deliveries_of(world)} == {SUCCESS}
    assert [(it.number, it.response_status, it.error) for it in world.memory.webhook_attempts] == [(1, 204, None)] * 3
    assert world.webhooks.results == {AttemptResult.SUCCESS: 3}
    assert job_of(world).status == JobStatus.DONE


async def test_a_request_has_the_id_and_the_type_of_the_delivery_and_is_signed():
    world = a_world(E.QUOTE_PENDING)
    await deliver(world)
    [request], [delivery] = world.webhook_receiver.sent, deliveries_of(world)
    assert request.headers == {
        "webhook-id": delivery.id,
        "type": "quote.pending",
        "secrets": SECRET,
        "at": NOW.isoformat(),
    }
    assert request.body == (delivery.payload or "").encode()


@pytest.mark.parametrize(("until", "keys"), [(NOW + timedelta(1), f"{SECRET} old"), (NOW, SECRET)])
async def test_both_secrets_sign_until_a_rotation_has_ended(until, keys):
    world = a_world(E.QUOTE_PENDING)
    world.memory.webhook_secrets[endpoint_of(world).id] = EndpointSecrets(f"sealed {SECRET}", "sealed old", until)
    await deliver(world)
    assert world.webhook_receiver.sent[0].headers["secrets"] == keys


async def test_a_selection_is_delivered_with_its_errors():
    world = a_world(E.QUOTE_PENDING, query="subscription { x }")
    await deliver(world)
    sent_body = json.loads(world.webhook_receiver.sent[0].body)
    assert sent_body["data"] == {"document": "subscription { x }", "number": 1}
    assert sent_body["errors"] == [{"message": "gone"}]


async def test_a_body_is_rendered_once_and_is_the_same_over_all_attempts():
    world = a_world(E.QUOTE_PENDING)
    will_answer(world, answer(500))
    await deliver(world)
    world.clock.move(seconds=6)
    await deliver(world)
    first, second = world.webhook_receiver.sent
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert len(world.webhook_receiver.rendered) == 1


async def test_a_body_is_stored_before_it_is_sent():
    world = a_world(E.QUOTE_PENDING)

    def kill() -> None:
        [delivery] = deliveries_of(world)
        assert delivery.payload is not None
        raise KeyboardInterrupt

    while_sending(world, kill, OK)
    with pytest.raises(KeyboardInterrupt):
        await deliver(world)


async def test_after_a_failure_the_endpoint_rests_and_then_the_first_one_is_tried_again():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING)
    will_answer(world, answer(500))
    await deliver(world)
    first, second = deliveries_of(world)
    assert (first.status, first.attempt_count, first.last_response_status) == (PENDING, 1, 500)
    assert (first.next_attempt_at, second.attempt_count) == (NOW + DELAYS[0], 0)
    job = job_of(world)
    assert (job.status, job.run_at, job.failures) == (JobStatus.WAITING, NOW + DELAYS[0], 0)
    world.clock.move(seconds=5)
    await deliver(world)
    assert sent(world) == [1, 1, 2]


async def test_a_delivery_that_waits_long_holds_back_no_other():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING)
    will_answer(world, answer(500), answer(500))
    await deliver(world)
    world.clock.move(seconds=5)
    await deliver(world)
    world.clock.move(seconds=10)
    await deliver(world)
    assert sent(world) == [1, 1, 2]
    assert [it.status for it in deliveries_of(world)] == [PENDING, SUCCESS]
    assert job_of(world).run_at == deliveries_of(world)[0].next_attempt_at


async def test_what_was_tried_eight_times_has_failed_with_its_reason():
    world = a_world(E.QUOTE_PENDING)
    world.webhook_receiver.default = answer(503)
    await deliver(world)
    while job_of(world).status == JobStatus.WAITING:
        world.clock.at = max(job_of(world).run_at, world.clock.at)
        await deliver(world)
    [delivery] = deliveries_of(world)
    assert (delivery.status, delivery.attempt_count, delivery.attempts_left) == (FAILED, 8, 0)
    assert delivery.last_error == "The endpoint answered 503."
    assert world.webhooks.results == {AttemptResult.FAILED: 7, AttemptResult.GIVEN_UP: 1}


async def test_an_endpoint_that_is_gone_is_disabled_and_nobody_is_mailed():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING)
    will_answer(world, answer(410))
    await deliver(world)
    endpoint = endpoint_of(world)
    assert (endpoint.is_active, endpoint.disabled_reason) == (False, DisabledReason.GONE)
    assert [(it.status, it.last_error) for it in deliveries_of(world)] == [(FAILED, DISABLED_ERROR)] * 2
    assert world.memory.event_types[-1] == "WEBHOOK_ENDPOINT_DISABLED"
    assert {it.kind for it in world.memory.jobs.values()} == {JobType.DELIVER_WEBHOOKS}
    await run(world, JobType.DELIVER_WEBHOOKS)
    assert job_of(world).status == JobStatus.DONE


async def test_after_five_days_of_failures_the_endpoint_is_disabled_and_the_company_is_mailed_once():
    world = a_world(E.QUOTE_PENDING, failing_since=NOW - timedelta(days=5), consecutive_failures=9, description="Ours")
    world.webhook_receiver.default = answer(500)
    await deliver(world)
    assert endpoint_of(world).disabled_reason == DisabledReason.FAILING
    for _ in range(2):
        await run(world, JobType.SEND_WEBHOOK_DISABLED)
    [email] = world.external.mail.letters
    assert (email.to, email.number, email.company) == ("it@austral.example", "hooks.example", "Austral")
    assert [it.label for it in email.facts] == ["Address", "Description", "Events", "Failing since"]


@pytest.mark.parametrize("change", ["enabled again", "deleted", "no contact"])
async def test_nobody_is_mailed_if_there_is_nothing_to_tell_anymore(change):
    world = a_world(E.QUOTE_PENDING, failing_since=NOW - timedelta(days=5))
    world.webhook_receiver.default = answer(500)
    await deliver(world)
    endpoint = endpoint_of(world)
    if change == "enabled again":
        world.memory.webhook_endpoints[endpoint.id] = endpoint._replace(is_active=True, disabled_reason=None)
    if change == "deleted":
        world.memory.webhook_endpoints.clear()
    if change == "no contact":
        world.memory.contact_email = None
    await run(world, JobType.SEND_WEBHOOK_DISABLED)
    assert world.external.mail.letters == []
    assert {it.status for it in world.memory.jobs.values()} == {JobStatus.DONE}


async def test_what_happens_to_an_endpoint_while_it_is_told_something_is_kept():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING)

    def disable() -> None:
        endpoint = endpoint_of(world)
        world.memory.webhook_endpoints[endpoint.id] = endpoint._replace(is_active=False)
        for it in deliveries_of(world):
            failed = it._replace(status=FAILED, last_error=DISABLED_ERROR, next_attempt_at=None)
            world.memory.webhook_deliveries[it.id] = failed

    while_sending(world, disable, answer(500))
    await deliver(world)
    assert [(it.status, it.attempt_count) for it in deliveries_of(world)] == [(FAILED, 1), (FAILED, 0)]
    assert (endpoint_of(world).is_active, endpoint_of(world).failing_since) == (False, None)
    assert job_of(world).status == JobStatus.DONE


async def test_an_endpoint_that_is_deleted_while_it_is_told_something_leaves_nothing():
    world = a_world(E.QUOTE_CREATED)

    def delete() -> None:
        world.memory.webhook_endpoints.clear()
        world.memory.webhook_deliveries.clear()

    while_sending(world, delete, answer(500))
    await deliver(world)
    assert (world.memory.webhook_attempts, world.memory.webhook_deliveries) == ([], {})
    assert job_of(world).status == JobStatus.DONE


async def test_an_attempt_that_lost_its_lease_records_nothing():
    world = a_world(E.QUOTE_CREATED)

    def take_over() -> None:
        [job] = world.memory.jobs.values()
        world.memory.jobs[job.id] = job._replace(attempts=job.attempts + 1)

    while_sending(world, take_over, answer(204))
    await fan_out(world.deps)
    [job] = world.memory.jobs.values()
    with pytest.raises(LeaseLost):
        await deliver_webhooks(world.deps, job)
    assert (world.memory.webhook_attempts, world.webhooks.results) == ([], {})


def while_sending(world: World, does: Callable[[], None], then: WebhookAnswer) -> None:
    """Let something happen while each request is made."""
    world.webhook_receiver.meanwhile, world.webhook_receiver.default = does, then


async def test_a_delivery_whose_event_was_deleted_has_failed_and_says_so():
    world = a_world(E.QUOTE_CREATED, E.QUOTE_PENDING)
    await fan_out(world.deps)
    first, _ = deliveries_of(world)
    world.memory.webhook_deliveries[first.id] = first._replace(event_id="00000000-0000-0000-0000-000000000000")
    await run(world, JobType.DELIVER_WEBHOOKS)
    assert sent(world) == [2]
    first, _ = deliveries_of(world)
    assert (first.status, first.last_error, first.attempt_count) == (FAILED, EVENT_DELETED_ERROR, 0)


async def test_an_endpoint_with_much_to_get_lets_others_have_their_turn():
    world = a_world(*[E.QUOTE_CREATED] * (BATCH + 1))

    def take_long() -> None:
        world.clock.move(seconds=TURN.total_seconds() / 2)

    while_sending(world, take_long, answer(204))
    await deliver(world)
    job = job_of(world)
    assert (job.status, job.run_at, job.failures) == (JobStatus.WAITING, world.clock(), 0)
    assert [it.status for it in deliveries_of(world)].count(SUCCESS) == 2


async def test_more_than_a_batch_is_delivered_in_one_turn():
    world = a_world(*[E.QUOTE_CREATED] * (2 * BATCH + 1))
    await deliver(world)
    assert sent(world) == list(range(1, 2 * BATCH + 2))
    assert job_of(world).status == JobStatus.DONE


async def test_what_cannot_be_signed_waits_and_shows_as_a_failing_job():
    world = a_world(E.QUOTE_CREATED)
    world.secret_box = NoSecretBox()
    await deliver(world)
    job = job_of(world)
    assert (job.status, job.failures) == (JobStatus.WAITING, 1)
    assert "QUOTEGRAPH_SECRET_KEY" in job.last_error
    assert [it.status for it in deliveries_of(world)] == [PENDING]


async def test_deliveries_go_on_within_a_minute_after_what_was_missing_is_set():
    world = a_world(E.QUOTE_CREATED)
    with_key, world.secret_box = world.secret_box, NoSecretBox()
    for _ in range(15):
        await deliver(world)
        assert job_of(world).run_at - world.clock() <= timedelta(minutes=1)
        world.clock.at = job_of(world).run_at
    assert job_of(world).failures == 15
    world.secret_box = with_key
    await deliver(world)
    assert ([it.status for it in deliveries_of(world)], job_of(world).failures) == ([SUCCESS], 0)


async def test_what_the_key_that_saved_the_endpoint_last_may_not_read_is_not_sent():
    world = a_world(E.QUOTE_CREATED)
    await fan_out(world.deps)
    endpoint = endpoint_of(world)
    world.memory.webhook_endpoints[endpoint.id] = endpoint._replace(scopes=("assets:read",))
    await deliver(world)
    [delivery] = deliveries_of(world)
    assert (delivery.status, delivery.last_error, delivery.payload) == (FAILED, NOT_READABLE_ERROR, None)
    assert world.webhook_receiver.sent == []


async def test_what_is_rendered_while_the_endpoint_is_saved_with_fewer_scopes_is_not_kept(monkeypatch):
    world = a_world(E.QUOTE_CREATED, query="subscription { x }")
    render, endpoint = world.webhook_receiver.render, endpoint_of(world)

    async def saved_meanwhile(*given):
        world.memory.webhook_endpoints[endpoint.id] = endpoint_of(world)._replace(scopes=("assets:read",))
        return await render(*given)

    monkeypatch.setattr(world.webhook_receiver, "render", saved_meanwhile)
    await deliver(world)
    assert [(it.status, it.payload) for it in deliveries_of(world)] == [(FAILED, None)]
    assert world.webhook_receiver.sent == []


async def test_a_selection_that_takes_long_does_not_keep_the_first_from_being_sent(monkeypatch):
    world = a_world(*[E.QUOTE_CREATED] * 3, query="subscription { x }")
    render, before = world.webhook_receiver.render, list[int]()

    async def slow(*given):
        before.append(len(world.webhook_receiver.sent))
        world.clock.move(seconds=2)
        return await render(*given)

    monkeypatch.setattr(world.webhook_receiver, "render", slow)
    await deliver(world)
    assert before == [0, 1, 2]
    assert sent(world) == [1, 2, 3]


async def test_of_an_endpoint_that_fails_one_body_is_written_at_a_time():
    world = a_world(*[E.QUOTE_CREATED] * 3)
    failing = endpoint_of(world)._replace(consecutive_failures=1)
    world.memory.webhook_endpoints[failing.id] = failing
    will_answer(world, answer(500))
    await deliver(world)
    assert len(world.webhook_receiver.rendered) == 1


async def test_an_answer_of_the_previous_url_does_not_disable_the_endpoint():
    world = a_world(E.QUOTE_CREATED)

    def moved() -> None:
        endpoint = endpoint_of(world)
        world.memory.webhook_endpoints[endpoint.id] = endpoint._replace(url="https://other.example/")

    while_sending(world, moved, answer(410))
    await deliver(world)
    [delivery] = deliveries_of(world)
    assert (delivery.status, delivery.last_response_status) == (PENDING, 410)
    assert (endpoint_of(world).is_active, endpoint_of(world).failing_since) == (True, None)
