"""Several who add the same device, or ask for something to be done with it, at once: exactly one wins."""

from functools import partial

from adapters.database.core.engine import Database
from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import DeviceActionDraft, DeviceUserDraft, ExternalDevice
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType
from domain.ports.unit_of_work import Outcome
from domain.quotes.statuses import Verdict
from domain.shared.access import Caller, Scope
from domain.shared.errors import ConflictProblem, ErrorCode, InvalidInput
from domain.shared.ids import global_id
from domain.use_cases.fulfilment.shipments import (
    DeliverRecipient,
    SetSerialNumbers,
    deliver_recipient,
    set_serial_numbers,
)
from domain.use_cases.inventory.assets import AddAssets, OnFailure, add_assets
from domain.use_cases.inventory.device_actions import (
    AdvanceDeviceAction,
    advance_device_action,
)
from domain.use_cases.inventory.new_actions import CreateActions, create_device_actions
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from tests.adapters.database.quotes.test_races import AT_ONCE, all_at_once, houses
from tests.builders import a_caller, a_quote, a_recipient, item_of, line, priced
from tests.databases import a_company, dependencies_on, rows_of, write_quotes

__all__ = ["houses"]

ANA, BRUNO = (DeviceUserDraft(name, f"{name.lower()}@people.example") for name in ("Ana", "Bruno"))


def a_draft(serial: str, external: bool = False) -> DeviceActionDraft:
    device = ExternalDevice("ThinkPad", "laptop", "BR") if external else None
    return DeviceActionDraft(DeviceActionType.REASSIGN, serial, ANA, BRUNO, device=device)


def an_asset(serial: str) -> AssetDraft:
    return AssetDraft(serial, "laptop", "UY", "MacBook", ANA.email)


async def someone(database: Database) -> Caller:
    return a_caller((await a_company(database)).live, scopes=frozenset(Scope))


def refused_with(answer: object) -> set[ErrorCode]:
    assert isinstance(answer, InvalidInput)
    assert all(isinstance(problem, ConflictProblem) for problem in answer.problems)
    return {problem.code for problem in answer.problems}


async def test_of_many_who_add_the_same_device_one_does(database, houses):
    caller = await someone(database)
    drafts = [[an_asset(f"S-{n}") for n in order] for order in ((1, 2, 3), (3, 2, 1))]
    answers = await all_at_once(
        [partial(add_assets, houses[n % 2], caller, AddAssets(drafts[n % 2])) for n in range(AT_ONCE)]
    )
    won = [it for it in answers if isinstance(it, Outcome)]
    assert len(won) == 1
    assert all(refused_with(it) == {ErrorCode.DUPLICATE_SERIAL} for it in answers if it not in won)
    assert await rows_of(database, "SELECT count(*) FROM assets") == [(3,)]
    assert await rows_of(database, "SELECT count(*) FROM events WHERE type = 'ASSET_ADDED'") == [(3,)]


async def test_imports_that_overlap_add_each_device_once(database, houses):
    caller = await someone(database)
    imports = [[an_asset(f"S-{n}") for n in range(start, start + 50)] for start in (0, 25, 10, 40)]
    answers = await all_at_once(
        [
            partial(add_assets, houses[n % 2], caller, AddAssets(rows, on_failure=OnFailure.REJECT_FAILED_ROWS))
            for n, rows in enumerate(imports)
        ]
    )
    assert await rows_of(database, "SELECT count(*), count(DISTINCT serial_key) FROM assets") == [(90, 90)]
    assert sum(len(it.ids_of("Asset")) for it in answers) == 90
    assert sum(len(it.rejected) for it in answers) == 200 - 90


async def test_of_many_who_ask_for_an_action_with_one_device_one_does(database, houses):
    caller = await someone(database)
    await add_assets(houses[0], caller, AddAssets([an_asset("S-1")]))
    for external, serial in ((False, "s-1"), (True, "EXT-1")):
        answers = await all_at_once(
            [
                partial(create_device_actions, houses[n % 2], caller, CreateActions([a_draft(serial, external)]))
                for n in range(AT_ONCE)
            ]
        )
        won = [it for it in answers if isinstance(it, Outcome)]
        assert len(won) == 1
        assert all(refused_with(it) == {ErrorCode.ACTIVE_ACTION} for it in answers if it not in won)
    assert await rows_of(database, "SELECT action_id FROM device_actions ORDER BY action_id") == [
        ("DA-2026-0001",),
        ("DA-2026-0002",),
    ]


