// Apollo Client over a WebSocket.
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { resuming, untilConnected } from "@quotegraph/client";
import { createClient } from "graphql-ws";

import { EVENTS, headers, printing, url } from "../program.mjs";

const socket = createClient({ url: url.replace("http", "ws"), connectionParams: headers, ...untilConnected });
const client = new ApolloClient({ cache: new InMemoryCache(), link: new GraphQLWsLink(resuming(socket)) });
client.subscribe({ query: gql(EVENTS) }).subscribe(printing);
