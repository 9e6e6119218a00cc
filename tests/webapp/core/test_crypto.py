"""Ciphertexts open only in their place; hashes and grams tell nothing without the key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.core import crypto


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_goes_in_comes_out_in_its_own_place(plain, about):
    sealed = crypto.encrypt(plain, about)
    assert crypto.decrypt(sealed, about) == plain
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed, about + "x")


def test_two_encryptions_of_one_value_differ():
    assert crypto.encrypt(b"13800000000", "a") != crypto.encrypt(b"13800000000", "a")


def test_damage_and_other_keys_are_noticed(settings):
    sealed = crypto.encrypt(b"x", "a")
    for damaged in (sealed[:-1], b"\x02" + sealed[1:], sealed[:20], b""):
        with pytest.raises(crypto.Undecipherable):
            crypto.decrypt(damaged, "a")
    settings.FIELD_KEY = "another-key-of-at-least-thirty-two-characters"
    with pytest.raises(crypto.Undecipherable):
        crypto.decrypt(sealed, "a")


def test_keyed_hash_ignores_spaces_and_case_and_needs_the_key(settings):
    first = crypto.keyed_hash("13012319900101123x")
    assert first == crypto.keyed_hash(" 13012319900101123X ")
    assert len(first) == 64
    settings.FIELD_KEY = "another-key-of-at-least-thirty-two-characters"
    assert crypto.keyed_hash("13012319900101123x") != first


@given(st.text(alphabet="王建国李秀英张·", min_size=1, max_size=8), st.data())
def test_every_part_of_a_name_finds_the_name(name, data):
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    grams = set(crypto.name_grams(name))
    assert set(crypto.search_grams(name[start:end])) <= grams
    assert all(len(gram) == 16 for gram in grams)


def test_another_name_is_not_found():
    assert not set(crypto.search_grams("建国")) <= set(crypto.name_grams("王国建"))
