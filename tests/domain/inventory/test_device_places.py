"""From where each action takes a device, and to where: the whole table, place by place."""

from typing import Any

import pytest

from domain.inventory.assets import (
    Asset,
    AssetDraft,
    AssetStatus,
    Holder,
    People,
    at_office,
    build_asset,
    in_use,
    retired,
)
from domain.inventory.device_action_drafts import (
    ActionContext,
    DeviceActionDraft,
    DeviceUserDraft,
    OfficeDraft,
    build_device_action,
)
from domain.inventory.device_actions import TO_A_PERSON, DeviceAction, DeviceActionType, brought
from domain.inventory.device_places import (
    LEADS_TO,
    STARTS,
    Place,
    WrongPlace,
    check_place,
    place_of,
    stays,
    with_checked_place,
)
from domain.inventory.locations import Location, LocationType
from domain.shared.errors import Problems
from domain.shared.ids import new_id
from tests.builders import LATER, NOW, TENANT

ANA, BRUNO, CARLA = (DeviceUserDraft(name, f"{name.lower()}@people.example") for name in ("Ana", "Bruno", "Carla"))
T = DeviceActionType


def stored() -> Asset:
    draft = AssetDraft("S-1", "laptop", "UY", "MacBook")
    return build_asset(draft, People({}, {}), TENANT, Problems(), (), NOW, new_id)


def held(name: str = "Ana", email: str | None = "ana@people.example") -> Asset:
    return in_use(stored(), Holder(name, email), NOW)


def at(place: Place) -> Asset | None:
    """A device at this place, of an action that names Ana as its current user."""
    return {
        Place.STORED: stored(),
        Place.HELD: held(),
        Place.HELD_BY_ANOTHER: held("Bruno", "bruno@people.example"),
        Place.AT_OFFICE: at_office(stored(), "Office MVD", NOW),
        Place.UNKNOWN: None,
    }[place]


def an_action(
    kind: DeviceActionType, to: DeviceUserDraft = CARLA, office: str | None = None, **given: Any
) -> DeviceAction:
    """An action that names Ana as the current user and, where it brings the device to someone, Carla."""
    new = to if kind in TO_A_PERSON and office is None else None
    there = OfficeDraft(office, "BR") if office else None
    draft = DeviceActionDraft(kind, "S-1", ANA, new, new_office=there, **given)
    problems = Problems()
    action = build_device_action(draft, stored(), ActionContext(TENANT, None, NOW, new_id), problems, ())
    assert not problems.found
    return action


S, H, A, F, U = Place.STORED, Place.HELD, Place.HELD_BY_ANOTHER, Place.AT_OFFICE, Place.UNKNOWN
# Written out once more, cell by cell.
ALLOWED = {
    (T.STORE, S): False, (T.STORE, H): True, (T.STORE, A): False, (T.STORE, F): True, (T.STORE, U): True,
    (T.ASSIGN, S): True, (T.ASSIGN, H): False, (T.ASSIGN, A): False, (T.ASSIGN, F): False, (T.ASSIGN, U): True,
    (T.REASSIGN, S): False, (T.REASSIGN, H): True, (T.REASSIGN, A): False, (T.REASSIGN, F): True, (T.REASSIGN, U): True,
    (T.RETRIEVAL, S): False, (T.RETRIEVAL, H): True, (T.RETRIEVAL, A): False, (T.RETRIEVAL, F): True,
    (T.RETRIEVAL, U): True,
    (T.DISPOSE, S): True, (T.DISPOSE, H): True, (T.DISPOSE, A): False, (T.DISPOSE, F): True, (T.DISPOSE, U): True,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "place"), ALLOWED, ids=str)
def test_an_action_takes_a_device_only_from_where_such_an_action_does(kind, place):
    action, asset = an_action(kind), at(place)
    assert place_of(asset, action) == place
    if ALLOWED[kind, place]:
        assert with_checked_place(action, asset) == action
        return
    with pytest.raises(WrongPlace) as caught:
        check_place(action, asset)
    assert asset is not None
    assert (caught.value.code, caught.value.node) == ("WRONG_STATUS", asset.ref)
    assert (caught.value.current_status, caught.value.attempted_status) == (asset.status, LEADS_TO[kind])


