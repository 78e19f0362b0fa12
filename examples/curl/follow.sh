#!/bin/sh
# Prints the events of a quote as they happen, starting with its present state.
#   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… sh follow.sh Quote_…
# Requires curl and jq.
set -eu

query='subscription Follow($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type cursor occurredAt } }'

jq -n --arg query "$query" --arg id "$1" '{query: $query, variables: {id: $id}}' |
  curl -sSN "$QUOTEGRAPH_URL" -H "Authorization: Bearer $QUOTEGRAPH_KEY" -H 'Content-Type: application/json' \
    -H 'Accept: text/event-stream' --data-binary @- |
  sed -un 's/^data: \(.\)/\1/p' | jq --unbuffered -r '.data.quoteChanged | "\(.type) \(.cursor)"'
