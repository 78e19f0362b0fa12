"""Bad input: every answer is a typed error that names the field, and nothing changes.

Fields are found in the schema itself, so that a new one is tried without being listed here.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLInputType, GraphQLScalarType, get_named_type

from schema.build import build_schema, core_schema
from tests.api.conftest import MakeDatabase
from tests.api.makers import Made, a_draft, a_price, a_proposal, a_quote, a_recipient, an_item
from tests.api.running import Running, company_id, running
from tests.api.world import A_LATITUDE, MACBOOK, MONITOR, RETIRED, SMALL_MACBOOK, fixed_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEGABYTE = "x" * 1_000_000
NOT_TEXT = ("Int", "Boolean")
NOBODY = fixed_id(0xFFF, 1)

SCHEMA = core_schema(build_schema())


class Situation(NamedTuple):
    """A quote with an open line, one with an accepted, one with an unpriced line, and one of another company."""

    api: Running
    open: Made
    accepted: Made
    unpriced: Made
    foreign: Made
    before: Any


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def now(request: pytest.FixtureRequest, new_database: MakeDatabase) -> AsyncIterator[Situation]:
    async with running(await new_database(request.param)) as api:
        foreigner = await api.key("quotes:write", "quotes:read", company="NORDLICHT")
        opened = await a_quote(api, an_item(recipients=[a_recipient(), a_recipient("Bruno Silva")]), alternatives=1)
        accepted = await a_quote(api, alternatives=1)
        await api.act("acceptItem", {"itemId": accepted.item})
        unpriced = await a_quote(api, prices=None)
        foreign = await a_quote(api, key=foreigner)
        yield Situation(api, opened, accepted, unpriced, foreign, await api.contents())


async def refused(now: Situation, mutation: str, input_: Any) -> list[Any]:
    """The user errors of a mutation that changes nothing."""
    payload = await now.api.act(mutation, filled(input_, now), key=now.api.operator)
    assert await now.api.contents() == now.before
    errors: list[Any] = payload["userErrors"]
    assert all(error["message"] for error in errors)
    return errors


def filled(input_: Any, now: Situation) -> Any:
    """The input with the ids of this situation in place of `<quote part>`."""
    if isinstance(input_, dict):
        return {name: filled(value, now) for name, value in input_.items()}
    if isinstance(input_, list):
        return [filled(value, now) for value in input_]
    if isinstance(input_, str) and input_.startswith("<"):
        quote, part = input_.strip("<>").split()
        return getattr(getattr(now, quote), part)
    return input_


# ---- every text field there is

SPECIFICATION = dict.fromkeys(("brand", "model", "os", "cpu", "ram", "storage", "screenSize", "keyboardLayout"), "Good")
RECIPIENT = a_recipient(phoneNumber="+598 2 123", address="10 Main Street", storage=False, hireDate="2026-12-01")
ACCEPTANCE = {
    "recipients": [RECIPIENT, RECIPIENT],
    "expectedPrice": a_price(),
    "dryRun": False,
}

# For each mutation an input with every field; only `kitId` is wrong in them.
WHOLE: dict[str, Any] = {
    "createQuote": {
        "companyId": company_id("AUSTRAL"),
        "requesterEmail": "it@austral.example",
        "requesterName": "Ana",
        "poNumber": "PO-1",
        "notificationEmails": ["boss@austral.example"],
        "items": [
            {
                "device": {
                    "catalogue": {
                        "productId": MACBOOK,
                        "configurationId": SMALL_MACBOOK,
                        "specification": SPECIFICATION,
                    }
                },
                "quantity": 1,
                "comments": "Soon",
                "recipients": [RECIPIENT],
            },
            an_item(device={"custom": {"productType": "LAPTOP", "specification": SPECIFICATION}}),
            an_item(device={"kitId": NOBODY}),
        ],
    },
    "priceItem": {"itemId": "<open item>", "price": a_price()},
    "priceAlternative": {"alternativeId": "<open alternative>", "price": a_price()},
    "proposeAlternative": {
        "itemId": "<open item>",
        "specification": SPECIFICATION,
        "description": "Ships today",
        "price": a_price(),
        "isExactMatch": True,
        "imageUrl": "https://pictures.example/1.png",
    },
    "acceptItem": {"itemId": "<open item>", **ACCEPTANCE},
    "acceptAlternative": {"alternativeId": "<open alternative>", **ACCEPTANCE, "expectedPrice": a_price("1190.00")},
    "rejectItem": {"itemId": "<open item>", "dryRun": False},
    "rejectAlternative": {"alternativeId": "<open alternative>", "dryRun": False},
    "decideItem": {"id": "<open item>", "decision": "ACCEPT", "dryRun": False},
    "retryJob": {"id": NOBODY},
}


def fields_of(type_: GraphQLInputType, value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The places in a value that take any text, as the type says."""
    named = get_named_type(type_)
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from fields_of(named, each, (*path, str(index)))
    elif isinstance(named, GraphQLInputObjectType):
        assert named.is_one_of or value.keys() == named.fields.keys(), f"{named} at {path} has other fields"
        for name, each in value.items():
            yield from fields_of(named.fields[name].type, each, (*path, name))
    elif isinstance(named, GraphQLScalarType) and named.name not in NOT_TEXT:
        yield path


