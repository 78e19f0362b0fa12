"""What an operation is expected to cost, by what it has cost each payer lately."""

import pytest

from app.server.document_cache import OBSERVED_PAYERS, Load


def test_what_an_operation_costs_one_payer_says_nothing_of_another():
    load = Load()
    for _ in range(50):
        load.observe("small company", 1_000, 10)
    assert load.expected("small company", 1_000) < 20
    assert load.expected("large company", 1_000) == 1_000


def test_it_follows_what_an_operation_has_cost_lately():
    load = Load()
    load.observe("a", 100, 20)
    assert load.expected("a", 100) == 80
    load.observe("a", 100, 100)
    assert load.expected("a", 200) == pytest.approx(170)


def test_of_many_payers_those_are_known_who_came_last():
    load = Load()
    for number in range(OBSERVED_PAYERS + 5):
        load.observe(str(number), 100, 0)
    expected = [load.expected(str(number), 100) for number in range(OBSERVED_PAYERS + 5)]
    assert expected == [100.0] * 5 + [75.0] * OBSERVED_PAYERS
