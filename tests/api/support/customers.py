"""What a customer sends: operations without an API key, and what stands behind links."""

import json
from io import BytesIO
from typing import Any

from tests.api.support.running import Answer, Running

PUBLIC_QUOTE = """
    orderId companyName status decisionStatus documentHash pdfUrl
    isSigned isFullySigned isPartiallySigned requiredSignatures
    isProjectApprovalPending isProjectApprovalSigned
    signatures { name }
    documents { attachmentId name isSignatureRequired }
    items { decision status price { amount } alternatives { status } recipients { name country } }
"""
ERRORS = "userErrors { __typename message code path ... on ConflictError { currentStatus attemptedStatus } }"


async def visit(api: Running, query: str, variables: Any = None, **headers: str) -> Answer:
    """Send one operation without an API key."""
    body = json.dumps({"query": query, "variables": variables or {}}).encode()
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with api.http.post(api.url, data=BytesIO(body), headers=sent) as response:
        return Answer(response.status, dict(response.headers), await response.json(content_type=None))


async def seen(api: Running, key: str, selection: str = PUBLIC_QUOTE) -> Any:
    """The quote that a key opens."""
    query = f"query($key: String!) {{ publicQuote(key: $key) {{ {selection} }} }}"
    return (await visit(api, query, {"key": key})).data["publicQuote"]


async def acted(api: Running, mutation: str, input_: Any, directive: str = "", **headers: str) -> Any:
    """The payload of a customer's mutation."""
    type_ = mutation[0].upper() + mutation[1:] + "Input"
    query = (
        f"mutation($input: {type_}!) {{ {mutation}(input: $input) {directive} "
        f"{{ quote {{ {PUBLIC_QUOTE} }} {ERRORS} }} }}"
    )
    return (await visit(api, query, {"input": input_}, **headers)).data[mutation]


async def key_of(api: Running, quote_id: str) -> str:
    """The public key of a quote, as its company reads it."""
    query = "query($id: ID!) { quote(by: {id: $id}) { publicKey { key url } } }"
    found: str = (await api.data(query, {"id": quote_id}))["quote"]["publicKey"]["key"]
    return found


def a_signature(key: str, name: str = "Carla Paz", **given: Any) -> dict[str, Any]:
    return {"key": key, "name": name, "email": f"{name.split()[0].lower()}@customer.example", **given}


SIGNED = """query($id: ID!) { quote(by: {id: $id}) {
    status offerStatus decisionStatus isSigned isFullySigned isPartiallySigned
    isProjectApprovalPending isProjectApprovalSigned vendorOrders { status }
    signatures { id purpose name email ipAddress userAgent documentHash documentUrl isSuperseded signedAt
                 documents { name url sha256 } }
} }"""


async def as_company(api, quote):
    return (await api.data(SIGNED, {"id": quote.id}))["quote"]
