// Shows what accepting an item would change, then accepts it. Repeating it is safe: the idempotency key is the same.
//   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… node accept.mjs QuoteItem_…

import { run } from "./client.mjs";

const ACCEPT = `mutation Accept($itemId: ID!, $dryRun: Boolean!) {
  acceptItem(input: { itemId: $itemId, dryRun: $dryRun }) {
    changes { node { id } from to }
    userErrors { code message path }
  }
}`;

async function accept(itemId, dryRun, headers) {
  const { acceptItem } = await run(ACCEPT, { itemId, dryRun }, headers);
  // The mutation was refused, and nothing has changed. `path` names the field of the input.
  for (const { code, message } of acceptItem.userErrors) console.error(`${code}: ${message}`);
  if (acceptItem.userErrors.length) process.exit(1);
  for (const { node, from, to } of acceptItem.changes) console.log(`${node.id} ${from} -> ${to}`);
}

const [itemId] = process.argv.slice(2);
console.log("Would change:");
await accept(itemId, true);
console.log("Changed:");
await accept(itemId, false, { "Idempotency-Key": `accept-${itemId}` });
