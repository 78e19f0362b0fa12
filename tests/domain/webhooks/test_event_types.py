"""The names of events in webhooks, and what endpoints can subscribe to."""

from collections import Counter

import pytest

from domain.shared.access import Scope
from domain.shared.events import READ_SCOPES, EventType
from domain.webhooks.event_types import BY_NAME, CATALOGUE, NAMES, known, matches, scope_of, wanted

# Events without a name: details that a receiver reads when it needs them.
UNNAMED = {
    EventType.CURRENT_STATE,
    EventType.QUOTE_ITEM_PRICED,
    EventType.QUOTE_ALTERNATIVE_PROPOSED,
    EventType.QUOTE_ALTERNATIVE_PRICED,
    EventType.QUOTE_UPDATED,
    EventType.QUOTE_ITEMS_ADDED,
    EventType.QUOTE_ITEM_UPDATED,
    EventType.QUOTE_ITEM_REMOVED,
    EventType.QUOTE_RECIPIENT_SHIPPED,
    EventType.QUOTE_RECIPIENT_DELIVERED,
    EventType.QUOTE_RECIPIENT_UPDATED,
    EventType.QUOTE_DOCUMENT_HANDED_IN,
    EventType.QUOTE_SIGNING_CHANGED,
    EventType.QUOTE_PUBLIC_KEY_CHANGED,
    EventType.QUOTE_PROJECT_APPROVAL_REQUESTED,
    EventType.QUOTE_PROJECT_APPROVED,
    EventType.QUOTE_PRICED,
    EventType.QUOTE_PRICES_REQUESTED,
    EventType.QUOTE_PRICE_OPTIONS_SET,
    EventType.QUOTE_PRICE_OPTION_SELECTED,
    EventType.KIT_CREATED,
    EventType.KIT_UPDATED,
    EventType.KIT_DELETED,
    EventType.DEVICE_ACTION_WIPED,
    EventType.DEVICE_ACTION_COMMENTED,
    EventType.MOVEMENT_UPDATED,
    EventType.MOVEMENT_FAILED,
    EventType.CUSTOMER_CREATED,
    EventType.CUSTOMER_UPDATED,
    EventType.COMPANY_UPDATED,
    EventType.CUSTOM_FIELD_CREATED,
    EventType.CUSTOM_FIELD_UPDATED,
    EventType.CUSTOM_FIELD_DELETED,
    EventType.QUOTE_CHANGE_REQUESTED,
    EventType.CONNECTION_CREATED,
    EventType.CONNECTION_UPDATED,
    EventType.CONNECTION_PROGRESSED,
    EventType.CONNECTION_DISCONNECTED,
    *(it for it in EventType if it.startswith("WEBHOOK_ENDPOINT_")),
}


def test_each_event_has_one_name_or_is_named_here():
    repeated = [event for event, times in Counter(it for name in CATALOGUE for it in name.events).items() if times > 1]

    assert set(NAMES) == set(EventType) - UNNAMED
    assert repeated == []


@pytest.mark.parametrize("group", ["asset", "employee", "vendor_order", "member", "api_key", "access_token"])
def test_all_events_of_these_groups_have_a_name(group: str):
    ours = {it for it in EventType if it.startswith(group.upper().replace("ORDER", ""))}

    assert ours == {event for event, name in NAMES.items() if matches([f"{group}.*"], name)}


def test_names_fit_the_column_and_fields_of_an_event_have_names_of_their_own():
    assert all(len(it.name) <= 40 for it in CATALOGUE)
    assert len(BY_NAME) == len(CATALOGUE)
    assert all(len({field.name for field in it.fields}) == len(it.fields) for it in CATALOGUE)


def test_an_event_of_a_quote_or_a_device_action_has_its_ids():
    for it in CATALOGUE:
        required = {"quote": {"quote_id", "order_id"}, "logistics": {"device_action_id", "action_id"}}
        assert required.get(it.name.split(".")[0], set()) <= {
            field.name for field in it.fields if not field.is_nullable
        }


@pytest.mark.parametrize("pattern", ["*", "quote.*", "vendor_order.*", "quote.pending", "webhook.test"])
def test_an_endpoint_can_subscribe_to_names_groups_and_everything(pattern: str):
    assert known(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["", "quote", "quote.", "quote.pend", "quote.pend*", "q*", "*.*", ".*", "**", "quote.*.*", "QUOTE.*", "kit.*"],
)
def test_other_patterns_are_unknown(pattern: str):
    assert not known(pattern)


def test_a_pattern_matches_the_names_of_its_group_only():
    assert matches(["asset.*", "quote.*"], "quote.pending")
    assert matches(["*"], "employee.left")
    assert not matches(["quote.*"], "vendor_order.placed")
    assert not matches(["quote.sent"], "quote.pending")
    assert not matches([], "quote.pending")


def test_names_and_groups_need_the_scope_that_reads_their_events():
    assert scope_of("quote.*") == scope_of("quote.pending") == scope_of("vendor_order.*") == Scope.QUOTES_READ
    assert scope_of("logistics.completed") == Scope.DEVICE_ACTIONS_READ
    assert scope_of("employee.*") == Scope.EMPLOYEES_READ
    assert scope_of("asset.moved") == Scope.ASSETS_READ
    assert scope_of("member.*") == Scope.MEMBERS_MANAGE
    assert scope_of("connection.*") == Scope.CONNECTIONS_MANAGE
    assert scope_of("api_key.*") == scope_of("access_token.*") == Scope.KEYS_MANAGE
    assert scope_of("*") is None
    assert scope_of("webhook.test") is None
    assert all(READ_SCOPES[event] == scope_of(name) for event, name in NAMES.items())


def test_an_endpoint_wants_the_events_it_subscribes_to_as_far_as_its_scopes_may_read_them():
    assert wanted(["quote.pending", "asset.*"], {Scope.QUOTES_READ}) == {EventType.QUOTE_PENDING}
    assert wanted(["*"], {Scope.EMPLOYEES_READ}) == {it for it in EventType if it.startswith("EMPLOYEE_")}
    assert wanted(["*"], set()) == frozenset()
    assert wanted(["*"], set(Scope)) == set(NAMES)
