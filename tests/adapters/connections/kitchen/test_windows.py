"""A list that is shifted while it is read loses nothing, in whatever order it is."""

import random

import pytest

from adapters.connections.kitchen.windows import Position, position_of, step, window_at


def test_every_page_contains_the_record_before_it_and_many_more():
    for offset in range(99, 20_000):
        window = window_at(offset)
        assert window.start <= offset
        assert window.page * window.size - offset >= 60
        assert window.size <= 100


def read_while(ids, change):
    """The ids that are read, with a change before each page after the first."""
    found, cursor, pages = [], None, 0
    while True:
        if cursor is not None:
            change(ids, found)
        position = position_of(cursor)
        window = position.window
        rows = ids[window.start : window.start + window.size]
        result = step(position, rows, has_more=window.start + window.size < len(ids))
        found += rows[result.first : result.end]
        pages += 1
        assert pages < 60
        if result.position is None:
            return found
        cursor = result.position.cursor


def delete_what_was_read(ids, found):
    ids.remove(next(it for it in found if it in ids))


def delete_the_last_that_was_read(ids, found):
    ids.remove(next(it for it in reversed(found) if it in ids))


def insert_first(ids, found):
    ids.insert(0, f"new {len(ids)}")


def insert_last(ids, found):
    ids.append(f"new {len(ids)}")


def move_an_unread_one_to_the_top(ids, found):
    unread = [it for it in ids if it not in found]
    if unread:
        ids.remove(unread[-1])
        ids.insert(0, unread[-1])


def replace_one(ids, found):
    delete_what_was_read(ids, found)
    insert_last(ids, found)


@pytest.mark.parametrize(
    "change",
    [
        *(delete_what_was_read, delete_the_last_that_was_read, insert_first, insert_last),
        *(move_an_unread_one_to_the_top, replace_one),
    ],
)
def test_a_shift_between_two_pages_loses_nothing(change):
    ids = [str(it) for it in range(1_000)]
    before = list(ids)

    found = read_while(ids, change)

    assert set(before) & set(ids) <= set(found)


def test_a_list_that_does_not_change_is_read_once():
    ids = [str(it) for it in range(1_000)]

    found = read_while(list(ids), lambda *_: None)

    assert found[:1_000] == ids
    assert len(found) - len(ids) <= 3


def test_many_random_changes_lose_nothing():
    chance = random.Random(17)

    def work(ids, found):
        for _ in range(5):
            chance.choice([delete_what_was_read, insert_first, insert_last, move_an_unread_one_to_the_top])(ids, found)

    for _ in range(20):
        ids = [str(it) for it in range(chance.randrange(150, 900))]
        before = list(ids)
        found = read_while(ids, work)
        assert set(before) & set(ids) <= set(found)


@pytest.mark.parametrize("cursor", ["", "2", "{}", "null"])
def test_the_cursor_of_another_version_begins_anew(cursor):
    assert position_of(cursor) == Position()