def text_fields() -> list[Any]:
    assert SCHEMA.mutation_type is not None
    mutations = SCHEMA.mutation_type.fields
    assert WHOLE.keys() == mutations.keys()
    return [
        pytest.param(name, path, id=f"{name} {'.'.join(path)}")
        for name, field in mutations.items()
        for path in fields_of(field.args["input"].type, _shortened(WHOLE[name]))
    ]


def _shortened(whole: Any) -> Any:
    """Plain items have only what they need; the full one is enough to find every field."""
    shortened = separate(whole)
    if "items" in shortened:
        full, custom, kit = shortened["items"]
        shortened["items"] = [full, {**full, "device": custom["device"]}, {**full, "device": kit["device"]}]
    return shortened


def separate(value: Any) -> Any:
    """A copy without parts in common, unlike `deepcopy`'s."""
    return json.loads(json.dumps(value))


def replaced(whole: Any, path: tuple[str, ...], value: Any) -> Any:
    changed = separate(whole)
    *way, last = (int(step) if step.isdigit() else step for step in path)
    place = changed
    for step in way:
        place = place[step]
    place[last] = value
    return changed


@pytest.mark.parametrize(("mutation", "path"), text_fields())
@pytest.mark.parametrize("value", [MEGABYTE, "a\0b"], ids=["a megabyte", "a NUL"])
async def test_text_that_cannot_be_is_refused_in_the_payload_at_its_field(now, mutation, path, value):
    errors = await refused(now, mutation, replaced(_shortened(WHOLE[mutation]), path, value))
    mine = [error for error in errors if error["path"] == list(path)]
    assert len(mine) == 1, errors
    assert mine[0]["__typename"] == "ValidationError"
    assert len(mine[0]["message"]) < 300


# ---- what is wrong with one value


def bad(mutation: str, path: str, code: str, given: Any, kind: str = "ValidationError") -> Any:
    return pytest.param(mutation, given, path.split("."), code, kind, id=f"{mutation} {path} {code}")


