// A client of graphql-ws or graphql-sse with default settings: node transports.mjs URL KEY CLIENT ITEM_ID.
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";

import { EVENTS, headers, print, url } from "./program.mjs";

const [name, itemId] = process.argv.slice(4);
const client = {
  "graphql-ws": () => createWsClient({ url: url.replace("http", "ws"), connectionParams: headers }),
  "graphql-sse": () => createSseClient({ url, headers }),
  "graphql-sse single": () => createSseClient({ url, headers, singleConnection: true, retryAttempts: 0 }),
}[name]();

const once = (query, variables) =>
  new Promise((resolve) => {
    let last;
    client.subscribe({ query, variables }, { next: (it) => (last = it), error: resolve, complete: () => resolve(last) });
  });

const types = [];
let ended;
const hasEnded = new Promise((resolve) => (ended = resolve));
const stop = await new Promise((started) => {
  const unsubscribe = client.subscribe(
    { query: EVENTS },
    {
      next: ({ data }) => {
        types.push(data.events.type);
        started(unsubscribe);
      },
      error: ended,
      complete: () => ended("stopped"),
    },
  );
});
const query = await once("{ viewer { environment } }");
const mutation = await once(
  "mutation($id: ID!) { acceptItem(input: { itemId: $id }) { item { status } userErrors { message } } }",
  { id: itemId },
);
while (types.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
print({ query: query.data.viewer.environment, mutation: mutation.data.acceptItem.item.status, types: types.slice(0, 2) });

const invalid = await once("{ nothing }");
print({ invalid: (invalid.errors ?? invalid)[0]?.extensions.code ?? invalid.message });
stop();
print(await hasEnded);
client.dispose();