def test_the_table_says_something_of_every_action_and_place():
    assert {(kind, place) for kind in DeviceActionType for place in Place} == ALLOWED.keys()
    assert STARTS.keys() == LEADS_TO.keys() == set(DeviceActionType)


@pytest.mark.parametrize(
    ("kind", "place", "told"),
    [
        (T.RETRIEVAL, S, "The device is in storage; RETRIEVAL takes it from Ana (ana@people.example)."),
        (T.STORE, S, "The device is in storage; STORE takes it from Ana (ana@people.example)."),
        (T.REASSIGN, S, "The device is in storage; REASSIGN takes it from Ana (ana@people.example). Use ASSIGN."),
        (
            T.ASSIGN,
            H,
            "The device is with Ana (ana@people.example); ASSIGN takes it out of storage. "
            "Use REASSIGN to bring it to another person.",
        ),
        (
            T.RETRIEVAL,
            A,
            "The device is with Bruno (bruno@people.example); RETRIEVAL takes it from Ana (ana@people.example).",
        ),
        (
            T.ASSIGN,
            F,
            "The device is at the office Office MVD; ASSIGN takes it out of storage. "
            "Use REASSIGN to bring it to another person.",
        ),
    ],
)
def test_a_refusal_names_both_places(kind, place, told):
    with pytest.raises(WrongPlace) as caught:
        check_place(an_action(kind), at(place))
    assert caught.value.message == told


@pytest.mark.parametrize(
    ("asset", "action"),
    [
        (held(), an_action(T.REASSIGN, to=ANA)),
        (held(), an_action(T.REASSIGN, to=DeviceUserDraft("Ana María", "ANA@people.example"))),
        (held(email=None), an_action(T.REASSIGN, to=DeviceUserDraft(" ana", "ana@elsewhere.example"))),
        (at(F), an_action(T.REASSIGN, office="office mvd")),
    ],
)
def test_a_device_is_not_reassigned_to_where_it_is(asset, action):
    with pytest.raises(WrongPlace, match="already; REASSIGN takes it to another place"):
        check_place(action, asset)


def test_of_a_device_outside_the_inventory_only_the_people_named_are_known():
    assert stays(an_action(T.REASSIGN, to=ANA), None)
    assert not stays(an_action(T.REASSIGN), None)
    assert not stays(an_action(T.ASSIGN, to=ANA), None)


def test_a_holder_without_an_address_is_known_by_name():
    assert place_of(held(" ANA ", None), an_action(T.RETRIEVAL)) == Place.HELD
    assert place_of(held("Bruno", None), an_action(T.RETRIEVAL)) == Place.HELD_BY_ANOTHER
    # An address says more than a name.
    assert place_of(held("Ana", "another.ana@people.example"), an_action(T.RETRIEVAL)) == Place.HELD_BY_ANOTHER


def test_an_overridden_place_is_kept_with_its_reason_to_the_end():
    overridden = with_checked_place(an_action(T.RETRIEVAL), stored(), "It is on her desk")
    assert overridden.override_reason == "It is on her desk"
    assert with_checked_place(overridden, stored()) == overridden
    # A reason that is not needed is not kept.
    assert with_checked_place(an_action(T.RETRIEVAL), held(), "In case").override_reason is None


def test_offices_get_devices_and_give_them_back():
    there = brought(stored(), an_action(T.ASSIGN, office="Office SP"), LATER)
    assert (there.location, there.status, there.country) == (
        Location(LocationType.OFFICE, "Office SP"),
        AssetStatus.IN_USE,
        "BR",
    )
    assert (there.employee_name, there.assigned_date) == (None, LATER.date())
    elsewhere = brought(there, an_action(T.REASSIGN, office="Office MVD"), LATER)
    assert elsewhere.location == Location(LocationType.OFFICE, "Office MVD")
    assert brought(elsewhere, an_action(T.REASSIGN), LATER).location == Location(LocationType.PERSON, "Carla")
    assert brought(elsewhere, an_action(T.RETRIEVAL), LATER).location == Location(LocationType.STORAGE)
    assert brought(elsewhere, an_action(T.DISPOSE), LATER).location is None


def test_a_retired_device_is_nowhere():
    assert retired(held(), NOW).location is None
