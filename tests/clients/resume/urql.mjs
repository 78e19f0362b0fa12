// urql with graphcache, its subscriptions by graphql-sse.
import { resuming, untilConnected } from "@quotegraph/client";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { createClient } from "graphql-sse";

import { EVENTS, headers, printing, url } from "../program.mjs";

const events = resuming(createClient({ url, headers, ...untilConnected }));
const client = new Client({
  url,
  fetchOptions: { headers },
  exchanges: [
    cacheExchange({}),
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({ unsubscribe: events.subscribe({ query, variables }, sink) }),
      }),
    }),
    fetchExchange,
  ],
});
client.subscription(EVENTS, {}).subscribe(printing.next);
