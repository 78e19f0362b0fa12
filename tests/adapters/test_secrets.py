"""What is stored can be read with the keys of the setting only, and was not changed."""

import pytest

from adapters.secrets import FernetSecretBox, new_secret_key, parse_secret_keys, secret_box
from domain.shared.outbound_errors import NotConfigured

SECRET = "5ec2e7" * 10 + "abcd"
NEW, OLD = new_secret_key(), new_secret_key()


def test_a_sealed_secret_is_unreadable_and_is_opened_again():
    box = secret_box([NEW])
    sealed = box.seal(SECRET)
    assert SECRET not in sealed
    assert box.open(sealed) == SECRET


def test_the_same_secret_is_never_sealed_the_same_way_twice():
    box = secret_box([NEW])
    assert box.seal(SECRET) != box.seal(SECRET)


def test_without_a_key_nothing_is_sealed_or_opened_and_the_setting_is_named():
    box = secret_box(())
    for act in (box.seal, box.open):
        with pytest.raises(NotConfigured, match="QUOTEGRAPH_SECRET_KEY is not set"):
            act(SECRET)


def test_while_keys_rotate_the_old_key_opens_and_the_new_one_seals():
    before = FernetSecretBox([OLD]).seal(SECRET)
    both = FernetSecretBox([NEW, OLD])
    assert both.open(before) == SECRET
    assert FernetSecretBox([NEW]).open(both.seal(SECRET)) == SECRET


def test_what_is_sealed_again_needs_the_old_key_no_more_and_is_not_sealed_a_third_time():
    before = FernetSecretBox([OLD]).seal(SECRET)
    again = FernetSecretBox([NEW, OLD]).reseal(before)
    assert FernetSecretBox([NEW]).open(again) == SECRET
    assert FernetSecretBox([NEW, OLD]).reseal(again) == again


@pytest.mark.parametrize("stored", ["sealed by another key", SECRET, "", "gAAAA", "ñ"])
def test_what_no_key_has_sealed_is_refused_without_showing_it(stored):
    stored = FernetSecretBox([OLD]).seal(SECRET) if stored.startswith("sealed") else stored
    with pytest.raises(NotConfigured, match="No key in QUOTEGRAPH_SECRET_KEY decrypts") as refused:
        FernetSecretBox([NEW]).open(stored)
    assert not stored or stored not in str(refused.value)


def test_a_changed_secret_is_refused():
    box = FernetSecretBox([NEW])
    sealed = box.seal(SECRET)
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    with pytest.raises(NotConfigured):
        box.open(changed)


def test_a_new_key_is_one_that_the_setting_takes():
    assert parse_secret_keys(NEW) == (NEW,)
    assert new_secret_key() != NEW


def test_a_box_shows_no_key():
    assert NEW not in repr(FernetSecretBox([NEW]))