async def test_batches_that_share_a_device_are_made_once_whatever_their_order(database, houses):
    caller = await someone(database)
    await add_assets(houses[0], caller, AddAssets([an_asset(f"S-{n}") for n in range(6)]))
    orders = [(0, 1, 2), (2, 3, 4), (4, 5, 0), (2, 1, 0)]
    answers = await all_at_once(
        [
            partial(
                create_device_actions,
                houses[n % 2],
                caller,
                CreateActions([a_draft(f"S-{it}") for it in order], batch=True),
            )
            for n, order in enumerate(orders)
        ]
    )
    won = [it for it in answers if isinstance(it, Outcome)]
    assert all(refused_with(it) == {ErrorCode.ACTIVE_ACTION} for it in answers if it not in won)
    assert won
    assert await rows_of(database, "SELECT count(*), count(DISTINCT serial_key) FROM device_actions") == [
        (3 * len(won), 3 * len(won))
    ]


async def test_an_action_is_completed_once_while_another_is_asked_for(database, houses):
    caller = await someone(database)
    await add_assets(houses[0], caller, AddAssets([an_asset("S-1")]))
    made = await create_device_actions(houses[0], caller, CreateActions([a_draft("S-1")]))
    action_id = global_id("DeviceAction", made.ids_of("DeviceAction")[0])
    completing = [
        partial(
            advance_device_action, houses[n % 2], caller, AdvanceDeviceAction(action_id, DeviceActionStatus.COMPLETED)
        )
        for n in range(4)
    ]
    asking = [partial(create_device_actions, houses[n % 2], caller, CreateActions([a_draft("S-1")])) for n in range(4)]
    answers = await all_at_once([act for pair in zip(completing, asking, strict=True) for act in pair])
    completed, asked = answers[::2], answers[1::2]
    assert sorted(len(it.changes) for it in completed) == [0, 0, 0, 1]
    assert sum(isinstance(it, Outcome) for it in asked) <= 1
    # Asked for before the end, there is another; afterwards, Ana does not have it any more.
    refused = [refused_with(it) for it in asked if not isinstance(it, Outcome)]
    assert all(it <= {ErrorCode.ACTIVE_ACTION, ErrorCode.WRONG_STATUS} for it in refused)


async def a_delivered_device(database: Database, caller: Caller, serial: str) -> str:
    quote = a_quote(line(priced, recipients=[a_recipient()]), tenant_id=caller.tenant_scope.tenant_id or 0)
    await write_quotes(database, quote)
    deps, recipient = dependencies_on(database), global_id("Recipient", quote.lines[0].recipients[0].id)
    await decide(deps, caller, Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))
    await set_serial_numbers(deps, caller, SetSerialNumbers(recipient, (serial,)))
    await deliver_recipient(deps, caller, DeliverRecipient(recipient))
    return recipient


async def test_an_action_moves_its_device_though_the_serial_number_is_corrected_meanwhile(database, houses):
    caller = await someone(database)
    recipients = [await a_delivered_device(database, caller, f"OLD-{n}") for n in range(4)]
    holder = DeviceUserDraft("Bruno Silva", "bruno@austral.example")
    drafts = [DeviceActionDraft(DeviceActionType.DISPOSE, f"OLD-{n}", holder) for n in range(4)]
    made = await create_device_actions(houses[0], caller, CreateActions(drafts, batch=True))
    correcting = [
        partial(set_serial_numbers, houses[0], caller, SetSerialNumbers(recipient, (f"NEW-{n}",)))
        for n, recipient in enumerate(recipients)
    ]
    completing = [
        partial(
            advance_device_action,
            houses[1],
            caller,
            AdvanceDeviceAction(global_id("DeviceAction", it), DeviceActionStatus.COMPLETED),
        )
        for it in made.ids_of("DeviceAction")
    ]
    answers = await all_at_once([act for pair in zip(correcting, completing, strict=True) for act in pair])
    assert all(isinstance(it, Outcome) for it in answers), answers
    assert await rows_of(database, "SELECT serial_number, status FROM assets ORDER BY serial_number") == [
        (f"NEW-{n}", "RETIRED") for n in range(4)
    ]
    assert await rows_of(database, "SELECT serial_number FROM device_actions ORDER BY serial_number") == [
        (f"NEW-{n}",) for n in range(4)
    ]