def recipients(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    return a_draft(an_item(recipients=list(given), **more))


def catalogue(**device: Any) -> dict[str, Any]:
    return a_draft(an_item(device={"catalogue": {"productId": MACBOOK, **device}}))


def custom(**specification: str) -> dict[str, Any]:
    return a_draft(an_item(device={"custom": {"productType": "LAPTOP", "specification": specification}}))


ANA = a_recipient()
PRODUCT = "items.0.device.catalogue.productId"
CONFIGURATION = "items.0.device.catalogue.configurationId"
WRONG_VALUES = [
    bad("createQuote", "requesterEmail", "REQUIRED", a_draft(requesterEmail=" ")),
    *(
        bad("createQuote", "requesterEmail", "INVALID_EMAIL", a_draft(requesterEmail=given))
        for given in ("ana", "ana@", "@austral.example", "a b@austral.example", "ana@austral..example", "a@b@c.example")
    ),
    bad("createQuote", "requesterEmail", "INVALID_TEXT", a_draft(requesterEmail="a@b.example\r\nBcc: c@d.example")),
    bad("createQuote", "notificationEmails.1", "INVALID_EMAIL", a_draft(notificationEmails=["a@b.example", "b"])),
    bad("createQuote", "notificationEmails", "TOO_MANY", a_draft(notificationEmails=["a@b.example"] * 201)),
    bad("createQuote", "companyId", "INVALID_ID", a_draft(companyId="AUSTRAL")),
    bad("createQuote", "companyId", "INVALID_ID", a_draft(companyId=f"Product_{MACBOOK}")),
    bad("createQuote", "companyId", "UNKNOWN_REFERENCE", a_draft(companyId=NOBODY)),
    bad("createQuote", "companyId", "REQUIRED", a_draft()),
    bad("createQuote", "items", "REQUIRED", {**a_draft(), "items": []}),
    bad("createQuote", "items", "TOO_MANY", {**a_draft(), "items": [an_item()] * 201}),
    bad("createQuote", "items.1.recipients", "REQUIRED", a_draft(an_item(), an_item(recipients=[]))),
    bad("createQuote", "items.0.recipients", "REQUIRED", recipients(quantity=2)),
    bad("createQuote", "items.0.recipients", "RECIPIENT_COUNT", recipients(ANA, ANA, quantity=3)),
    bad("createQuote", "items.0.recipients", "RECIPIENT_COUNT", recipients(ANA, ANA, ANA, quantity=2)),
    bad("createQuote", "items.0.recipients", "TOO_MANY", recipients(*[ANA] * 201)),
    *(
        bad("createQuote", "items.0.quantity", "OUT_OF_RANGE", recipients(ANA, quantity=given))
        for given in (0, -1, -(2**31), 1001, 2**31 - 1)
    ),
    bad("createQuote", "items.0.recipients.0.name", "REQUIRED", recipients({**ANA, "name": " "})),
    bad("createQuote", "items.0.recipients.0.name", "INVALID_TEXT", recipients({**ANA, "name": "Ana\nRodríguez"})),
    bad("createQuote", "items.0.recipients.0.name", "TOO_LONG", recipients({**ANA, "name": "n" * 201})),
    *(
        bad("createQuote", "items.0.recipients.0.country", "INVALID_COUNTRY", recipients({**ANA, "country": given}))
        for given in ("Atlantis", "XX", "ZZZ", "999")
    ),
    bad("createQuote", "items.0.recipients.0.country", "REQUIRED", recipients({**ANA, "country": ""})),
    bad("createQuote", "items.0.recipients.0.email", "INVALID_EMAIL", recipients({**ANA, "email": "ana"})),
    *(
        bad("createQuote", "items.0.recipients.0.hireDate", "INVALID_DATE", recipients({**ANA, "hireDate": given}))
        for given in ("tomorrow", "2026-02-30", "01/02/2026", "2026-1-2", "20260102", "2026-12-01T00:00:00Z", "")
    ),
    bad("createQuote", "items.0.comments", "TOO_LONG", recipients(ANA, comments="c" * 5001)),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId="MacBook")),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId=f"Quote_{MACBOOK}")),
    bad("createQuote", PRODUCT, "INVALID_ID", catalogue(productId="")),
    bad("createQuote", PRODUCT, "UNKNOWN_REFERENCE", catalogue(productId=NOBODY)),
    bad("createQuote", PRODUCT, "UNKNOWN_REFERENCE", catalogue(productId=RETIRED)),
    bad("createQuote", CONFIGURATION, "INVALID_ID", catalogue(configurationId="big")),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(configurationId=NOBODY)),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(configurationId=A_LATITUDE)),
    bad("createQuote", CONFIGURATION, "UNKNOWN_REFERENCE", catalogue(productId=MONITOR, configurationId=A_LATITUDE)),
    bad("createQuote", "items.0.device.custom.specification.model", "REQUIRED", custom(os="Linux")),
    bad("createQuote", "items.0.device.custom.specification.model", "REQUIRED", custom(brand=" ", model="")),
    bad("createQuote", "items.0.device.kitId", "NOT_SUPPORTED", a_draft(an_item(device={"kitId": NOBODY}))),
    *(
        bad("priceItem", "price.amount", "INVALID_AMOUNT", {"itemId": "<open item>", "price": a_price(given)})
        for given in (
            *("-1", "-0.01", "1.001", "abc", "", "1,50", "NaN", "Infinity", "-Infinity", "1e30", "99999999999999999"),
            *("1_000", "0x10", "1.0000000000000000000000000000000001", "1450.00 USD", "١٢", "1e-3", "9" * 41),
        )
    ),
    *(
        bad("priceItem", "price.amount", "INVALID_AMOUNT", {"itemId": "<open item>", "price": {**a_price(), **given}})
        for given in (
            {"amount": 14.5},
            {"amount": True},
            {"amount": -5},
            {"amount": 10**17},
            {"amount": "0.5", "currencyCode": "JPY"},
        )
    ),
    *(
        bad("priceItem", "price.currencyCode", "INVALID_CURRENCY", {"itemId": "<open item>", "price": a_price("1", it)})
        for it in ("", "US", "DOLLARS", "XXX", "XAU", "BTC", "$")
    ),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "1", "price": a_price()}),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "<open id>", "price": a_price()}),
    bad("priceItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>", "price": a_price()}),
    bad("priceAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>", "price": a_price()}),
    bad("proposeAlternative", "itemId", "INVALID_ID", a_proposal("<open alternative>")),
    bad("proposeAlternative", "specification.model", "REQUIRED", a_proposal("<open item>", specification={})),
    *(
        bad("proposeAlternative", "imageUrl", "INVALID_URL", a_proposal("<open item>", imageUrl=given))
        for given in (
            "picture.png",
            "ftp://a.example/1",
            "javascript:alert(1)",
            "https://",
            "http://[::1",
            "http://a b",
        )
    ),
    bad("proposeAlternative", "price.amount", "INVALID_AMOUNT", a_proposal("<open item>", price=a_price("-1"))),
    bad("proposeAlternative", "description", "TOO_LONG", a_proposal("<open item>", description="d" * 5001)),
    bad("acceptItem", "itemId", "INVALID_ID", {"itemId": "accepted"}),
    bad("acceptItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>"}),
    bad("acceptItem", "recipients", "REQUIRED", {"itemId": "<open item>", "recipients": []}),
    bad("acceptItem", "recipients", "RECIPIENT_COUNT", {"itemId": "<open item>", "recipients": [ANA] * 3}),
    bad(
        "acceptItem",
        "recipients.0.country",
        "INVALID_COUNTRY",
        {"itemId": "<open item>", "recipients": [{**ANA, "country": "Atlantis"}]},
    ),
    bad(
        "acceptItem",
        "expectedPrice.currencyCode",
        "INVALID_CURRENCY",
        {"itemId": "<open item>", "expectedPrice": a_price("1", "U")},
    ),
    bad("acceptAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>"}),
    bad("rejectAlternative", "alternativeId", "INVALID_ID", {"alternativeId": "<open item>"}),
    bad("rejectItem", "itemId", "INVALID_ID", {"itemId": "<open alternative>"}),
    bad("decideItem", "id", "INVALID_ID", {"id": "<open id>", "decision": "REJECT"}),
    bad("retryJob", "id", "INVALID_ID", {"id": "yesterday"}),
    bad("retryJob", "id", "INVALID_ID", {"id": "<open id>"}),
]


