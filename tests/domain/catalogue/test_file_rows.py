"""Whatever rows are taken over, names and SKUs stay unique; a refused row changes nothing, nor does a repeated one."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.file_rows import Cells, Taken, take_row
from domain.catalogue.snapshot import CatalogueSnapshot, product_key
from domain.history.catalogue_events import events_of
from domain.shared.access import SYSTEM
from domain.shared.errors import InvalidInput
from domain.shared.ids import new_id
from domain.shared.parsers import fold
from tests.builders import NOW

ROWS = st.fixed_dictionaries(
    {"brand": st.sampled_from(["Dell", "DELL", "HP", ""]), "model": st.sampled_from(["A", "b", "B", ""])},
    optional={
        "product_type": st.sampled_from(["Laptop", "mouse", "Warranty Mac", "Phone", ""]),
        "sku": st.sampled_from(["S1", "s1", "S2", "1.5E+12", ""]),
        "product_archived": st.sampled_from(["yes", "no", "maybe", ""]),
        "configuration_sku": st.sampled_from(["C1", "c1", "C2", ""]),
        "cpu": st.sampled_from(["M5", "m5", "M4", "", "x" * 201]),
        "ram": st.sampled_from(["16 GB", "16gb", "8 GB", ""]),
        "configuration_archived": st.sampled_from(["yes", "no", ""]),
    },
)


def everything(snapshot: CatalogueSnapshot) -> tuple[Any, ...]:
    products, configurations = snapshot.all()
    return sorted(products), sorted(configurations, key=lambda it: it.id)


def taken(row: Cells, snapshot: CatalogueSnapshot) -> Taken | None:
    try:
        return take_row(row, snapshot, new_id)
    except InvalidInput:
        return None


@given(st.lists(ROWS, max_size=12))
def test_what_must_be_unique_stays_so_and_refused_rows_change_nothing(rows):
    snapshot = CatalogueSnapshot()
    for row in rows:
        before, changed = everything(snapshot), (snapshot.changed_products(), snapshot.changed_configurations())
        became = taken(row, snapshot)
        if became in (None, Taken.UNCHANGED):
            assert everything(snapshot) == before
            assert (snapshot.changed_products(), snapshot.changed_configurations()) == changed
        products, configurations = snapshot.all()
        skus = [fold(it.sku) for it in products if it.sku]
        numbers = [fold(it.sku) for it in configurations if it.sku]
        for unique in ([product_key(it.brand, it.model) for it in products], skus, numbers):
            assert max(Counter(unique).values(), default=1) == 1
        for product in products:
            assert snapshot.product_named(product.brand, product.model) == product
            assert product.sku is None or snapshot.product_with(product.sku) == product
        for it in configurations:
            assert it in snapshot.configurations_of(it.product_id)
            assert it.sku is None or snapshot.configuration_with(it.sku) == it


def test_what_is_undone_leaves_everything_in_its_order():
    snapshot = CatalogueSnapshot()
    for model in ("A", "B"):
        take_row({"product_type": "Laptop", "brand": "Dell", "model": model}, snapshot, new_id)
    before = snapshot.changed_products()
    snapshot.begin()
    snapshot.put_product(snapshot.all()[0][0]._replace(sku="S1"))
    snapshot.undo()
    assert snapshot.changed_products() == before


@given(ROWS)
def test_a_row_that_was_taken_over_changes_nothing_the_second_time(row):
    snapshot = CatalogueSnapshot()
    if taken(row, snapshot) is not None:
        assert taken(row, snapshot) == Taken.UNCHANGED


def test_what_a_row_did_is_told_in_the_history_of_its_product():
    snapshot = CatalogueSnapshot()
    take_row({"product_type": "Laptop", "brand": "Dell", "model": "A", "cpu": "M5"}, snapshot, new_id)
    told = events_of(snapshot, SYSTEM, NOW, new_id)
    assert [str(it.type) for it in told] == ["PRODUCT_CREATED", "CONFIGURATION_ADDED"]
    assert {it.product_id for it in told} == {snapshot.all()[0][0].id}
    stored = CatalogueSnapshot(*snapshot.all())
    take_row({"brand": "Dell", "model": "A", "product_archived": "yes"}, stored, new_id)
    assert [str(it.type) for it in events_of(stored, SYSTEM, NOW, new_id)] == ["PRODUCT_ARCHIVED"]
