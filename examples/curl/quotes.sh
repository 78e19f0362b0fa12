#!/bin/sh
# Prints the order ID and the status of each quote, page by page.
#   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… sh quotes.sh
# Requires curl and jq.
set -eu

query='query Quotes($after: String) {
  quotes(first: 10, after: $after) { nodes { orderId status } pageInfo { endCursor hasNextPage } }
}'

after=null
while :; do
  answer=$(jq -n --arg query "$query" --argjson after "$after" '{query: $query, variables: {after: $after}}' |
    curl -sS "$QUOTEGRAPH_URL" -H "Authorization: Bearer $QUOTEGRAPH_KEY" -H 'Content-Type: application/json' --data-binary @-)
  if [ "$(printf %s "$answer" | jq 'has("errors")')" = true ]; then
    printf %s "$answer" | jq -r '.errors[] | "\(.extensions.code): \(.message)"' >&2
    exit 1
  fi
  printf %s "$answer" | jq -r '.data.quotes.nodes[] | "\(.orderId) \(.status)"'
  [ "$(printf %s "$answer" | jq .data.quotes.pageInfo.hasNextPage)" = true ] || break
  after=$(printf %s "$answer" | jq .data.quotes.pageInfo.endCursor)
done