@pytest.mark.parametrize(("mutation", "given", "path", "code", "kind"), WRONG_VALUES)
async def test_a_wrong_value_is_refused_at_its_place_with_a_code(now, mutation, given, path, code, kind):
    if mutation == "createQuote" and path != ["companyId"]:
        given = {"companyId": company_id("AUSTRAL"), **given}
    errors = await refused(now, mutation, given)
    assert [(it["__typename"], it["path"], it["code"]) for it in errors] == [(kind, path, code)]


async def test_every_problem_of_an_input_is_told_at_once(now):
    draft = a_draft(an_item(quantity=0, recipients=[{**ANA, "country": "Atlantis"}]), requesterEmail="ana")
    errors = await refused(now, "createQuote", {"companyId": company_id("AUSTRAL"), **draft})
    assert {".".join(it["path"]) for it in errors} == {
        "requesterEmail",
        "items.0.quantity",
        "items.0.recipients.0.country",
    }


# ---- what clashes with the present state, and what is not there


@pytest.mark.parametrize(
    ("mutation", "given", "code", "status", "node"),
    [
        ("acceptItem", {"itemId": "<unpriced item>"}, "NOT_PRICED", "PENDING", "<unpriced item>"),
        ("rejectItem", {"itemId": "<accepted item>"}, "ALREADY_DECIDED", "ACCEPTED", "<accepted item>"),
        (
            "priceItem",
            {"itemId": "<accepted item>", "price": a_price()},
            "ALREADY_DECIDED",
            "ACCEPTED",
            "<accepted item>",
        ),
        ("proposeAlternative", a_proposal("<accepted item>"), "ALREADY_DECIDED", "ACCEPTED", "<accepted item>"),
        (
            "acceptAlternative",
            {"alternativeId": "<accepted alternative>"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "rejectAlternative",
            {"alternativeId": "<accepted alternative>"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "decideItem",
            {"id": "<accepted alternative>", "decision": "ACCEPT"},
            "ALREADY_DECIDED",
            "REJECTED",
            "<accepted alternative>",
        ),
        (
            "acceptItem",
            {"itemId": "<open item>", "expectedPrice": a_price("1449.99")},
            "PRICE_CHANGED",
            "SOURCED",
            "<open item>",
        ),
        (
            "acceptAlternative",
            {"alternativeId": "<open alternative>", "expectedPrice": a_price("1190.00", "EUR")},
            "PRICE_CHANGED",
            "SOURCED",
            "<open alternative>",
        ),
    ],
)
async def test_a_conflict_names_the_field_the_node_and_its_status(now, mutation, given, code, status, node):
    [error] = await refused(now, mutation, given)
    assert (error["__typename"], error["code"], error["currentStatus"]) == ("ConflictError", code, status)
    assert error["node"]["id"] == filled(node, now)
    assert error["path"] == [next(iter(given))]


SUBJECTS = {
    "priceItem": "itemId",
    "priceAlternative": "alternativeId",
    "proposeAlternative": "itemId",
    "acceptItem": "itemId",
    "acceptAlternative": "alternativeId",
    "rejectItem": "itemId",
    "rejectAlternative": "alternativeId",
    "decideItem": "id",
    "retryJob": "id",
}


@pytest.mark.parametrize("mutation", SUBJECTS)
async def test_what_is_not_there_cannot_be_acted_on(now, mutation):
    errors = await refused(now, mutation, {**WHOLE[mutation], SUBJECTS[mutation]: NOBODY})
    assert [(it["__typename"], it["path"], it["code"]) for it in errors] == [
        ("NotFoundError", [SUBJECTS[mutation]], "NOT_FOUND")
    ]


@pytest.mark.parametrize("mutation", ["acceptItem", "rejectItem"])
async def test_another_companys_line_is_as_one_that_does_not_exist(now, mutation):
    foreign = await now.api.act(mutation, {"itemId": now.foreign.item})
    missing = await now.api.act(mutation, {"itemId": NOBODY})
    assert foreign == missing
    assert [it["__typename"] for it in foreign["userErrors"]] == ["NotFoundError"]
    assert await now.api.contents() == now.before
