"""Which scopes roles have, and who may grant them."""

from itertools import pairwise

from domain.members.roles import SCOPES, Role, all_roles, beyond
from domain.shared.access import PLATFORM_SCOPES, Scope


def test_each_role_up_to_the_buyer_may_do_what_the_one_before_may():
    rising = (Role.VIEWER, Role.REQUESTER, Role.APPROVER, Role.BUYER)
    for lesser, wider in pairwise(rising):
        assert SCOPES[lesser] < SCOPES[wider]
    assert SCOPES[Role.BUYER] < SCOPES[Role.OPERATOR]
    assert SCOPES[Role.BUYER] < SCOPES[Role.ADMIN]


def test_a_viewer_changes_nothing_and_a_requester_decides_nothing():
    assert {it.partition(":")[2] for it in SCOPES[Role.VIEWER]} == {"read"}
    assert SCOPES[Role.REQUESTER] - SCOPES[Role.VIEWER] == {Scope.QUOTES_WRITE}
    assert SCOPES[Role.APPROVER] - SCOPES[Role.REQUESTER] == {Scope.QUOTES_DECIDE}


def test_admins_set_no_prices_and_operators_manage_no_people():
    assert Scope.QUOTES_MANAGE not in SCOPES[Role.ADMIN]
    assert not {Scope.MEMBERS_MANAGE, Scope.KEYS_MANAGE} & SCOPES[Role.OPERATOR]


def test_every_scope_but_those_of_the_platform_is_in_a_role():
    assert frozenset().union(*SCOPES.values()) == frozenset(Scope) - PLATFORM_SCOPES


def test_a_role_is_beyond_who_lacks_one_of_its_scopes():
    assert beyond(Role.APPROVER, SCOPES[Role.BUYER]) == ()
    assert beyond(Role.APPROVER, SCOPES[Role.REQUESTER]) == ("quotes:decide",)
    assert beyond(Role.OPERATOR, SCOPES[Role.ADMIN]) == ("jobs:manage", "logistics:manage", "quotes:manage")


def test_roles_are_listed_with_their_scopes_in_alphabetical_order():
    listed = all_roles()
    assert [it.name for it in listed] == list(Role)
    assert all(list(it.scopes) == sorted(SCOPES[it.name]) for it in listed)
