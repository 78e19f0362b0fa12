"""A small schema with everything a schema can have, over the rows of `zoo_rows.py`.

It is declared as ours is, only over graphql-core: `DECLARED` says which fields are columns and edges, `RESOLVERS` those
answered by hand.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from resolvers.execution.declarations import (
    Column,
    Declaration,
    Edge,
    Identity,
    IdentityOf,
    PagedEdge,
    ReferenceEdge,
    SameRow,
    bind,
)
from tests.execution.zoo_loaders import Broken, Zoo, portion
from tests.execution.zoo_rows import BIRDS, KEEPERS, LIONS, BirdRow, KeeperRow, LionRow, Mood, Page, PageKey

SDL = """
scalar Day
enum Mood { CALM WILD TAME }
enum Order { RISING FALLING }
input Wish { words: [String!]! = ["hello"], times: Int! = 1, mood: Mood, more: Wish }
input Which @oneOf { id: ID, name: String }

interface Thing { id: ID! label: String }
interface Animal implements Thing { id: ID! label: String name: String! keeper: Keeper friends: [Animal!]! mood: Mood }
union Being = Lion | Bird | Keeper

type Lion implements Animal & Thing {
  id: ID! label: String name: String! keeper: Keeper friends: [Animal!]! mood: Mood
  roars: Int! born: Day house: House!
}
type Bird implements Animal & Thing {
  id: ID! label: String name: String! keeper: Keeper friends: [Animal!]! mood: Mood
  keeperId: ID wings: Int songs: [[String!]]! weight: Float
}
type Keeper implements Thing {
  id: ID! label: String name: String! boss: Keeper team: [Keeper!]! tamed: Boolean! since: Day! mood: Mood!
  lions(first: Int = 2, order: Order! = RISING, from: ID): Page!
  house: House! diary: Diary! favourite: Being anything: Thing address: Address
  greeting(wish: Wish = {times: 2}, loud: Boolean): String
  age: Int numbers(count: Int! = 3): [Int!] slow: [Int] grid: [[Int]!]! beasts: [[Animal]!] admires: [Being!]
}
type Diary { pages: Int! owner: Keeper! address: Address }
type Address { street: String! city: String lines: [String!]! }
type House { id: ID! address: Address! rooms: [Room!]! owner: Keeper }
type Room { name: String! house: House! lit: Boolean! size: Float }
type Page { nodes: [Lion!]! edges: [Row!]! first: String more: Boolean! total: Int! }
type Row { cursor: String! node: Lion! }

