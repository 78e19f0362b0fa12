#!/bin/sh
# Shows what accepting an item would change, then accepts it. Repeating it is safe: the idempotency key is the same.
#   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… sh accept.sh QuoteItem_…
# Requires curl and jq.
set -eu

query='mutation Accept($itemId: ID!, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, dryRun: $dryRun }) {
    changes { node { id } from to }
    userErrors { code message path }
  }
}'

accept() { # dry run, idempotency key
  jq -n --arg query "$query" --arg item "$item" --argjson dry "$1" '{query: $query, variables: {itemId: $item, dryRun: $dry}}' |
    curl -sS "$QUOTEGRAPH_URL" -H "Authorization: Bearer $QUOTEGRAPH_KEY" -H 'Content-Type: application/json' \
      ${2:+-H "Idempotency-Key: $2"} --data-binary @- |
    jq -r 'if .errors then (.errors[] | "\(.extensions.code): \(.message)" | halt_error(1))
      elif (.data.acceptItem.userErrors | length) > 0 then (.data.acceptItem.userErrors[] | "\(.code): \(.message)\n" | halt_error(1))
      else .data.acceptItem.changes[] | "\(.node.id) \(.from) -> \(.to)" end'
}

item=$1
echo "Would change:"
accept true ""
echo "Changed:"
accept false "accept-$item"
