"""The rows of the small schema: keepers, lions and birds, and the houses they live in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from types import SimpleNamespace
from typing import Any, NamedTuple


class Mood(Enum):
    CALM = "calm"
    WILD = "wild"


class AddressRow(NamedTuple):
    street: str
    city: str | None
    lines: tuple[str, ...]


class KeeperRow(NamedTuple):
    id: str
    label: str | None
    name: str
    boss_id: str | None
    house_id: str
    tamed: bool
    since: date
    mood: Mood
    address: AddressRow | None
    favourite: Any
    anything: Any
    pages: int


class LionRow(NamedTuple):
    id: str
    label: str | None
    name: str
    keeper_id: str | None
    house_id: str
    mood: Mood | None
    roars: int
    born: date | None


class BirdRow(NamedTuple):
    id: str
    label: str | None
    name: str
    keeper_id: str | None
    mood: Mood | None
    wings: int | None
    songs: list[Any]
    weight: float | None


class HouseRow(NamedTuple):
    id: str
    address: AddressRow
    owner_id: str | None


class RoomRow(NamedTuple):
    id: str
    name: str
    house_id: str
    lit: bool
    size: float | None


class Reference(NamedTuple):
    type: str
    id: str


class PageKey(NamedTuple):
    keeper: str
    first: int | None
    order: str
    from_: str | None


@dataclass(frozen=True, slots=True)
class Page:
    key: PageKey
    nodes: list[Any]

    @property
    def edges(self) -> Iterator[Any]:
        return (SimpleNamespace(cursor=it.id, node=it) for it in self.nodes)

    @property
    def first(self) -> str | None:
        return self.nodes[0].id if self.nodes else None

    more = True


def an_address(number: int) -> AddressRow:
    return AddressRow(f"Street {number}", None if number % 3 == 0 else "Ñandú", ("a", 'b "quoted"\n')[: number % 3])


KEEPERS = [
    KeeperRow(
        id=f"k{n}",
        label=None if n % 3 == 0 else f"label {n}",
        name=f"Keeper {n}",
        boss_id=f"k{n // 2}" if n > 1 else None,
        house_id=f"h{n % 3}",
        tamed=n % 2 == 0,
        since=date(2020, 1, n + 1),
        mood=Mood.CALM if n % 2 else Mood.WILD,
        address=None if n == 4 else an_address(n),
        favourite=[None, Reference("Lion", "l1"), Reference("Bird", "b2"), Reference("Keeper", "k1"),
                   Reference("Nobody", "x"), Reference("Lion", "gone"), Reference("Bird", "b0")][n],
        anything=Reference("Keeper", "k2") if n % 2 else Reference("Lion", f"l{n}"),
        pages=n * 10,
    )
    for n in range(7)
]  # fmt: skip
LIONS = [
    LionRow(f"l{n}", None, f"Lion {n}", f"k{n % 4}" if n != 5 else None, f"h{n % 3}",
            None if n == 3 else Mood.WILD, n, None if n % 2 else date(2024, 2, 29))
    for n in range(9)
]  # fmt: skip
BIRDS = [
    BirdRow(f"b{n}", f"bird {n}", f"Bird {n}", f"k{n}", Mood.CALM, n or None, [["tweet"] * n, None, []][: n + 1], n / 2)
    for n in range(4)
]
HOUSES = [HouseRow(f"h{n}", an_address(n), f"k{n}" if n else None) for n in range(3)]
ROOMS = [RoomRow(f"r{n}", f"Room {n}", f"h{n % 2}", n % 2 == 0, None if n == 1 else n + 0.5) for n in range(5)]
TABLES: dict[str, Sequence[Any]] = {
    "keepers": KEEPERS, "lions": LIONS, "birds": BIRDS, "houses": HOUSES, "rooms": ROOMS,
}  # fmt: skip
ONE = {name: (name, "id") for name in TABLES}
MANY = {"team": ("keepers", "boss_id"), "rooms_of": ("rooms", "house_id"), "lions_of": ("lions", "keeper_id")}
