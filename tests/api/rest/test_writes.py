"""The write endpoints: what each does and answers is what its document does and gives as a mutation of the graph."""

import re
from typing import Any

import pytest

from app.rest import documents
from tests.api.support.makers import a_quote, statuses
from tests.api.support.rest import BY_DOCUMENT, Rest, plain, sent_as
from tests.api.support.rest_bodies import ACTION, ANA, DEVICE, EXTERNAL, PERSON, QUOTE, WEBHOOK, WHOLE
from tests.api.support.running import uuid_of
from tests.api.support.webhooks import a_webhook_endpoint, received_by

CHANGES = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=\")\d{13}(?=\")|DA-\d+-\d+"
)


def alike(value: Any) -> str:
    """An answer without what is another each time: ids, numbers, times, secrets."""
    return CHANGES.sub("…", repr(value).replace("'", '"'))


async def both_ways(rest: Rest, document: str, path: dict[str, str], body: Any, again: dict[str, str]) -> Any:
    """The data of a write by REST, which is as that of its document for an equal object, by the path `again`."""
    endpoint = BY_DOCUMENT[document]
    answer = await rest.send(endpoint.method, endpoint.path.format(**path), body)
    assert answer.status == endpoint.status, answer.body
    sent = sent_as(again, body)
    found = None
    if endpoint.look_up is not None:
        text, asked = documents.texts()[document], endpoint.look_up
        looked = await rest.api.run(text, asked.variables(sent), operationName=asked.operation)
        found = asked.found(looked.data[asked.root], sent)
    variables = endpoint.variables_of(sent, found) if endpoint.variables_of else endpoint.read(sent)
    run = await rest.api.run(documents.texts()[document], variables, operationName=endpoint.operation(sent))
    payload = run.data[endpoint.root]
    assert payload["userErrors"] == []
    assert alike(answer.body["data"]) == alike(plain(endpoint.written(payload, sent, found)))
    return answer.body["data"]


async def test_a_quote_is_created(api):
    quote = await both_ways(Rest(api), "create_quote", {}, QUOTE, {})
    macbook, monitor = quote["items"]
    assert (quote["status"], quote["po_number"], quote["requester"]["name"]) == ("Pending", "PO-7", "IT")
    assert (macbook["price"], macbook["status"], macbook["comments"]) == (None, "Pending", "Before noon")
    assert macbook["specification"]["keyboard_layout"] == "ES"
    assert macbook["specification"]["ram"] == "16 GB"
    assert (monitor["product_type"], monitor["quantity"]) == ("Monitor", 1)
    [ana] = macbook["recipients"]
    assert {name: ana[name] for name in WHOLE} == WHOLE
    assert await Rest(api).data(f"quotes/{quote['order_id']}") == quote


async def test_a_kit_becomes_one_item_for_each_device(company):
    body = {"requester_email": "it@austral.example", "items": [{"kit_id": company.kit, "recipients": [ANA]}]}
    answer = await company.rest.send("POST", "quotes", body)
    assert answer.status == 202
    assert [it["specification"]["brand"] for it in answer.body["data"]["items"]] == ["Apple", "Dell"]


async def test_a_quote_is_created_once_for_an_idempotency_key(api):
    rest, key = Rest(api), {"Idempotency-Key": "order-7"}
    made = [await rest.send("POST", "quotes", QUOTE, key) for _ in range(2)]
    assert [it.status for it in made] == [202, 202]
    assert made[0].body == made[1].body
    other = await rest.send("POST", "quotes", {**QUOTE, "po_number": "PO-8"}, key)
    assert (other.status, other.body["error"]["code"]) == (409, "CONFLICT")
    assert len(await rest.data("quotes")) == 1
    long = await rest.send("POST", "quotes", QUOTE, {"Idempotency-Key": "x" * 300})
    assert (long.status, long.body["error"]["details"][0]["field"]) == (400, "Idempotency-Key")


def place(quote, item: str) -> dict[str, str]:
    return {"id": quote.order_id, "itemId": uuid_of(item)}


@pytest.mark.parametrize(("action", "status"), [("accept", "accepted"), ("reject", "rejected")])
async def test_an_item_is_decided_on(api, action, status):
    for document in ("update_item", "action_item"):
        quote, again = await a_quote(api, alternatives=1), await a_quote(api, alternatives=1)
        body = {"action": action}
        done = await both_ways(Rest(api), document, place(quote, quote.item), body, place(again, again.item))
        assert done == {"id": uuid_of(quote.item), "type": "item", "status": status}
        assert await statuses(api, quote) == await statuses(api, again)


