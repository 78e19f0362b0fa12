#!/bin/sh
# Shows what accepting an item would change, then accepts it, unless its price has changed since. Repeating it is safe:
# the idempotency key is the same.
#   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… sh accept.sh QuoteItem_…
# Requires curl and jq.
set -eu

price_query='query Price($itemId: ID!) {
  node(id: $itemId) { ... on QuoteItem { price { amount currencyCode } } }
}'
query='mutation Accept($itemId: ID!, $expectedPrice: MoneyInput, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, expectedPrice: $expectedPrice, dryRun: $dryRun }) {
    changes { node { id } field from to }
    userErrors { code message path }
  }
}'

post() { # idempotency key; the request is read from the input
  curl -sS "$QUOTEGRAPH_URL" -H "Authorization: Bearer $QUOTEGRAPH_KEY" -H 'Content-Type: application/json' \
    ${1:+-H "Idempotency-Key: $1"} --data-binary @-
}

accept() { # dry run, idempotency key
  jq -n --arg query "$query" --arg item "$item" --argjson price "$price" --argjson dry "$1" \
    '{query: $query, variables: {itemId: $item, expectedPrice: $price, dryRun: $dry}}' | post "$2" |
    jq -r 'if .errors then (.errors[] | "\(.extensions.code): \(.message)" | halt_error(1))
      elif (.data.acceptItem.userErrors | length) > 0 then (.data.acceptItem.userErrors[] | "\(.code): \(.message)\n" | halt_error(1))
      else .data.acceptItem.changes[] | "\(.node.id) \(.field): \(.from) -> \(.to)" end'
}

item=$1
price=$(jq -n --arg query "$price_query" --arg item "$item" '{query: $query, variables: {itemId: $item}}' | post "" | jq -c '.data.node.price')
echo "Would change:"
accept true ""
echo "Changed:"
accept false "accept-$item"
