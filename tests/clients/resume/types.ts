// What the guide shows, under strict tsc: the wrapped clients fit where their libraries expect their own.
import { ApolloLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { cursorOf, resuming, untilConnected } from "@quotegraph/client";
import { resumeLink } from "@quotegraph/client/apollo";
import { possibleTypes } from "@quotegraph/client/possibleTypes";
import { subscriptionExchange } from "@urql/core";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";

const socket = resuming(createWsClient({ url: "ws://quotes.example/graphql", ...untilConnected }));
const events = resuming(createSseClient({ url: "http://quotes.example/graphql", ...untilConnected }));

export const links: ApolloLink[] = [resumeLink(), new GraphQLWsLink(socket)];
export const cache = new InMemoryCache({ possibleTypes });
export const cursor: string | undefined = cursorOf({ events: { cursor: "…" } });
export const exchange = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({
      unsubscribe: events.subscribe({ query: query ?? "", ...(variables && { variables }) }, sink as never),
    }),
  }),
});
