"""A list of SalesByte that is shifted while it is read loses nothing, whether or not it says how long it is."""

import asyncio
import random

import pytest

from adapters.connections.salesbyte.pages import PAGE_SIZE, Listed, place_of, read_on


class Quotes:
    """Quotes in the order of their last change."""

    def __init__(self, count, says_last_page):
        self.ids = list(range(count))
        self.at = {it: it for it in self.ids}
        self.says_last_page = says_last_page
        self.calls = 0

    def touch(self, quote):
        self.ids.remove(quote)
        self.insert(quote)

    def insert(self, quote):
        self.ids.append(quote)
        self.at[quote] = max(self.at.values()) + 1

    async def page(self, number):
        self.calls += 1
        start = (number - 1) * PAGE_SIZE
        rows = [self._row(it) for it in self.ids[start : start + PAGE_SIZE]]
        last_page = max(-(-len(self.ids) // PAGE_SIZE), 1) if self.says_last_page else None
        return Listed(rows, last_page)

    def _row(self, quote):
        minutes, seconds = divmod(self.at[quote], 60)
        return {"id": quote, "updated_at": f"2026-03-02T09:{minutes:02}:{seconds:02}.000000Z"}


def read_while(quotes, change):
    """The ids that are read, with a change before each page after the first."""

    async def read():
        found, cursor = [], None
        for _ in range(300):
            read = await read_on(place_of(cursor), quotes.page)
            found += [row["id"] for row in read.rows]
            if read.place is None:
                return found
            cursor = read.place.cursor
            change(quotes, found)
        raise AssertionError("The pages have no end.")

    return asyncio.run(read())


def delete_a_read_one(quotes, found):
    quotes.ids.remove(next(it for it in found if it in quotes.ids))


def delete_an_unread_one(quotes, found):
    unread = [it for it in quotes.ids if it not in found]
    if unread:
        quotes.ids.remove(unread[0])


def touch_an_unread_one(quotes, found):
    unread = [it for it in quotes.ids if it not in found]
    if unread:
        quotes.touch(unread[0])


def insert(quotes, found):
    quotes.insert(10_000 + len(quotes.at))


def nothing(quotes, found):
    pass


@pytest.mark.parametrize("says_last_page", [True, False])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 20, 95, 100])
def test_a_list_that_does_not_change_is_read_whole(count, says_last_page):
    quotes = Quotes(count, says_last_page)

    found = read_while(quotes, nothing)

    assert set(found) == set(range(count))
    assert quotes.calls <= count // PAGE_SIZE + (4 if says_last_page else 14)


@pytest.mark.parametrize("says_last_page", [True, False])
@pytest.mark.parametrize("change", [delete_a_read_one, delete_an_unread_one, touch_an_unread_one, insert])
def test_a_shift_between_two_pages_loses_nothing(change, says_last_page):
    quotes = Quotes(120, says_last_page)

    found = read_while(quotes, change)

    assert set(range(120)) & set(quotes.ids) <= set(found)


def test_many_random_changes_lose_nothing():
    chance = random.Random(17)

    def work(quotes, found):
        for _ in range(3):
            chance.choice([delete_an_unread_one, touch_an_unread_one, insert])(quotes, found)

    for _ in range(20):
        count = chance.randrange(30, 150)
        quotes = Quotes(count, chance.choice([True, False]))
        found = read_while(quotes, work)
        assert set(range(count)) & set(quotes.ids) <= set(found)


@pytest.mark.parametrize("cursor", ["", "2", "{}", "null"])
def test_the_cursor_of_another_version_begins_anew(cursor):
    assert place_of(cursor) is None