async def test_an_alternative_is_decided_on(api):
    for document in ("update_item", "action_item"):
        quote, again = await a_quote(api, alternatives=2), await a_quote(api, alternatives=2)
        first, second = place(quote, quote.alternative), place(again, again.alternative)
        body = {"action": "accept"}
        if document == "update_item":
            # The body names the alternative, which is another one for the second quote: only the result is compared.
            first = place(quote, quote.item)
            body["alternative_id"] = uuid_of(quote.alternative)
            answer = await Rest(api).send("PATCH", "quotes/{id}/items/{itemId}".format(**first), body)
            assert answer.status == 200, answer.body
            done = answer.body["data"]
        else:
            done = await both_ways(Rest(api), document, first, body, second)
        assert done == {"id": uuid_of(quote.alternative), "type": "alternative", "status": "accepted"}
        [item] = (await Rest(api).data(f"quotes/{quote.order_id}"))["items"]
        assert (item["status"], [it["status"] for it in item["alternatives"]]) == ("Rejected", ["Selected", "Rejected"])


async def test_an_acceptance_replaces_the_recipients(api):
    quote, again = await a_quote(api), await a_quote(api)
    body = {"action": "accept", "recipients": [WHOLE]}
    await both_ways(Rest(api), "update_item", place(quote, quote.item), body, place(again, again.item))
    [item] = (await Rest(api).data(f"quotes/{uuid_of(quote.id)}"))["items"]
    assert [(it["name"], it["status"]) for it in item["recipients"]] == [("Ana", "Approved")]


async def test_a_decision_is_for_the_quote_and_item_of_its_path(api):
    rest, quote, other = Rest(api), await a_quote(api, alternatives=1), await a_quote(api, alternatives=1)
    item, foreign = uuid_of(quote.item), uuid_of(other.item)
    accept = {"action": "accept"}
    assert await rest.refused("PATCH", f"quotes/{quote.order_id}/items/{foreign}", accept) == (404, "NOT_FOUND", [])
    assert await rest.refused("PATCH", f"quotes/1/items/{item}", accept) == (404, "NOT_FOUND", [])
    alternative = {"action": "accept", "alternative_id": uuid_of(other.alternative)}
    wrong = 400, "VALIDATION_ERROR", ["alternative_id"]
    assert await rest.refused("PATCH", f"quotes/{quote.order_id}/items/{item}", alternative) == wrong
    # By PATCH an alternative is named in the body.
    path = f"quotes/{quote.order_id}/items/{uuid_of(quote.alternative)}"
    assert await rest.refused("PATCH", path, accept) == (404, "NOT_FOUND", [])
    assert [it["decision"] for it in (await statuses(api, quote))["items"]] == ["UNDECIDED"]


async def test_a_decision_that_cannot_be_made_is_a_conflict(api):
    rest, unpriced, quote = Rest(api), await a_quote(api, prices=None), await a_quote(api)
    for method, end in (("PATCH", ""), ("POST", "/action")):
        path = f"quotes/{unpriced.order_id}/items/{uuid_of(unpriced.item)}{end}"
        answer = await rest.send(method, path, {"action": "accept"})
        assert (answer.status, answer.body["error"]["code"]) == (409, "CONFLICT")
        [detail] = answer.body["error"]["details"]
        assert (detail["code"], detail["current_status"]) == ("NOT_PRICED", "pending")
        path = f"quotes/{quote.order_id}/items/{uuid_of(quote.item)}{end}"
        for _ in range(2):
            assert (await rest.send(method, path, {"action": "accept"})).status == 200
        assert (await rest.send(method, path, {"action": "reject"})).status == 409


async def test_a_device_is_added(api):
    rest = Rest(api)
    answer = await rest.send("POST", "devices", DEVICE)
    assert answer.status == 201, answer.body
    device = answer.body["data"]
    assert device.keys() == {
        *("id", "serial_number", "company", "country", "device_type", "description", "employee", "condition", "cost"),
        *("quantity", "completion_date", "created_at", "updated_at"),
    }
    assert (device["cost"], device["country"], device["completion_date"]) == (1450.1, "Uruguay", None)
    [listed] = await rest.data("assets", status="in_use")
    assert (listed["price"], listed["price_currency"], listed["id"]) == (1450.1, "USD", device["id"])
    taken = await rest.refused("POST", "devices", DEVICE)
    assert taken == (409, "CONFLICT", ["serial_number"])
    stored = await rest.send("POST", "devices", {**DEVICE, "serial_number": "S-2", "employee": None, "cost": None})
    assert (stored.body["data"]["employee"], stored.body["data"]["cost"]) == (None, None)
    assert [it["serial_number"] for it in await rest.data("assets")] == ["S-2"]


async def test_a_device_is_added_as_by_the_graph(api):
    rest, endpoint = Rest(api), BY_DOCUMENT["add_devices"]
    by_rest = (await rest.send("POST", "devices", DEVICE)).body["data"]
    sent = sent_as({}, {**DEVICE, "serial_number": "S-2"})
    run = await api.run(documents.texts()["add_devices"], endpoint.read(sent))
    by_graph = plain(endpoint.written(run.data["addAssets"], sent, None))
    assert alike(by_rest).replace("S-1", "S-2") == alike(by_graph)


