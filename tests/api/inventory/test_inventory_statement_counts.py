"""How many statements the inventory costs: one for each edge level, from people to what was said of their devices.

The numbers are literal on purpose, as in test_statement_counts.py.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.api.conftest import MakeDatabase
from tests.api.support.inventory_inputs import a_person, an_action, an_asset
from tests.api.support.running import Running, running
from tests.api.test_statement_counts import EXECUTORS

SYSTEMS = [(dialect, executor) for dialect in ("sqlite", "postgresql") for executor in EXECUTORS]
ACTIONS = "deviceActions(first: 2) { nodes { id comments(first: 3) { nodes { message } } } }"

QUERIES = {
    "{ employees { nodes { assets { nodes { id } } } } }": 2,
    f"{{ employees {{ nodes {{ assets {{ nodes {{ {ACTIONS} }} }} }} }} }}": 4,
    "{ employees { nodes { deviceActions { nodes { id } } } } }": 2,
    "{ employees(filter: {hasAssets: true}) { nodes { id } } }": 1,
    "{ assets { nodes { id serialNumber status price { amount } } } }": 1,
    "{ assets { nodes { employee { name } } } }": 2,
    "{ assets { nodes { currentAction { status } } } }": 2,
    "{ assets { nodes { recipient { name } } } }": 1,
    "{ assets { nodes { quote { orderId } } } }": 1,
    "{ assets { nodes { company { code } } } }": 2,
    f"{{ assets {{ nodes {{ {ACTIONS} }} }} }}": 3,
    "{ deviceActions { nodes { id device { model } currentUser { name } newRecipient { name } } } }": 1,
    "{ deviceActions { nodes { asset { status } } } }": 2,
    "{ deviceActions { nodes { statusTimestamps { at } } } }": 2,
    "{ deviceActions { nodes { currentEmployee { name } } } }": 2,
    "{ deviceActions { nodes { newEmployee { name } } } }": 2,
    "{ deviceActions { nodes { comments { nodes { deviceAction { id } } } } } }": 3,
    "{ viewer { company { assets { nodes { id } } deviceActions { nodes { id } } } } }": 3,
}

# Whole pages of everything cost more than an operation may.
MOST = 100_000


async def fill(url: str) -> None:
    """Three people with forty devices, half of which have something done with them that was talked about."""
    people = ("Ana Rodríguez", "Bruno Silva", "Çağla Yılmaz")
    persons = [a_person(people[0]), a_person(people[1]), a_person(people[2], email="cagla@austral.example")]
    async with running(url) as api:
        devices = [an_asset(f"S-{number}", employee=people[number % 3]) for number in range(40)]
        await api.act("addAssets", {"assets": devices})
        batch = [
            an_action(
                f"S-{number}",
                "REASSIGN",
                currentUser=persons[number % 3],
                newRecipient=persons[(number + 1) % 3],
            )
            for number in range(0, 40, 2)
        ]
        made = await api.act("createDeviceActions", {"actions": batch}, "deviceActions { id }")
        for action in made["deviceActions"][:5]:
            await api.act("addDeviceActionComment", {"deviceActionId": action["id"], "message": "Soon"})


@pytest.fixture(scope="module")
def filled() -> dict[str, str]:
    return {}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=SYSTEMS, ids="-".join)
async def stocked(
    request: pytest.FixtureRequest, filled: dict[str, str], new_database: MakeDatabase
) -> AsyncIterator[Running]:
    dialect, executor = request.param
    if dialect not in filled:
        filled[dialect] = await new_database(dialect)
        await fill(filled[dialect])
    async with running(filled[dialect], executor=executor, max_cost=MOST) as api:
        yield api


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.asyncio(loop_scope="module")
async def test_each_edge_level_of_the_inventory_costs_one_statement(stocked, query):
    assert await stocked.statements.of(stocked, query) == QUERIES[query]


@pytest.mark.asyncio(loop_scope="module")
async def test_people_have_their_devices_and_what_is_done_with_them(stocked):
    found = await stocked.data(f"{{ employees {{ nodes {{ name assets {{ totalCount nodes {{ {ACTIONS} }} }} }} }} }}")
    people = {it["name"]: it["assets"] for it in found["employees"]["nodes"]}
    assert {name: it["totalCount"] for name, it in people.items()} == {
        "Ana Rodríguez": 14,
        "Bruno Silva": 13,
        "Çağla Yılmaz": 13,
    }
    actions = [action for it in people.values() for asset in it["nodes"] for action in asset["deviceActions"]["nodes"]]
    assert len(actions) == 20
    assert sum(len(action["comments"]["nodes"]) for action in actions) == 5
