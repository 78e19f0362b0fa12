// Shows what accepting an item would change, then accepts it, unless its price has changed since. Repeating it is safe: the idempotency key is the same.
//   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… node accept.mjs QuoteItem_…

import { run } from "./client.mjs";

const PRICE = `query Price($itemId: ID!) {
  node(id: $itemId) { ... on QuoteItem { price { amount currencyCode } } }
}`;
const ACCEPT = `mutation Accept($itemId: ID!, $expectedPrice: MoneyInput, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, expectedPrice: $expectedPrice, dryRun: $dryRun }) {
    changes { node { id } field from to }
    userErrors { code message path }
  }
}`;

async function accept(itemId, expectedPrice, dryRun, headers) {
  const { acceptItem } = await run(ACCEPT, { itemId, expectedPrice, dryRun }, headers);
  // The mutation was refused, and nothing has changed. `path` names the field of the input.
  for (const { code, message } of acceptItem.userErrors) console.error(`${code}: ${message}`);
  if (acceptItem.userErrors.length) process.exit(1);
  for (const { node, field, from, to } of acceptItem.changes) console.log(`${node.id} ${field}: ${from} -> ${to}`);
}

const [itemId] = process.argv.slice(2);
const { node } = await run(PRICE, { itemId });
console.log("Would change:");
await accept(itemId, node?.price, true);
console.log("Changed:");
await accept(itemId, node?.price, false, { "Idempotency-Key": `accept-${itemId}` });
