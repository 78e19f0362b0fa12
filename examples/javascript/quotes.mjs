// Prints the order ID and the status of each quote, page by page.
//   QUOTEGRAPH_URL=http://localhost:8000/graphql QUOTEGRAPH_KEY=qk_live_… node quotes.mjs

import { run } from "./client.mjs";

const QUOTES = `query Quotes($after: String) {
  quotes(first: 10, after: $after) { nodes { orderId status } pageInfo { endCursor hasNextPage } }
}`;

let after = null;
do {
  const { quotes } = await run(QUOTES, { after });
  for (const { orderId, status } of quotes.nodes) console.log(orderId, status);
  after = quotes.pageInfo.hasNextPage ? quotes.pageInfo.endCursor : null;
} while (after);
