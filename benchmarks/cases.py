"""The documents of the benchmark, PostGraphile's equivalents, and the conversion of its answers for the comparison."""

from decimal import Decimal
from typing import Any

NESTED = """
query Nested($first: Int!) {
  quotes(first: $first) {
    nodes {
      id orderId status createdAt requester { email name }
      items {
        id status quantity price { amount currencyCode } specification { brand model }
        product { id brand model }
        alternatives { id status isExactMatch price { amount currencyCode } }
        recipients { id name status employee { id name email } }
      }
    }
    pageInfo { hasNextPage }
  }
}
"""

SMALL = "query Small($id: ID!) { quote(by: { id: $id }) { orderId status poNumber createdAt } }"

ACCEPT = """
mutation Accept($id: ID!) {
  acceptItem(input: { itemId: $id }) {
    quote { id status } item { id status decision } changes { from to } userErrors { code message }
  }
}
"""

# The newest ten quotes, one edge deeper each time; the last three levels go up again.
DEPTHS = (
    "id status",
    "items { id status",
    "recipients { id name",
    "item { id quantity",
    "quote { id orderId",
    "company { code name",
)

NESTED_POSTGRAPHILE = """
query Nested($first: Int!, $tenant: Int!) {
  quotes: allQuotes(first: $first, condition: { tenantId: $tenant }, orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) {
    nodes {
      id: rowId orderId status createdAt requesterEmail requesterName
      items: quoteItemsByQuoteIdList(orderBy: [POSITION_ASC]) {
        id: rowId status quantity priceMinor priceCurrency brand model
        product: productByProductId { id: rowId brand model }
        alternatives: alternativesByItemIdList(orderBy: [POSITION_ASC]) {
          id: rowId status isExactMatch priceMinor priceCurrency
        }
        recipients: recipientsByItemIdList(orderBy: [POSITION_ASC]) {
          id: rowId name status employee { id: rowId name email }
        }
      }
    }
    pageInfo { hasNextPage }
  }
}
"""

SMALL_POSTGRAPHILE = (
    "query Small($id: String!) { quote: quoteByRowId(rowId: $id) { orderId status poNumber createdAt } }"
)

_POSTGRAPHILE_DEPTHS = (
    "id: rowId status",
    "items: quoteItemsByQuoteIdList(orderBy: [POSITION_ASC]) { id: rowId status",
    "recipients: recipientsByItemIdList(orderBy: [POSITION_ASC]) { id: rowId name",
    "item: quoteItemByItemId { id: rowId quantity",
    "quote: quoteByQuoteId { id: rowId orderId",
    "tenant: tenantByTenantId { company: companyByCompanyId { code name }",
)


def nested(server: str, first: int, tenant: int) -> dict[str, Any]:
    """The body of the nested query."""
    if server == "postgraphile":
        return {"query": NESTED_POSTGRAPHILE, "variables": {"first": first, "tenant": tenant}}
    return {"query": NESTED, "variables": {"first": first}}


def small(server: str, quote_id: str) -> dict[str, Any]:
    """The body of the small query."""
    if server == "postgraphile":
        return {"query": SMALL_POSTGRAPHILE, "variables": {"id": quote_id}}
    return {"query": SMALL, "variables": {"id": f"Quote_{quote_id}"}}


def accept(item_id: str) -> dict[str, Any]:
    """The body of the mutation."""
    return {"query": ACCEPT, "variables": {"id": f"QuoteItem_{item_id}"}}


def deep(server: str, depth: int, tenant: int) -> dict[str, Any]:
    """The body of the query that is `depth` edges deep."""
    if server == "postgraphile":
        inner = " ".join(_POSTGRAPHILE_DEPTHS[:depth]) + " }" * (depth - 1)
        head = f"allQuotes(first: 10, condition: {{ tenantId: {tenant} }}, orderBy: [CREATED_AT_DESC, ROW_ID_DESC])"
        return {"query": f"{{ quotes: {head} {{ nodes {{ {inner} }} }} }}", "variables": {}}
    inner = " ".join(DEPTHS[:depth]) + " }" * (depth - 1)
    return {"query": f"{{ quotes(first: 10) {{ nodes {{ {inner} }} }} }}", "variables": {}}


def in_our_shape(server: str, answer: Any) -> Any:
    """Returns an answer in our shape; only PostGraphile's differs."""
    return _value(answer, "data") if server == "postgraphile" else answer


_TYPES = {
    "nodes": "Quote",
    "items": "QuoteItem",
    "item": "QuoteItem",
    "quote": "Quote",
    "alternatives": "Alternative",
    "recipients": "Recipient",
    "product": "Product",
    "employee": "Employee",
    "company": "Company",
}


def _value(value: Any, field: str) -> Any:
    if isinstance(value, list):
        return [_value(it, field) for it in value]
    return _object(value, field) if isinstance(value, dict) else value


def _object(found: dict[str, Any], field: str) -> dict[str, Any]:
    made = {name: _value(it, name) for name, it in found.items()}
    if "id" in made:
        made["id"] = f"{_TYPES[field]}_{made['id']}"
    if "createdAt" in made:
        made["createdAt"] = made["createdAt"].replace("+00:00", "Z").replace(".000000", "").replace(".000", "")
    if "tenant" in made:
        made["company"] = made.pop("tenant")["company"]
    if "requesterEmail" in made:
        made["requester"] = {"email": made.pop("requesterEmail"), "name": made.pop("requesterName")}
    if "priceMinor" in made:
        # All prices of the data set are in US dollars.
        amount = Decimal(made.pop("priceMinor")).scaleb(-2)
        made["price"] = {"amount": str(amount), "currencyCode": made.pop("priceCurrency")}
        if field == "items":
            made["specification"] = {"brand": made.pop("brand"), "model": made.pop("model")}
    return made
