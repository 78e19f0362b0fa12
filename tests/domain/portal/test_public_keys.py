"""Public keys: unguessable, and blind for everything but their quote."""

from datetime import timedelta

import pytest

from domain.portal.public_keys import ClientInfo, KeyGrant, may_see, public_key, public_key_hash
from domain.quotes.decisions import accept
from domain.quotes.transitions import cancel, decline, expire
from domain.shared.access import NOBODY, ActorType, Environment, TenantScope
from tests.builders import ANA, LATER, NOW, a_quote, item_of, line, priced


def test_a_key_has_at_least_128_bits_and_is_never_the_same_twice():
    quote = a_quote().quote
    keys = {public_key(quote, str(number), NOW).key for number in range(100)}
    assert len(keys) == 100
    # Each character of a URL-safe key carries six bits.
    assert all(len(key) * 6 >= 128 for key in keys)


def test_a_key_is_looked_up_by_its_hash():
    made = public_key(a_quote().quote, "id", NOW)
    assert made.hash == public_key_hash(made.key)
    assert made.hash != public_key_hash(made.key + "x")
    assert public_key_hash("\ud800") == public_key_hash("?")


def test_a_revoked_key_is_not_shown():
    made = public_key(a_quote().quote, "id", NOW)
    assert made.shown == made.key
    assert made._replace(revoked_at=LATER).shown is None


def test_whoever_has_a_key_acts_within_its_tenant_and_without_any_scope():
    caller = KeyGrant("id", Environment.TEST, 7, "quote").caller("Carla")
    assert caller.tenant_scope == TenantScope(Environment.TEST, 7)
    assert (caller.actor.kind, caller.actor.id, caller.actor.name) == (ActorType.CUSTOMER, "id", "Carla")
    assert caller.scopes == frozenset()


def test_nobody_reaches_no_tenant():
    assert NOBODY.tenant_scope.tenant_id == 0


def test_a_quote_can_be_seen_until_it_is_over_or_called_off():
    quote = a_quote(line(priced), expires_at=LATER)
    approved = accept(quote, item_of(quote), ANA, NOW).quote
    two = a_quote(line(priced), line(priced), expires_at=LATER)
    half_approved = accept(two, item_of(two), ANA, NOW).quote

    assert may_see(quote.quote, NOW)
    assert not may_see(quote.quote, LATER)
    assert may_see(approved.quote, LATER + timedelta(days=100))
    assert may_see(decline(quote, ANA, NOW).quote.quote, LATER)
    assert may_see(expire(half_approved, LATER).quote.quote, LATER)
    assert not may_see(cancel(quote, ANA, NOW).quote.quote, NOW)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("not an address", "not an address"),
    ],
)
def test_wrong_keys_are_counted_by_network(address, network):
    assert ClientInfo(address).network == network
