"""Products over the API: narrowed by kind, brand and parts, and the values to narrow them by."""

import pytest

from tests.api.support.running import on_both_databases

FOUND = {
    "brand in any case": ('brand: "APPLE"', ["MacBook Pro 14"]),
    "no part of a brand": ('brand: "App"', []),
    "retired as well": ('brand: "apple", includeArchived: true', ["MacBook Pro 14", "PowerBook G4"]),
    "kinds": ("type: [MONITOR, MOUSE]", ["UltraFine 27"]),
    "one memory or another": ('ram: ["24 gb", "16 GB"]', ["MacBook Pro 14", "Latitude 7450"]),
    "a single value": ('ram: "24 GB"', ["MacBook Pro 14"]),
    "parts of one configuration": ('ram: ["24 GB"], storage: ["1 tb"]', ["MacBook Pro 14"]),
    "parts of two configurations": ('ram: ["24 GB"], storage: ["512 GB"]', []),
    "all at once": (
        'type: [LAPTOP], brand: "dell", search: "lat", cpu: ["core ultra 5"], screenSize: ["14\\""]',
        ["Latitude 7450"],
    ),
    "no value": ("cpu: []", []),
    "a blank": ('cpu: [" "]', []),
    "however it is written": ('ram: ["24gb"], screenSize: "14"', ["MacBook Pro 14"]),
    "several in one text": ('ram: "24GB, 16 GB"', ["MacBook Pro 14", "Latitude 7450"]),
    "blanks between commas": ('ram: " , "', []),
    "no kind": ("type: []", []),
    "a blank search": ('search: " ", brand: "dell"', ["Latitude 7450"]),
    "what nothing has": ('resolution: ["4K"]', []),
}


@pytest.mark.parametrize(("given", "models"), FOUND.values(), ids=FOUND.keys())
async def test_products_are_narrowed_by_what_is_given(api, given, models):
    found = (await api.data(f"{{ products(filter: {{{given}}}) {{ totalCount nodes {{ model }} }} }}"))["products"]
    assert [it["model"] for it in found["nodes"]] == models
    assert found["totalCount"] == len(models)


@on_both_databases
async def test_a_list_of_products_says_what_it_can_be_narrowed_by(api):
    query = """{ products(first: 1, filter: {brand: "dell"}) { availableFilters {
        type brand cpu ram storage screenSize resolution connectionType } } }"""
    assert (await api.data(query))["products"]["availableFilters"] == {
        "type": ["LAPTOP", "MONITOR"],
        "brand": ["Apple", "Dell", "LG"],
        "cpu": ["Apple M5", "Apple M5 Pro", "Core Ultra 5"],
        "ram": ["16 GB", "24 GB"],
        "storage": ["1 TB", "512 GB"],
        "screenSize": ['14"'],
        "resolution": [],
        "connectionType": [],
    }
    assert await api.statements.of(api, query) == 2
    assert await api.statements.of(api, "{ products(first: 1) { nodes { id } } }") == 1


async def test_a_bad_part_is_refused_at_its_place(api):
    answer = await api.run('{ products(filter: {screenSize: ["14", "a\\u0000b"]}) { totalCount } }')
    assert answer.codes == ["VALIDATION_ERROR"]
    assert answer.error["extensions"]["problems"][0]["path"] == ["filter", "screenSize", "1"]
    many, commas = ", ".join(['"1"'] * 101), '"' + "1," * 100 + '1"'
    for values in (many, commas):
        answer = await api.run(f"{{ products(filter: {{cpu: [{values}]}}) {{ totalCount }} }}")
        assert answer.error["extensions"]["problems"][0]["path"] == ["filter", "cpu"]


BLANK = {
    "quotes": ("tag", "projectReference", "assigneeEmail"),
    "kits": ("tag", "region"),
    "assets": ("serialNumber",),
    "deviceActions": ("serialNumber", "batchId"),
    "products": ("brand",),
}


@pytest.mark.parametrize(("query", "field"), [(query, field) for query, fields in BLANK.items() for field in fields])
async def test_a_blank_never_asks_for_everything(api, query, field):
    answer = await api.run(f'{{ {query}(filter: {{{field}: " "}}) {{ totalCount }} }}')
    assert answer.codes == ["VALIDATION_ERROR"]
    assert answer.error["extensions"]["problems"][0]["path"] == ["filter", field]


@pytest.mark.parametrize("given", ["quotes(filter: {status: []})", "deviceActions(filter: {status: []})"])
async def test_nothing_is_one_of_an_empty_list(api, given):
    found = await api.data(f"{{ {given} {{ totalCount }} }}")
    assert list(found.values()) == [{"totalCount": 0}]