async def test_device_actions_are_created(api):
    rest = Rest(api)
    for serial in ("S-1", "S-2"):
        await rest.send("POST", "devices", {**DEVICE, "serial_number": serial})
    made = []
    writes: list[tuple[str, str, dict[str, Any]]] = [
        ("create_device_action", "device-actions", ACTION),
        ("create_external_device_action", "device-actions/external", EXTERNAL),
    ]
    for document, path, body in writes:
        endpoint = BY_DOCUMENT[document]
        answer = await rest.send("POST", path, body)
        assert answer.status == 201, answer.body
        made.append(answer.body["data"])
        again = body["serial_number"][:-1] + "2"
        sent = sent_as({}, {**body, "serial_number": again})
        run = await api.run(documents.texts()[document], endpoint.read(sent))
        by_graph = plain(endpoint.written(run.data[endpoint.root], sent, None))
        assert alike(made[-1]).replace(body["serial_number"], again) == alike(by_graph)
    own, external = made
    assert (own["action_type"], own["wipe"], own["notes"], own["user_email"]) == (
        *("Store", True, "Mind the dog", "ana@people.example"),
    )
    assert own["current_user"] == PERSON
    assert external["device"] == {"serial_number": "X-1", "model": "ThinkPad", "type": "Laptop", "country": "Brazil"}
    assert await rest.data(f"device-actions/{own['id']}") == own


async def test_a_device_action_that_is_not_possible_is_refused(api):
    rest = Rest(api)
    await rest.send("POST", "devices", DEVICE)
    assert (await rest.send("POST", "device-actions", ACTION)).status == 201
    post = "POST", "device-actions"
    assert await rest.refused(*post, ACTION) == (409, "CONFLICT", ["serial_number"])
    unknown = {**ACTION, "serial_number": "NONE-1"}
    assert await rest.refused(*post, unknown) == (404, "NOT_FOUND", ["serial_number"])
    inside = await rest.refused("POST", "device-actions/external", {**EXTERNAL, "serial_number": "S-1"})
    assert inside == (409, "CONFLICT", ["serial_number"])
    nobody = await rest.refused("POST", "device-actions/external", {**EXTERNAL, "action_type": "Assign", "wipe": False})
    assert nobody == (400, "VALIDATION_ERROR", ["new_recipient"])


async def test_a_webhook_is_created_changed_tested_and_deleted(api):
    received_by(api)
    rest = Rest(api)
    made = await both_ways(rest, "create_webhook", {}, WEBHOOK, {})
    assert re.fullmatch("[0-9a-f]{64}", made["secret"])
    second = uuid_of(await a_webhook_endpoint(api, description="Ours"))
    change = {"events": ["quote.pending", "logistics.*"], "is_active": False, "description": None}
    changed = await both_ways(rest, "update_webhook", {"id": made["id"]}, change, {"id": second})
    assert (changed["events"], changed["is_active"], changed["description"]) == (
        *(["quote.pending", "logistics.*"], False, None),
    )
    assert "secret" not in changed
    await rest.send("PATCH", f"webhooks/{made['id']}", {"is_active": True})
    assert made.keys() == {"id", "url", "events", "description", "is_active", "created_at", "secret"}
    tested = (await rest.send("POST", f"webhooks/{made['id']}/test")).body["data"]
    assert tested.pop("latency_ms") >= 0
    outcome = {"status": "success", "response_status": 204, "error": None}
    assert tested == {"id": made["id"], "event_type": "webhook.test", **outcome}
    gone = await both_ways(rest, "delete_webhook", {"id": made["id"]}, None, {"id": second})
    assert gone == {"id": made["id"], "deleted": True}
    assert await rest.refused("GET", f"webhooks/{made['id']}") == (404, "NOT_FOUND", [])


async def test_a_company_has_ten_webhook_endpoints_at_most(api):
    rest = Rest(api)
    for _ in range(10):
        assert (await rest.send("POST", "webhooks", WEBHOOK)).status == 201
    assert await rest.refused("POST", "webhooks", WEBHOOK) == (409, "CONFLICT", ["url"])
    assert (await rest.get("webhooks")).body["meta"]["total"] == 10


async def test_a_platform_key_reads_everything_and_creates_nothing(company):
    platform = Rest(company.api, company.api.operator)
    assert [it["order_id"] for it in await platform.data("quotes")] == [company.quote.order_id]
    assert len(await platform.data("employees")) == 6
    assert await platform.refused("POST", "quotes", QUOTE) == (400, "VALIDATION_ERROR", ["company_id"])