type Query {
  keepers(ids: [ID!], limit: Int = 3): [Keeper!]!
  keeper(which: Which!): Keeper
  keeperOrFail(id: ID! = "k1"): Keeper!
  animals: [Animal!]
  beings: [Being]!
  things: [[Thing!]!]!
  now: Day!
  echo(wish: Wish!, words: [String!] = ["a"], grid: [[Int]], mood: Mood = WILD, day: Day, number: Float): String
}
type Mutation { count(by: Int! = 1): Counted! tryCount(by: Int!): Counted fail: Counted! }
type Counted { total: Int! keeper: Keeper }
type Subscription { changed: Change! }
type Change { number: Int! being: Being keeper: Keeper lion: Lion! }
"""


NODES = {"Lion": "lions", "Bird": "birds", "Keeper": "keepers"}
DECLARED: dict[str, Declaration] = {
    **{f"{type_}.id": Identity(f"{type_}_") for type_ in ("Lion", "Bird", "Keeper", "House")},
    **{f"{type_}.{name}": Column(name) for type_ in ("Lion", "Bird", "Keeper") for name in ("label", "name", "mood")},
    **{f"{type_}.keeper": Edge("keepers", "keeper_id", many=False) for type_ in ("Lion", "Bird")},
    **{f"{type_}.house": Edge("houses", "house_id", many=False) for type_ in ("Lion", "Keeper", "Room")},
    "Bird.keeperId": IdentityOf("Keeper_", "keeper_id"),
    "Lion.roars": Column("roars"),
    "Lion.born": Column("born"),
    "Bird.wings": Column("wings"),
    "Bird.songs": Column("songs"),
    "Bird.weight": Column("weight"),
    "Keeper.boss": Edge("keepers", "boss_id", many=False),
    "Keeper.team": Edge("team", "id", many=True),
    "Keeper.tamed": Column("tamed"),
    "Keeper.since": Column("since"),
    "Keeper.lions": PagedEdge(
        "lion_pages",
        "id",
        pages=lambda _context, first, order, **more: lambda keeper: a_page_key(keeper, first, order, more.get("from")),
        connect=lambda _loader, key, rows: Page(key, rows),
    ),
    "Keeper.diary": SameRow(),
    "Keeper.favourite": ReferenceEdge("favourite", NODES),
    "Keeper.anything": ReferenceEdge("anything", {"Lion": "lions", "Keeper": "keepers"}),
    "Keeper.address": Column("address"),
    "Diary.pages": Column("pages"),
    "Diary.owner": SameRow(),
    "Diary.address": Column("address"),
    **{f"Address.{name}": Column(name) for name in ("street", "city", "lines")},
    "House.address": Column("address"),
    "House.rooms": Edge("rooms_of", "id", many=True),
    "House.owner": Edge("keepers", "owner_id", many=False),
    **{f"Room.{name}": Column(name) for name in ("name", "lit", "size")},
    **{f"Page.{name}": Column(name) for name in ("nodes", "edges", "first", "more")},
    "Row.cursor": Column("cursor"),
    "Row.node": Column("node"),
}


def a_page_key(keeper: str, first: int | None, order: str, from_: str | None) -> PageKey:
    if first is not None and first < 1:
        raise GraphQLError("Ask for one at least.", extensions={"code": "VALIDATION_ERROR"})
    return PageKey(keeper, first, order, from_)


def zoo_of(info: Any) -> Zoo:
    zoo: Zoo = info.context.services.reader
    return zoo


async def age(row: Any, info: Any) -> Any:
    zoo_of(info).faults.check("age", row.id)
    return None if row.id == "k3" else int(row.id[1:]) * 7


def greeting(row: Any, info: Any, wish: dict[str, Any] | None, loud: bool | None = None) -> str | None:
    zoo_of(info).faults.check("greeting", row.id)
    text = f"{row.name} {sorted((wish or {}).items(), key=str)} {loud!r} {info.path.as_list()}"
    return text.upper() if loud else text


def numbers(row: Any, info: Any, count: int) -> Iterator[int]:
    zoo_of(info).faults.check("numbers", row.id)
    return (number * 10 for number in range(max(count, 0)))


async def slow(row: Any, info: Any) -> AsyncIterator[int | None]:
    for number in range(3):
        zoo_of(info).faults.check("slow", row.id, number)
        yield number or None


def grid(row: Any, info: Any) -> list[Any]:
    spoiled = portion("grid", zoo_of(info).faults.number, row.id) < zoo_of(info).faults.rate
    return [[1, None], None if spoiled else (), [int(row.id[1:]), 2**31 if spoiled else 0]]


async def beasts(row: Any, info: Any) -> list[Any]:
    async def late(value: Any) -> Any:
        zoo_of(info).faults.check("beasts", row.id)
        return value

    return [[late(LIONS[0]), None, BIRDS[1]], late([BIRDS[0]]), []]


def admires(row: Any, info: Any) -> list[Any]:
    load = info.context.load
    return [load("lions", "l2", "Lion"), load("birds", "b1"), load("keepers", row.id)]


async def friends(row: Any, info: Any) -> list[Any]:
    zoo_of(info).faults.check("friends", row.id)
    number = int(row.id[1:])
    return [LIONS[number], BIRDS[number % 4]] if number % 2 else []


def keepers(_row: Any, info: Any, limit: int | None, ids: list[str] | None = None) -> Any:
    found = KEEPERS[1:] if ids is None else [it for it in KEEPERS if it.id in ids]
    return tuple(found[:limit] if limit is None or limit >= 0 else found)


async def keeper(_row: Any, info: Any, which: dict[str, Any]) -> Any:
    zoo_of(info).faults.check("keeper", str(which))
    key = which.get("id") or which["name"].replace("Keeper ", "k")
    return await info.context.load("keepers", key, "Keeper")


def keeper_or_fail(_row: Any, info: Any, id: str) -> Any:
    return info.context.load("keepers", id, "Keeper")


def echo(_row: Any, _info: Any, **arguments: Any) -> str:
    return repr(sorted(arguments.items()))


async def total(page: Page, info: Any) -> int:
    counted: int = await info.context.count("lion_pages", page.key)
    return counted


async def count(_row: Any, info: Any, by: int) -> Any:
    zoo = zoo_of(info)
    zoo.log.append(f"count {by}")
    zoo.faults.check("count", by, zoo.total)
    zoo.total += by
    if by == 0:
        raise GraphQLError("Count by more than nothing.", extensions={"code": "VALIDATION_ERROR"})
    return SimpleNamespace(total=zoo.total, keeper_id=f"k{zoo.total % 7}")


def counted_keeper(row: Any, info: Any) -> Any:
    return info.context.load("keepers", row.keeper_id)


def fail(_row: Any, info: Any) -> None:
    zoo_of(info).log.append("fail")
    raise Broken("as always")


RESOLVERS: dict[str, Callable[..., Any]] = {
    "Keeper.age": age,
    "Keeper.greeting": greeting,
    "Keeper.numbers": numbers,
    "Keeper.slow": slow,
    "Keeper.grid": grid,
    "Keeper.beasts": beasts,
    "Keeper.admires": admires,
    "Lion.friends": friends,
    "Bird.friends": friends,
    "Page.total": total,
    "Query.keepers": keepers,
    "Query.keeper": keeper,
    "Query.keeperOrFail": keeper_or_fail,
    "Query.animals": lambda _row, _info: [*LIONS[:3], *BIRDS],
    "Query.beings": lambda _row, _info: (it for it in [LIONS[0], None, KEEPERS[3], BIRDS[2]]),
    "Query.things": lambda _row, _info: [[LIONS[1], KEEPERS[1]], [], [BIRDS[1]]],
    "Query.now": lambda _row, _info: date(2026, 11, 23),
    "Query.echo": echo,
    "Mutation.count": count,
    "Mutation.tryCount": count,
    "Mutation.fail": fail,
    "Counted.keeper": counted_keeper,
}


def a_schema() -> GraphQLSchema:
    """The schema, its declarations bound."""
    schema = build_schema(SDL)
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for name, definition in type_.fields.items():
                place = f"{type_.name}.{name}"
                definition.extensions = {"place": place}
                definition.resolve = RESOLVERS.get(place)
    mood, day, being = schema.type_map["Mood"], schema.type_map["Day"], schema.type_map["Being"]
    assert isinstance(mood, GraphQLEnumType)
    assert isinstance(day, GraphQLScalarType)
    assert isinstance(being, GraphQLUnionType)
    for each in Mood:
        mood.values[each.name].value = each
    # A second name for a value is accepted on input, but never output.
    mood.values["TAME"].value = Mood.CALM
    day.coerce_output_value = date.isoformat
    day.coerce_input_value = date.fromisoformat
    _tell_types_apart(schema, being)
    bind(schema, lambda field: DECLARED.get(field.extensions.get("place", "")))
    return schema


def _tell_types_apart(schema: GraphQLSchema, being: GraphQLUnionType) -> None:
    """The union asks by name, the interfaces ask each type, one of which takes its time."""
    names = {LionRow: "Lion", BirdRow: "Bird", KeeperRow: "Keeper"}

    async def resolve_type(value: Any, _info: Any, _type: Any) -> str | None:
        return names.get(type(value))

    async def is_keeper(value: Any, _info: Any) -> bool:
        return isinstance(value, KeeperRow)

    being.resolve_type = resolve_type
    for row, name in names.items():
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        type_.is_type_of = lambda value, _info, row=row: isinstance(value, row)
    keeper = schema.type_map["Keeper"]
    assert isinstance(keeper, GraphQLObjectType)
    keeper.is_type_of = is_keeper
