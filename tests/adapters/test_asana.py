"""The Asana client against the emulator."""

from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port

from adapters.asana import AsanaClient
from domain.shared.messages import NewTask
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from tests.adapters.support.emulated import answering, emulated

PROJECT = "1201"
TASK = NewTask("quote-1", "Price quote 1773 for Acme", "Asked for by ana@example.com\n- 2 × MacBook Pro")


@pytest_asyncio.fixture
async def board(tmp_path):
    async with emulated("asana", tmp_path) as board:
        yield board


@pytest.fixture
def session(board):
    return board.session


@pytest.fixture
def client(board):
    return AsanaClient(f"{board.url}/api/1.0", "asana-token", PROJECT, board.session)


@pytest.fixture
def since():
    return datetime.now(UTC) - timedelta(minutes=1)


async def test_a_task_is_posted_to_the_project_with_our_reference_in_its_notes(client, board):
    gid = await client.create_task(TASK)

    [post] = await board.received()
    assert gid.isdecimal()
    assert (post["method"], post["path"], post["status"]) == ("POST", "/api/1.0/tasks", 201)
    assert post["headers"]["Authorization"] == "Bearer asana-token"
    assert post["body"] == {
        "data": {"name": TASK.title, "notes": f"{TASK.notes}\n\nReference: quote-1", "projects": [PROJECT]}
    }


async def test_the_root_of_the_emulator_serves_tasks_as_well(board):
    assert await AsanaClient(board.url, "asana-token", PROJECT, board.session).create_task(TASK)


async def test_a_task_is_found_by_its_reference(client, since):
    await client.create_task(NewTask("quote-10", "Another", "It mentions Reference: quote-1 in passing"))
    gid = await client.create_task(TASK)

    assert await client.find_task("quote-1", since) == gid
    assert await client.find_task("quote-2", since) is None


async def test_a_task_is_looked_for_from_an_hour_earlier_as_clocks_differ(client, board):
    await client.find_task("quote-1", datetime(2026, 3, 1, 12, 30, tzinfo=UTC))

    [get] = await board.received()
    assert get["query"] == {
        "project": PROJECT,
        "modified_since": "2026-03-01T11:30:00Z",
        "opt_fields": "name,notes",
        "limit": "100",
    }


async def test_a_task_of_another_project_or_from_before_is_not_ours(client, board, since):
    await AsanaClient(board.url, "asana-token", "1202", board.session).create_task(TASK)
    assert await client.find_task("quote-1", since) is None

    await client.create_task(TASK)
    assert await client.find_task("quote-1", datetime.now(UTC) + timedelta(hours=2)) is None


async def test_a_task_is_found_on_a_later_page(client, board, since):
    for number in range(205):
        await client.create_task(NewTask(f"quote-{number}", "Price it", ""))

    assert await client.find_task("quote-204", since) is not None
    assert [it["method"] for it in await board.received()][-3:] == ["GET"] * 3


async def test_a_list_without_end_is_given_up_after_the_time_of_one_call(session, since):
    async with answering({"data": [], "next_page": {"offset": "again"}}) as url:
        with pytest.raises(Uncertain, match="no end of the list"):
            await AsanaClient(url, "asana-token", PROJECT, session, timeout=0.2).find_task("quote-1", since)


@pytest.mark.parametrize("answer", [{}, [], {"data": {}}, {"data": [], "next_page": {"path": "/tasks"}}])
async def test_a_list_that_cannot_be_read_is_not_taken_for_an_empty_one(session, since, answer):
    async with answering(answer) as url:
        with pytest.raises(Uncertain):
            await AsanaClient(url, "asana-token", PROJECT, session).find_task("quote-1", since)


@pytest.mark.parametrize("answer", [[], {"data": []}, {"data": {"name": "no gid"}}])
async def test_a_created_task_without_a_gid_leaves_open_what_was_made(session, answer):
    async with answering(answer) as url:
        with pytest.raises(Uncertain, match="no gid"):
            await AsanaClient(url, "asana-token", PROJECT, session).create_task(TASK)


@pytest.mark.parametrize(
    ("status", "failure"),
    [(400, Refused), (404, Refused), (401, Uncertain), (429, Uncertain), (500, Uncertain), (503, Uncertain)],
)
async def test_each_status_says_whether_the_task_may_have_been_made(client, board, status, failure):
    await board.go_wrong(mode="status", status=status)

    with pytest.raises(failure, match=f"Asana POST /tasks: {status} ") as caught:
        await client.create_task(TASK)

    assert type(caught.value) is failure


async def test_a_refusal_carries_asanas_own_words(board):
    with pytest.raises(Refused, match="project") as caught:
        await AsanaClient(board.url, "asana-token", "not-a-gid", board.session).create_task(TASK)

    assert str(caught.value) == "Asana POST /tasks: 400 projects: Not a recognized ID: not-a-gid"


async def test_a_task_whose_answer_was_lost_is_uncertain_and_found_afterwards(client, board, since):
    await board.go_wrong(mode="accept_then_drop", verb="POST", path="/tasks")

    with pytest.raises(Uncertain):
        await client.create_task(TASK)

    assert await client.find_task("quote-1", since) is not None


async def test_a_task_answered_too_late_is_uncertain(board):
    await board.go_wrong(mode="slow_after")

    with pytest.raises(Uncertain):
        await AsanaClient(board.url, "asana-token", PROJECT, board.session, timeout=0.2).create_task(TASK)


async def test_a_connection_refused_means_nothing_was_made(session):
    with pytest.raises(Unavailable):
        await AsanaClient(f"http://127.0.0.1:{unused_port()}", "asana-token", PROJECT, session).create_task(TASK)
